// A phrase put into its field by a click, as if it had been typed.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-phrase]");
  if (!button) return;
  const field = document.getElementById(button.dataset.into);
  field.value = field.value ? `${field.value}\n${button.dataset.phrase}` : button.dataset.phrase;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

// A scorer's value taken over by a click: into the number's field, or as yes or no.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-take]");
  if (!button) return;
  const { into, take } = button.dataset;
  const field = document.getElementById(into) ?? document.querySelector(`[name="${into}"][value="${take}"]`);
  if (field.type === "radio") field.checked = true;
  else field.value = take;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
