// Shows a process read-only, lit by how far a case has come.
// <div class="diagram" data-diagram-url="…" data-steps-url="…"></div>; without data-steps-url the plain process.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { make, makeButton } from "./dom.js";
import { light, makeStepsOpen } from "./light.js";
import { Panel } from "./panel.js";
import { wordsFor } from "./words.js";
import { Zoom, moveByTouch, zoomByKeys } from "./zoom.js";

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';

async function load(url, kind) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return response[kind]();
}

async function loadProgress(url) {
  const found = url ? await load(url, "json") : {};
  return { current: found.current ?? [], passed: found.passed ?? [], steps: found.steps ?? {} };
}

function makeViewer(container) {
  return new NavigatedViewer({
    container,
    bpmnRenderer: { defaultFillColor: "#ffffff", defaultStrokeColor: "#7b8a9c", defaultLabelColor: "#1d273b" },
    textRenderer: {
      defaultStyle: { fontFamily: FONT, fontSize: 14 },
      externalStyle: { fontFamily: FONT, fontSize: 12 },
    },
    // The wheel scrolls the page, as everywhere else on it.
    zoomScroll: { enabled: false },
  });
}

function makeTools(words, zoom) {
  const tools = make("div", "diagram-tools");
  tools.append(
    make("span", "diagram-hint", words.hint),
    makeButton("", "+", words.zoomIn, () => zoom.by(1)),
    makeButton("", "−", words.zoomOut, () => zoom.by(-1)),
    makeButton("", words.zoomFit, words.zoomFit, () => zoom.fit()),
  );
  return tools;
}

function complain(host, text, error) {
  const note = make("p", "diagram-error", text);
  note.setAttribute("role", "alert");
  host.prepend(note);
  console.error(error);
}

async function draw(host, words) {
  const box = make("div", "diagram-canvas");
  const [xml, progress] = await Promise.all([
    load(host.dataset.diagramUrl, "text"),
    loadProgress(host.dataset.stepsUrl).catch((error) => {
      complain(host, words.stepsFailed, error);
      return loadProgress("");
    }),
  ]);
  host.append(box);
  const viewer = makeViewer(box);
  await viewer.importXML(xml).catch((error) => {
    box.remove();
    throw error;
  });
  light(viewer, progress);
  const zoom = new Zoom(viewer, box, progress.current.map((now) => now.id));
  box.before(makeTools(words, zoom));
  const panel = new Panel(host, words);
  makeStepsOpen(viewer, progress, words, (step, opener) => panel.open(step, opener));
  zoomByKeys(host, zoom);
  moveByTouch(box, zoom);
  zoom.watch();
}

async function show(host) {
  const words = wordsFor(document.documentElement.lang);
  const waiting = make("p", "diagram-waiting", words.loading);
  host.append(waiting);
  host.setAttribute("aria-busy", "true");
  try {
    await draw(host, words);
  } catch (error) {
    complain(host, words.failed, error);
  }
  waiting.remove();
  host.removeAttribute("aria-busy");
}

function showAll() {
  for (const host of document.querySelectorAll(".diagram[data-diagram-url]")) show(host);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", showAll);
else showAll();
