import { make } from "./dom.js";

const PASSED_FLOW = "#2f3b4c";

function isStep(element) {
  return /Task$|^bpmn:(CallActivity|SubProcess)$/.test(element.type) && !element.labelTarget;
}

function darken(viewer, flow) {
  flow.di.set("bioc:stroke", PASSED_FLOW);
  const graphics = viewer.get("elementRegistry").getGraphics(flow);
  viewer.get("graphicsFactory").update("connection", flow, graphics);
}

function lightPassed(viewer, id) {
  const element = viewer.get("elementRegistry").get(id);
  if (!element) return;
  if (element.waypoints) {
    darken(viewer, element);
    return;
  }
  viewer.get("canvas").addMarker(id, "is-passed");
  if (!isStep(element)) return;
  viewer.get("overlays").add(id, "tick", { position: { bottom: 9, right: 11 }, html: make("span", "diagram-tick", "✓") });
}

function lightCurrent(viewer, now) {
  const element = viewer.get("elementRegistry").get(now.id);
  if (!element) return;
  viewer.get("canvas").addMarker(now.id, "is-current");
  const text = [now.owner, now.due].filter(Boolean).join(" · ");
  if (!text) return;
  const tag = make("span", "diagram-now", text);
  // Kept at reading size whatever the zoom: it is what people look for.
  const position = { top: element.height + 3, left: element.width / 2 };
  viewer.get("overlays").add(now.id, "now", { position, html: tag, scale: { min: 1, max: 1 } });
}

function softenLanes(viewer) {
  const lanes = viewer.get("elementRegistry").filter(({ type }) => type === "bpmn:Lane" || type === "bpmn:Participant");
  for (const lane of lanes) viewer.get("canvas").addMarker(lane, "is-lane");
}

export function light(viewer, progress) {
  softenLanes(viewer);
  const current = new Set(progress.current.map((now) => now.id));
  // A step that was returned to stands in both lists; where the case is now wins.
  for (const id of progress.passed) if (!current.has(id)) lightPassed(viewer, id);
  for (const now of progress.current) lightCurrent(viewer, now);
}

function stateOf(id, progress) {
  if (progress.current.some((now) => now.id === id)) return "current";
  return progress.passed.includes(id) ? "passed" : "future";
}

function roleOf(element, registry) {
  const lanes = registry.filter(({ type }) => type === "bpmn:Lane").map((lane) => lane.businessObject);
  return lanes.find((lane) => lane.flowNodeRef?.includes(element.businessObject))?.name;
}

function describe(element, progress, registry) {
  return {
    role: roleOf(element, registry),
    name: element.businessObject.name || element.id,
    state: stateOf(element.id, progress),
    current: progress.current.filter((now) => now.id === element.id),
    entries: progress.steps[element.id] ?? [],
  };
}

// Steps answer to a click, Enter and the space bar.
export function makeStepsOpen(viewer, progress, words, open) {
  const registry = viewer.get("elementRegistry");
  for (const element of registry.filter(isStep)) {
    const step = describe(element, progress, registry);
    const graphics = registry.getGraphics(element);
    graphics.setAttribute("tabindex", "0");
    graphics.setAttribute("role", "button");
    graphics.setAttribute("aria-label", `${step.name} ${words[step.state]}`);
    graphics.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open(step, graphics);
    });
  }
  viewer.get("eventBus").on("element.click", ({ element }) => {
    if (isStep(element)) open(describe(element, progress, registry), registry.getGraphics(element));
  });
}
