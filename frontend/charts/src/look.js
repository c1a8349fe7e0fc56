// Colours and type of the pictures; the same as those of the keys in the style sheet.
export const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';
const INK = "#1d273b";
const QUIET = "#5b6678";
const RED = "#b42318";
const LINE = "#dce1e7";

const HATCH = {
  color: "#fff", borderColor: QUIET, borderWidth: 1,
  decal: { symbol: "rect", color: QUIET, dashArrayX: [1, 0], dashArrayY: [1.5, 4], rotation: Math.PI / 4 },
};
const TONES = {
  plain: { color: "#206bc4" }, low: { color: "#d9730d" }, lowest: { color: RED }, opening: { color: "#9aa5b4" },
  held: HATCH, earlier: { color: "#c3cbd5" },
  q1: { color: "#7aa7dc" }, q2: { color: "#4d89cf" }, q3: { color: "#2b6fbd" }, q4: { color: "#1a5296" },
  paid: { color: "#1a5296" }, released: { color: "#7aa7dc" }, left: { color: "#dbe6f3" },
  withheld: { ...HATCH, color: "#fdf0e2", borderColor: "#d9730d", decal: { ...HATCH.decal, color: "#d9730d" } },
  deducted: { color: "#d9730d" }, ahead: { color: "#edf0f3" },
};

export const styleOf = (tone) => TONES[tone];

export const BASE = { animation: false, textStyle: { fontFamily: FONT, fontSize: 12, color: QUIET } };

export const CATEGORY = {
  type: "category", axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } }, axisLabel: { color: QUIET },
};

export const VALUE = {
  type: "value", axisLabel: { color: QUIET }, nameTextStyle: { color: QUIET }, splitLine: { lineStyle: { color: LINE } },
};

export const TOTAL = { fontWeight: 600, color: INK, fontSize: 12, lineHeight: 18 };
export const VALUE_LABEL = { color: INK, fontSize: 12, fontWeight: 600, textBorderColor: "#fff", textBorderWidth: 3 };

// One mark line each: `axis` is "xAxis" or "yAxis". The name stands at the line's end, outside the plot.
// Across columns it runs behind them, so that it strikes through no score; across bars, which bear none, before them.
export function markLines(lines, axis, position, wordsOf) {
  return {
    z: axis === "yAxis" ? 1 : 5, symbol: "none", silent: true, lineStyle: { color: RED, type: "dashed", width: 1 },
    // At the right edge of bars there is no room beyond the line, so its name ends there.
    label: { position, color: RED, fontSize: 12, ...(axis === "xAxis" && { align: "right", offset: [4, 0] }) },
    data: lines.map((line) => ({ [axis]: Number(line.at), label: { formatter: wordsOf(line) } })),
  };
}
