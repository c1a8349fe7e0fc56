import { make, makeButton } from "./dom.js";

function addPair(list, term, text) {
  if (!text) return;
  list.append(make("dt", "", term), make("dd", "", text));
}

function listFacts(words, fact, keys) {
  const list = make("dl", "diagram-facts");
  for (const key of keys) addPair(list, words[key], fact[key]);
  return list;
}

// A small panel beside the diagram: who did the step, when, with which decision and opinion.
export class Panel {
  constructor(host, words) {
    this.words = words;
    this.node = make("section", "diagram-panel");
    this.node.hidden = true;
    this.node.tabIndex = -1;
    this.opener = null;
    this.node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    host.append(this.node);
  }

  open(step, opener) {
    const { words } = this;
    const close = makeButton("diagram-close", "×", words.close, () => this.close());
    const head = make("div", "diagram-panel-head");
    head.append(make("h3", "", step.name), make("span", `diagram-state is-${step.state}`, words[step.state]), close);
    const body = [listFacts(words, step, ["role"])];
    body.push(...step.current.map((now) => listFacts(words, now, ["owner", "due"])));
    body.push(...step.entries.map((entry) => listFacts(words, entry, ["who", "when", "decision", "opinion"])));
    if (step.current.length + step.entries.length === 0) body.push(make("p", "diagram-nothing", words.nothing));
    this.node.replaceChildren(head, ...body);
    this.node.setAttribute("aria-label", step.name);
    this.node.hidden = false;
    this.opener = opener;
    this.node.focus({ preventScroll: true });
  }

  close() {
    this.node.hidden = true;
    this.opener?.focus({ preventScroll: true });
    this.opener = null;
  }
}
