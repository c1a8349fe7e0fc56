// Draws the pictures of a page: every element with data-chart holds its values as JSON beside the table of the same numbers.
import { use, init } from "echarts/core";
import { BarChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { makeOption } from "./options.js";

use([BarChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

function draw(place) {
  place.hidden = false;
  const chart = init(place, null, { renderer: "svg" });
  const fit = () => {
    chart.resize();
    chart.setOption(makeOption(JSON.parse(place.dataset.chart), place.clientWidth), true);
  };
  fit();
  new ResizeObserver(fit).observe(place);
}

for (const place of document.querySelectorAll("[data-chart]")) draw(place);
