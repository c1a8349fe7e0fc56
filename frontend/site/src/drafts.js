// form[data-draft-url]: what is typed is saved on the server a second after the last key; [data-draft-state] says when.
import { post, word } from "./shared.js";

const WAIT = 1000;
const timers = new WeakMap();

const show = (form, text, failed) => {
  const place = form.querySelector("[data-draft-state]") ?? document.querySelector("[data-draft-state]");
  if (!place) return;
  place.textContent = text;
  place.classList.toggle("text-danger", failed);
};

const pad = (number) => String(number).padStart(2, "0");

const save = async (form) => {
  timers.delete(form);
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  try {
    const answer = await post(form.dataset.draftUrl, new URLSearchParams(body));
    if (!answer.ok) throw new Error(String(answer.status));
    const now = new Date();
    show(form, word("Saved").replace("{time}", `${pad(now.getHours())}:${pad(now.getMinutes())}`), false);
  } catch {
    show(form, word("NotSaved"), true);
  }
};

export const startDrafts = () => {
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.dataset.draftUrl || event.target.type === "file") return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form), WAIT));
  });
  document.addEventListener("submit", (event) => {
    clearTimeout(timers.get(event.target));
    timers.delete(event.target);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") return;
    document.querySelectorAll("form[data-draft-url]").forEach((form) => {
      if (timers.has(form)) { clearTimeout(timers.get(form)); save(form); }
    });
  });
};
