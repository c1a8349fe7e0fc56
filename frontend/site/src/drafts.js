// form[data-draft-url]: what is typed is saved on the server a second after the last key, before another form of the page is
// sent, and when the page is left; [data-draft-state] says when.
import { post, showMessage, word } from "./shared.js";

const WAIT = 1000;
const STAYS = "[hx-post], [data-upload]";
const timers = new WeakMap();
const unsaved = new Set();

const show = (form, text, failed) => {
  const place = form.querySelector("[data-draft-state]") ?? document.querySelector("[data-draft-state]");
  if (!place) return;
  place.textContent = text;
  place.classList.toggle("text-danger", failed);
};

const pad = (number) => String(number).padStart(2, "0");

const forget = (form) => {
  clearTimeout(timers.get(form));
  timers.delete(form);
  unsaved.delete(form);
};

const save = async (form) => {
  forget(form);
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  try {
    const answer = await post(form.dataset.draftUrl, new URLSearchParams(body), { keepalive: true });
    if (!answer.ok) throw new Error(String(answer.status));
    const now = new Date();
    show(form, word("Saved").replace("{time}", `${pad(now.getHours())}:${pad(now.getMinutes())}`), false);
  } catch {
    unsaved.add(form);
    show(form, word("NotSaved"), true);
  }
};

const listUnsaved = () => [...unsaved].filter((form) => form.isConnected);

// Another form's answer is a new page, made from what the server holds: the draft goes there first.
const sendAfterDrafts = async (form, submitter) => {
  await Promise.all(listUnsaved().map(save));
  if (listUnsaved().length > 0) {
    form.closest("dialog")?.close();
    showMessage(word("NotSaved"), "danger");
    return;
  }
  form.requestSubmit(submitter);
};

export const startDrafts = () => {
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.dataset.draftUrl || event.target.type === "file") return;
    clearTimeout(timers.get(form));
    unsaved.add(form);
    timers.set(form, setTimeout(() => save(form), WAIT));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.draftUrl) return forget(form);
    if (form.method === "dialog" || form.matches(STAYS) || listUnsaved().length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    sendAfterDrafts(form, event.submitter);
  }, true);
  const saveAll = () => listUnsaved().forEach(save);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") saveAll(); });
  window.addEventListener("pagehide", saveAll);
  document.addEventListener("kaohe:signed-in", saveAll);
};
