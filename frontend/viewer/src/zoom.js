const MARGIN = 12;
const LOGO = 30; // the bpmn.io logo stays readable below the drawing
const LEAST_READABLE = 0.55;
const READABLE = 0.75;
const STEP = 1.25;

// Fits the drawing to the width; where that would be too small to read, shows a readable part around `focusIds`.
export class Zoom {
  constructor(viewer, box, focusIds) {
    this.canvas = viewer.get("canvas");
    this.registry = viewer.get("elementRegistry");
    this.box = box;
    this.focusIds = focusIds;
    this.inner = this.canvas.viewbox().inner;
    this.isTouched = false;
    this.width = 0;
  }

  watch() {
    new ResizeObserver(() => {
      if (this.box.clientWidth === this.width) return;
      this.width = this.box.clientWidth;
      this.canvas.resized();
      if (!this.isTouched) this.start();
    }).observe(this.box);
  }

  start() {
    const fitting = this.fitting();
    const scale = fitting < LEAST_READABLE ? READABLE : fitting;
    this.box.style.height = `${Math.ceil(this.inner.height * scale + 2 * MARGIN + LOGO)}px`;
    this.canvas.resized();
    this.show(scale, this.focusPoint());
    this.setTouched(false);
  }

  fit() {
    this.show(this.fitting(), null);
    this.setTouched(true);
  }

  by(direction) {
    this.canvas.zoom(Math.min(4, Math.max(0.2, this.canvas.zoom() * STEP ** direction)));
    this.setTouched(true);
  }

  pan(dx, dy) {
    this.canvas.scroll({ dx, dy });
  }

  fitting() {
    return Math.min(1, (this.box.clientWidth - 2 * MARGIN) / this.inner.width);
  }

  setTouched(isTouched) {
    this.isTouched = isTouched;
    this.box.classList.toggle("is-zoomed", isTouched);
  }

  focusPoint() {
    const element = this.focusIds.map((id) => this.registry.get(id)).find(Boolean);
    return element ? element.x + element.width / 2 : null;
  }

  show(scale, focusX) {
    const { inner, box } = this;
    const width = box.clientWidth / scale;
    const height = box.clientHeight / scale;
    const margin = MARGIN / scale;
    const isWhole = width >= inner.width;
    const left = inner.x - margin;
    const right = inner.x + inner.width + margin - width;
    const wanted = (focusX ?? inner.x) - width / 2;
    const x = isWhole ? inner.x - (width - inner.width) / 2 : Math.min(right, Math.max(left, wanted));
    const y = inner.y - Math.max(margin, (height - LOGO / scale - inner.height) / 2);
    this.canvas.viewbox({ x, y, width, height });
  }
}

// bpmn-js moves the drawing with a mouse only; a finger moves it sideways (and freely once zoomed), the page scrolls on.
export function moveByTouch(box, zoom) {
  let last = null;
  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" && event.isPrimary) last = event;
  });
  box.addEventListener("pointermove", (event) => {
    if (!last || event.pointerId !== last.pointerId) return;
    zoom.pan(event.clientX - last.clientX, zoom.isTouched ? event.clientY - last.clientY : 0);
    last = event;
  });
  for (const name of ["pointerup", "pointercancel"]) box.addEventListener(name, () => { last = null; });
}

export function zoomByKeys(node, zoom) {
  const acts = { "+": () => zoom.by(1), "=": () => zoom.by(1), "-": () => zoom.by(-1), "0": () => zoom.fit() };
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
}
