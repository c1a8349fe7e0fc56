// Draws the pictures of a contract's years. Each is hidden until it is drawn, so that without scripts, or where drawing
// fails, the table beneath stands alone:
// <div data-picture="scores" hidden><div class="chart"></div>… <script type="application/json">{…}</script></div>
import { BarChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { makeScores } from "./scores.js";
import { heightOf, makeStacks } from "./stacks.js";

use([BarChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

const KINDS = { scores: makeScores, stacks: makeStacks };

function draw(host) {
  const box = host.querySelector(".chart");
  const data = JSON.parse(host.querySelector('script[type="application/json"]').textContent);
  const makeOption = KINDS[host.dataset.picture];
  host.hidden = false;
  if (host.dataset.picture === "stacks") box.style.height = `${heightOf(data)}px`;
  const chart = init(box, null, { renderer: "svg" });
  const fit = () => {
    chart.resize();
    chart.setOption(makeOption(data, box.clientWidth), true);
  };
  fit();
  new ResizeObserver(() => {
    // A picture in a closed part of the page has no width; it is fitted when it gets one.
    if (box.clientWidth && box.clientWidth !== chart.getWidth()) fit();
  }).observe(box);
}

for (const host of document.querySelectorAll("[data-picture]")) {
  try {
    draw(host);
  } catch (error) {
    host.hidden = true;
    console.error(error);
  }
}
