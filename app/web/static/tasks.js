// A phrase put into its field by a click, as if it had been typed.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-phrase]");
  if (!button) return;
  const field = document.getElementById(button.dataset.into);
  field.value = field.value ? `${field.value}\n${button.dataset.phrase}` : button.dataset.phrase;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
