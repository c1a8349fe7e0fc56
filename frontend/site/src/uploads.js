// form[data-upload]: sent with its progress shown; the answer goes into [data-upload-target], refusals into the messages.
import { csrf, placeAnswer, showMessage, word } from "./shared.js";

const send = (form) => {
  const bar = form.querySelector("progress");
  const cancel = form.querySelector("[data-cancel]");
  const request = new XMLHttpRequest();
  const finish = () => {
    if (bar) bar.hidden = true;
    if (cancel) cancel.hidden = true;
    form.dispatchEvent(new CustomEvent("kaohe:uploaded", { bubbles: true }));
  };
  request.open("POST", form.action);
  request.setRequestHeader("X-CSRFToken", csrf());
  request.setRequestHeader("HX-Request", "true");
  request.setRequestHeader("HX-Current-URL", location.href);
  request.upload.addEventListener("progress", (event) => {
    if (!bar || !event.lengthComputable) return;
    bar.hidden = false;
    bar.max = event.total;
    bar.value = event.loaded;
    if (cancel) cancel.hidden = false;
  });
  request.addEventListener("load", () => {
    const target = document.querySelector(form.dataset.uploadTarget);
    placeAnswer(request, request.responseText, request.status < 400 ? target : document.getElementById("messages"));
    if (request.status < 400 && form.isConnected) form.reset();
    finish();
  });
  request.addEventListener("error", () => { showMessage(word("NotSent"), "danger"); finish(); });
  request.addEventListener("abort", finish);
  if (cancel) cancel.onclick = () => request.abort();
  request.send(new FormData(form));
};

export const startUploads = () => {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-upload]")) return;
    event.preventDefault();
    send(event.target);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-upload]");
    if (form && event.target.type === "file" && event.target.files.length > 0) form.requestSubmit();
  });
};
