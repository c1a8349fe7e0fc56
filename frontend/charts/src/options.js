// The options of a picture. values: {words, unit, decimals, categories, series: [{name, tone, values}], lines: [{name, at}],
// low}: bars below `low` are red; a value that is null has no bar. Numbers arrive as exact text and are only drawn here.
const TONES = {
  accent: "#206bc4", q1: "#206bc4", q2: "#5b94d6", q3: "#93b9e4", q4: "#c5d9f0",
  held: "#8a94a6", red: "#c0362c", green: "#2f8a57", orange: "#c77700", grey: "#d5dae1",
};
const INK = "#3d4857", QUIET = "#667382", RULE = "#e3e7ec";
const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';
const NARROW = 520;

function makeBar(one, values, isStacked) {
  return {
    name: one.name, type: "bar", stack: isStacked ? "all" : undefined, barMaxWidth: 44,
    itemStyle: { color: TONES[one.tone] },
    data: one.values.map((text) => {
      if (text === null) return null;
      const value = Number(text);
      return values.low !== null && value < Number(values.low) ? { value, itemStyle: { color: TONES.red } } : value;
    }),
  };
}

function makeLines(values) {
  if (!values.lines.length) return undefined;
  return {
    silent: true, symbol: "none", lineStyle: { color: TONES.red, type: "dashed", width: 1.5 },
    label: { formatter: ({ name }) => name, color: TONES.red, position: "insideEndTop", fontSize: 12,
      backgroundColor: "rgba(255, 255, 255, 0.85)", padding: [1, 3] },
    data: values.lines.map(({ name, at }) => ({ name, yAxis: Number(at) })),
  };
}

// Where the axis ends: as it falls, but never below a limit or the highest score, and on a whole ten.
function findTop(values) {
  const wanted = Math.max(Number(values.top), ...values.lines.map(({ at }) => Number(at)));
  if (!wanted) return undefined;
  const sums = values.categories.map((_name, place) =>
    values.series.reduce((sum, one) => sum + Math.max(0, Number(one.values[place] ?? 0)), 0));
  const top = Math.max(wanted, ...sums);
  return top === Number(values.top) ? top : Math.ceil((top + 1) / 10) * 10;
}

export function makeOption(values, width) {
  const isStacked = values.series.length > 1;
  const show = new Intl.NumberFormat("zh-CN", { minimumFractionDigits: values.decimals, maximumFractionDigits: values.decimals });
  const series = values.series.map((one) => makeBar(one, values, isStacked));
  if (series.length) series[0].markLine = makeLines(values);
  return {
    animation: false,
    aria: { enabled: true, label: { description: values.words } },
    textStyle: { fontFamily: FONT, color: INK },
    grid: { left: 8, right: 12, top: isStacked ? 44 : 20, bottom: 4, containLabel: true },
    legend: isStacked ? { top: 0, left: 0, type: "scroll", itemWidth: 12, itemHeight: 12, textStyle: { color: INK } } : undefined,
    tooltip: {
      trigger: "axis", axisPointer: { type: "shadow" }, confine: true, renderMode: "richText",
      valueFormatter: (value) => (value === null || value === undefined ? "—" : `${show.format(value)} ${values.unit}`),
    },
    xAxis: {
      type: "category", data: values.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: RULE } },
      axisLabel: { color: QUIET, interval: 0, lineHeight: 16, hideOverlap: true, fontSize: width < NARROW ? 10 : 12 },
    },
    yAxis: {
      type: "value", max: findTop(values), splitLine: { lineStyle: { color: RULE } },
      axisLabel: { color: QUIET, formatter: (value) => new Intl.NumberFormat("zh-CN").format(value) },
    },
    series,
  };
}
