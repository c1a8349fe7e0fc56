// What a picture says under the pointer: made from elements and classes, as the policy allows no style in markup.
function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// rows: [{name, shown, tone?}]
function makeCard(title, rows) {
  const card = make("div", "chart-tip");
  card.append(make("b", "", title));
  for (const row of rows) {
    const line = make("div");
    const name = make("span");
    if (row.tone) name.append(make("i", `key-${row.tone}`));
    name.append(row.name);
    line.append(name, make("span", "tabular", row.shown));
    card.append(line);
  }
  return card;
}

export const tooltip = (describe) => ({
  trigger: "axis", confine: true, transitionDuration: 0, padding: [6, 10], borderColor: "#dce1e7",
  axisPointer: { type: "shadow", shadowStyle: { color: "#1d273b", opacity: 0.05 } },
  formatter: (found) => {
    const { title, rows } = describe(found[0].dataIndex);
    return makeCard(title, rows);
  },
});
