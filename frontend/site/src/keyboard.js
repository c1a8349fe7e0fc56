// j and k move through [data-rows], Enter opens, / goes to the search, ? shows the keys. A click on a row opens it too.
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable], dialog") !== null;

const listRows = () => [...document.querySelectorAll("[data-rows] [data-href]")];

const move = (step) => {
  const rows = listRows();
  if (rows.length === 0) return;
  const place = rows.indexOf(document.querySelector("[data-rows] .is-current"));
  const next = place < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, place + step));
  rows.forEach((row, at) => row.classList.toggle("is-current", at === next));
  (rows[next].querySelector("a[href]") ?? rows[next]).focus({ preventScroll: true });
  rows[next].scrollIntoView({ block: "nearest" });
};

const act = {
  j: () => move(1),
  k: () => move(-1),
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

export const startKeyboard = () => {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const current = document.querySelector("[data-rows] .is-current");
    if (event.key === "Enter" && current && !event.target.closest("a, button, summary")) {
      window.location.assign(current.dataset.href);
    } else if (Object.hasOwn(act, event.key)) {
      event.preventDefault();
      act[event.key]();
    }
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-rows] [data-href]");
    if (!row || event.target.closest("a, button, input, label, summary, select") || getSelection().toString()) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href);
    else window.location.assign(row.dataset.href);
  });
};
