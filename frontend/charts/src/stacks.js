// A bar for each year, put together from parts: points deducted by quarter, or what became of the fee.
import { BASE, CATEGORY, TOTAL, VALUE, markLines, styleOf } from "./look.js";
import { tooltip } from "./tooltip.js";

const ABOVE_LINE = 1.1;
const ROW = 46;
const AROUND = 60;

export const heightOf = (data) => data.years.length * ROW + AROUND;

function describe(data, place) {
  const parts = data.series.filter((one) => one.values[place] !== null);
  const rows = parts.map((one) => ({ name: one.name, shown: one.shown[place], tone: one.tone }));
  return { title: `${data.years[place]} ${data.totals[place]}`, rows };
}

function makeSeries(data) {
  const lines = markLines(data.lines, "xAxis", "start", (line) => `${line.at} ${line.name}`);
  return data.series.map((one, place) => ({
    type: "bar", stack: "year", barWidth: 20, itemStyle: styleOf(one.tone),
    data: one.values.map((value) => (value === null ? null : Number(value))),
    markLine: place === 0 && data.lines.length ? lines : undefined,
  }));
}

export function makeStacks(data) {
  const unit = Number(data.axis_unit);
  const reach = Math.max(0, ...data.lines.map((line) => Number(line.at) * ABOVE_LINE));
  return {
    ...BASE,
    grid: { left: 0, right: 20, top: reach ? 22 : 8, bottom: 4 },
    xAxis: {
      ...VALUE, max: (found) => (found.max > reach ? null : reach), splitNumber: 4,
      axisLabel: {
        ...VALUE.axisLabel, hideOverlap: true, showMaxLabel: !reach, formatter: (value) => (value / unit).toLocaleString("en-US"),
      },
    },
    yAxis: {
      ...CATEGORY, data: data.years, inverse: true,
      axisLabel: {
        ...CATEGORY.axisLabel, lineHeight: 18, rich: { total: TOTAL },
        formatter: (name, place) => `${name}\n{total|${data.totals[place]}}`,
      },
    },
    tooltip: tooltip((place) => describe(data, place)),
    series: makeSeries(data),
  };
}
