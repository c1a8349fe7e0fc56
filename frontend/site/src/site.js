import htmx from "htmx.org";
import { startDialogs } from "./dialogs.js";
import { startDrafts } from "./drafts.js";
import { startKeyboard } from "./keyboard.js";
import { startPresence } from "./presence.js";
import { startSubmitGuard } from "./submit.js";
import { startUploads } from "./uploads.js";

window.htmx = htmx;
startDialogs();
startDrafts();
startKeyboard();
startPresence();
startSubmitGuard();
startUploads();
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});
