// Someone who reads and scrolls is still there: says so every few minutes, so that the session ends only when idle.
import { post } from "./shared.js";

const EVERY = 4 * 60 * 1000;

export const startPresence = () => {
  const url = document.body.dataset.presenceUrl;
  if (!url) return;
  let active = false;
  for (const name of ["keydown", "pointerdown", "pointermove", "scroll"]) {
    document.addEventListener(name, () => { active = true; }, { passive: true });
  }
  setInterval(() => {
    if (!active || document.visibilityState !== "visible") return;
    active = false;
    post(url, new URLSearchParams()).catch(() => {});
  }, EVERY);
};
