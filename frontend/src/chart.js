// The chart island: draws what the page's JSON says, in colours that the colour-blind can tell apart.
import { BarChart, LineChart, MapChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, registerMap, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, MapChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);

// Okabe and Ito's palette, its yellow left out for want of contrast on white.
const PALETTE = ["#0072b2", "#d55e00", "#009e73", "#b0699a", "#56a4d9", "#c08a00", "#6b6b6b"];
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "pin", "arrow", "roundRect"];
const drawn = new Map();

function colours() {
  const dark = document.documentElement.dataset.bsTheme === "dark";
  return dark
    ? { text: "#e3e6e9", muted: "#a6adb5", line: "#30363d", surface: "#1b1f23", low: "#2b3138", high: "#d99a63" }
    : { text: "#23272c", muted: "#5c6067", line: "#e5dfd8", surface: "#ffffff", low: "#f6eee6", high: "#8a5226" };
}

function short(value) {
  const large = Math.abs(value);
  if (large >= 1e8) return `${+(value / 1e8).toFixed(2)}亿`;
  return large >= 1e4 ? `${+(value / 1e4).toFixed(2)}万` : `${value}`;
}

function frame(ink) {
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    color: PALETTE,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink.text },
    aria: { enabled: false },
  };
}

function tip(ink, unit) {
  return {
    renderMode: "richText",
    confine: true,
    backgroundColor: ink.surface,
    borderColor: ink.line,
    textStyle: { color: ink.text },
    valueFormatter: (value) => (value == null ? "—" : `${Number(value).toLocaleString("zh-CN")}${unit}`),
  };
}

function axes(spec, ink) {
  const upright = spec.kind !== "rank";
  const names = { type: "category", data: spec.categories, inverse: !upright, axisTick: { show: false }, axisLine: { lineStyle: { color: ink.line } }, axisLabel: { color: ink.muted, hideOverlap: true } };
  const figures = { type: "value", axisLabel: { color: ink.muted, formatter: short }, splitLine: { lineStyle: { color: ink.line } } };
  return upright ? { xAxis: names, yAxis: figures } : { xAxis: figures, yAxis: names };
}

function plot(spec, ink) {
  const many = spec.series.length > 1;
  return {
    ...frame(ink),
    grid: { left: 8, right: spec.kind === "rank" ? 48 : 16, top: many ? 36 : 12, bottom: 4, containLabel: true },
    legend: many ? { top: 0, left: 0, textStyle: { color: ink.text }, itemWidth: 16 } : undefined,
    tooltip: { ...tip(ink, spec.unit), trigger: "axis" },
    ...axes(spec, ink),
    series: spec.series.map((one, at) => ({
      name: one.name,
      type: spec.kind === "line" ? "line" : "bar",
      data: one.values,
      stack: spec.stacked ? "all" : undefined,
      symbol: SYMBOLS[at % SYMBOLS.length],
      symbolSize: 7,
      barMaxWidth: spec.kind === "rank" ? 16 : 28,
      label: spec.kind === "rank" && !many ? { show: true, position: "right", color: ink.text, formatter: (point) => short(point.value) } : undefined,
      lineStyle: { width: 2, type: at % 2 ? "dashed" : "solid" },
      itemStyle: spec.kind === "line" ? undefined : { borderRadius: spec.stacked ? 0 : 2, borderColor: ink.surface, borderWidth: spec.stacked ? 1 : 0 },
    })),
  };
}

function outline(spec, ink, name) {
  const values = spec.values.map((one) => one.value);
  return {
    ...frame(ink),
    tooltip: { ...tip(ink, spec.unit), trigger: "item" },
    visualMap: { min: Math.min(0, ...values), max: Math.max(1, ...values), left: 0, bottom: 0, calculable: false, text: [short(Math.max(1, ...values)), "0"], textStyle: { color: ink.muted }, inRange: { color: [ink.low, ink.high] }, itemHeight: 90 },
    series: [{ type: "map", map: name, data: spec.values, selectedMode: false, top: 8, bottom: 8, aspectScale: 0.9, label: { show: true, color: ink.text, fontSize: 11, textBorderColor: ink.surface, textBorderWidth: 2 }, itemStyle: { borderColor: ink.muted, areaColor: ink.low }, emphasis: { label: { color: ink.text }, itemStyle: { areaColor: "#56a4d9" } } }],
  };
}

async function drawOne(figure) {
  const spec = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const canvas = figure.querySelector(".tu-chart-canvas");
  const ink = colours();
  let option;
  if (spec.kind === "map") {
    const address = figure.dataset.geojson;
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`outline ${address}: ${answer.status}`);
    registerMap(address, await answer.json());
    option = outline(spec, ink, address);
  } else option = plot(spec, ink);
  const earlier = drawn.get(figure);
  earlier?.dispose();
  const picture = init(canvas, null, { renderer: "canvas" });
  drawn.set(figure, picture);
  picture.setOption(option);
  picture.on("click", (event) => {
    const link = spec.kind === "map" ? event.data?.link : spec.links?.[event.dataIndex];
    if (link) location.assign(link);
  });
  if (!earlier) new ResizeObserver(() => drawn.get(figure).resize()).observe(canvas);
}

function fail(figure, problem) {
  console.error(problem);
  figure.querySelector(".tu-chart-canvas").textContent = "图形未能绘制，请看下方表格。";
  figure.querySelector(".tu-chart-rows").open = true;
}

function draw(again = false) {
  document.querySelectorAll("[data-chart]").forEach((figure) => {
    if (again || !drawn.has(figure)) drawOne(figure).catch((problem) => fail(figure, problem));
  });
}

document.addEventListener("tulou:theme", () => draw(true));
window.tulouCharts = { draw };
draw();
