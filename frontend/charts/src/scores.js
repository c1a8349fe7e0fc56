// Score of every quarter of every year: columns, held points hatched on top, the lines that a score must not fall below.
import { BASE, CATEGORY, VALUE, VALUE_LABEL, markLines, styleOf } from "./look.js";
import { tooltip } from "./tooltip.js";

const ROOM_FOR_NAMES = 56;
const ROOM_FOR_SHORT_NAMES = 20;
const ROOM_FOR_VALUES = 42;
const AXIS = 28;
const NARROW_BELOW = 560;

// On a phone a line bears its number only: the words beside the title say what it means.
const writeLine = (line, narrow) => (narrow ? line.at : `${line.at} ${line.name}`);

// A Chinese character is as wide as its size of 12, others hardly more than half of that.
const estimateWidth = (text) => [...text].reduce((sum, one) => sum + (one > "\u2e7f" ? 12 : 6.6), 0);

const number = (text) => (text === null ? null : Number(text));

function makeBars(data, room, write) {
  const label = (one) => ({ ...VALUE_LABEL, show: room >= ROOM_FOR_VALUES && !one.held, position: "top", formatter: one.shown });
  const score = data.quarters.map((one) => ({ value: number(one.value), itemStyle: styleOf(one.tone), label: label(one) }));
  const held = data.quarters.map((one) => number(one.held));
  const common = { type: "bar", stack: "score", barMaxWidth: 36, barCategoryGap: "35%" };
  return [
    { ...common, data: score, markLine: markLines(data.lines, "yAxis", "end", write) },
    { ...common, data: held, itemStyle: styleOf("held") },
  ];
}

function makeAxes(data, room) {
  const short = room < ROOM_FOR_NAMES;
  const names = data.quarters.map((one) => (short ? one.short : one.name) + (one.note && !short ? `\n${one.note}` : ""));
  const deep = names.some((name) => name.includes("\n"));
  const interval = room < ROOM_FOR_SHORT_NAMES ? "auto" : 0;
  return [
    { ...CATEGORY, data: names, axisLabel: { ...CATEGORY.axisLabel, interval, fontSize: short ? 11 : 12, lineHeight: 15 } },
    {
      ...CATEGORY, data: short ? data.short_years : data.years, position: "bottom", offset: deep ? 38 : 24,
      axisLine: { show: false }, axisLabel: { ...CATEGORY.axisLabel, color: "#1d273b", margin: 2 },
      splitLine: { show: true, interval: 0, lineStyle: { color: "#c3cbd5" } },
    },
  ];
}

function describe(data, place) {
  const one = data.quarters[place];
  const rows = [{ name: data.words.score, shown: one.shown, tone: one.value === null ? "" : one.tone }];
  if (one.held !== null) rows.push({ name: data.words.held, shown: one.shown_held, tone: "held" });
  if (one.note) rows.push({ name: one.note, shown: "" });
  return { title: one.full, rows };
}

export function makeScores(data, width) {
  const write = (line) => writeLine(line, width < NARROW_BELOW);
  const right = Math.ceil(8 + Math.max(...data.lines.map((line) => estimateWidth(write(line)))));
  const room = (width - AXIS - right) / data.quarters.length;
  const top = Number(data.top);
  return {
    ...BASE,
    grid: { left: 0, right, top: 20, bottom: 4 },
    xAxis: makeAxes(data, room),
    yAxis: { ...VALUE, max: (found) => (found.max > top ? null : top) },
    tooltip: tooltip((place) => describe(data, place)),
    series: makeBars(data, room, write),
  };
}
