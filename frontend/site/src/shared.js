// Words come from the page (data-words-*), so that they are in the reader's language.
export const word = (name) => document.body.dataset[`words${name}`] ?? "";

export const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export const setCsrf = (token) => {
  document.querySelector('meta[name="csrf-token"]').content = token;
  document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": token }));
  document.querySelectorAll('input[name="csrf_token"]').forEach((input) => { input.value = token; });
};

export const showMessage = (text, kind = "warning") => {
  const place = document.getElementById("messages");
  const box = document.createElement("div");
  box.className = `alert alert-${kind}`;
  box.textContent = text;
  place.replaceChildren(box);
};

export const swapInto = (target, html) => {
  target.innerHTML = html;
  window.htmx.process(target);
  target.querySelectorAll("dialog[data-open]").forEach((dialog) => dialog.showModal());
};

export const post = (url, body, options = {}) => fetch(url, {
  method: "POST", body, credentials: "same-origin", ...options,
  headers: { "X-CSRFToken": csrf(), "HX-Request": "true" },
});

// What stands in an answer that is no success: its region and its words, as htmx would place them.
export const placeAnswer = (answer, text, fallback) => {
  const selector = answer.getResponseHeader?.("HX-Retarget") ?? answer.headers?.get("HX-Retarget");
  const target = selector ? document.querySelector(selector) : fallback;
  if (target) swapInto(target, text);
};
