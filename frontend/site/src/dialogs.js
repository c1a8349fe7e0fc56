// <dialog data-open> opens when it arrives; [data-dialog="#id"] opens one (a link with it leads on where there is none);
// a new sign-in closes its own and renews the forms; signed in as somebody else, the page is loaded anew.
import { setCsrf, showMessage, word } from "./shared.js";

const openArrived = () => document.querySelectorAll("dialog[data-open]:not([open])").forEach((one) => one.showModal());

export const startDialogs = () => {
  document.addEventListener("htmx:after:swap", openArrived);
  openArrived();
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const dialog = opener && document.querySelector(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("kaohe:signed-in", (event) => {
    if (event.detail.person !== document.body.dataset.person) {
      window.location.reload();
      return;
    }
    setCsrf(event.detail.token);
    document.getElementById("dialog").replaceChildren();
    showMessage(word("SignedIn"), "success");
  });
};
