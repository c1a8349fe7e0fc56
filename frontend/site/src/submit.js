// A form is sent once: its buttons rest until the answer is there. Going back to the page wakes them again.
const rest = (form, resting) => {
  form.toggleAttribute("aria-busy", resting);
  form.querySelectorAll("button:not([type=button])").forEach((button) => button.classList.toggle("is-sending", resting));
};

export const startSubmitGuard = () => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || form.method === "get") return;
    if (form.hasAttribute("aria-busy")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    // After the others have had the event: a form that was stopped is not being sent.
    setTimeout(() => { if (!event.defaultPrevented || form.matches("[hx-post], [data-upload]")) rest(form, true); });
  }, true);
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.target.closest?.("form");
    if (form) rest(form, false);
  });
  document.addEventListener("kaohe:uploaded", (event) => rest(event.target, false));
  window.addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach((one) => rest(one, false)));
};
