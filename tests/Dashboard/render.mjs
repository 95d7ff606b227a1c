// Draws a Grafana dashboard as SVG, panel by panel, from what Prometheus answered to its queries.
//
//   node render.mjs DASHBOARD.json DATA.json > PICTURE.svg
//
// DATA.json: { namespace, from, to, step (seconds), series: { QUERY: result of query_range } }, as OperatorTelemetryTests writes it.
import { readFileSync } from "node:fs";
import * as echarts from "echarts";

const COLUMN = 50; // pixels; Grafana's grid has 24 columns
const ROW = 30;
const GAP = 4;
const TITLE = 24;

const [dashboardFile, dataFile] = process.argv.slice(2);
if (!dataFile) {
  console.error("usage: node render.mjs DASHBOARD.json DATA.json > PICTURE.svg");
  process.exit(2);
}
const dashboard = JSON.parse(readFileSync(dashboardFile, "utf8"));
const data = JSON.parse(readFileSync(dataFile, "utf8"));

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

const palette = ["#3f6fd8", "#3a9d5d", "#d9822b", "#c4392c", "#8a56c2", "#1fa3b5", "#a88414", "#d0559b", "#5f6b7a", "#7fb03a"];

const scales = {
  s: [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"], [0.001, "ms"]],
  bytes: [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [1, "B"]],
  ops: [[1, "/s"]],
  short: [[1, ""]],
};

function format(value, unit) {
  const scale = scales[unit] ?? scales.short;
  const [size, name] = scale.find(([s]) => Math.abs(value) >= s) ?? scale[scale.length - 1];
  return `${Number((value / size).toPrecision(3))}${name && " "}${name}`;
}

const results = (target) => data.series[target.expr.replaceAll("$namespace", data.namespace)] ?? [];
const nameOf = (target, metric) =>
  (target.legendFormat || "").replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => metric[label] ?? "") ||
  Object.entries(metric).map(([k, v]) => `${k}=${v}`).join(", ");

// The points of a series, with a gap where Prometheus had none.
function points(values) {
  const line = [];
  for (const [at, text] of values) {
    if (line.length && at - line[line.length - 1][0] / 1000 > data.step * 1.5) line.push([at * 1000 - 1, null]);
    line.push([at * 1000, Number.isFinite(+text) ? +text : null]);
  }
  return line;
}

// The names of the series, as many as two lines hold: a picture cannot be scrolled.
function legend(series, width, top) {
  const CHARACTER = 6.2; // pixels, at font size 10, of a wide font
  const SWATCH = 18;
  let [x, line, drawn] = [10, 0, ""];
  for (const [i, { name, color }] of series.entries()) {
    const more = `and ${series.length - i} more`;
    const needed = SWATCH + name.length * CHARACTER + 12;
    const reserve = line === 1 && i < series.length - 1 ? more.length * CHARACTER : 0;
    if (x + needed + reserve > width && line === 0 && x > 10) [x, line] = [10, 1];
    if (x + needed + reserve > width && x > 10) return `${drawn}<text x="${x}" y="${top + line * 16}" font-size="10">${more}</text>`;
    drawn += `<rect x="${x}" y="${top + line * 16 - 8}" width="14" height="8" rx="2" fill="${color}"/>` +
      `<text x="${x + SWATCH}" y="${top + line * 16}" font-size="10">${escape(name)}</text>`;
    x += needed;
  }
  return drawn;
}

function timeseries(panel, width, height) {
  const unit = panel.fieldConfig.defaults.unit;
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  const series = panel.targets
    .flatMap((target) => results(target).map(({ metric, values }) => ({ name: nameOf(target, metric), values })))
    .map(({ name, values }, i) => ({ name, type: "line", color: palette[i % palette.length], showSymbol: false, lineStyle: { width: 1.5 }, data: points(values) }));
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: "sans-serif" },
    grid: { left: 60, right: 14, top: 8, bottom: 62 },
    xAxis: { type: "time", min: data.from * 1000, max: data.to * 1000, axisLabel: { fontSize: 10, formatter: (at) => `${Math.round((at / 1000 - data.from) / 6) / 10} min` }, splitNumber: 4 },
    yAxis: { type: "value", scale: unit !== "short", axisLabel: { fontSize: 10, formatter: (value) => format(value, unit) }, splitNumber: 4 },
    series,
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg + legend(series, width, height - 24);
}

function stat(panel, width, height) {
  const { unit, thresholds } = panel.fieldConfig.defaults;
  const last = panel.targets.flatMap((target) => results(target).map(({ values }) => values[values.length - 1]));
  const value = last.length ? +last[0][1] : NaN;
  const step = (thresholds?.steps ?? []).filter((s) => s.value === null || value >= s.value).pop();
  const colour = { green: "#3a8f3a", red: "#c4392c", orange: "#d9822b", yellow: "#c9a227" }[step?.color] ?? "#333";
  return `<text x="${width / 2}" y="${height / 2 + 12}" text-anchor="middle" font-size="40" fill="${colour}">${Number.isNaN(value) ? "no data" : escape(format(value, unit))}</text>`;
}

function table(panel, width, height) {
  const hidden = Object.assign({}, ...(panel.transformations ?? []).filter((t) => t.id === "organize").map((t) => t.options.excludeByName));
  const rows = panel.targets.flatMap((target) =>
    results(target).filter(({ values }) => values[values.length - 1][0] >= data.to - 3 * data.step).map(({ metric }) => metric));
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => !hidden[name]).sort();
  const cell = (text, column, line, weight) =>
    `<text x="${10 + (column * (width - 20)) / Math.max(columns.length, 1)}" y="${16 + line * 20}" font-size="12" font-weight="${weight}">${escape(text)}</text>`;
  const room = Math.floor(height / 20) - 1;
  return [
    ...columns.map((name, i) => cell(name, i, 0, "bold")),
    ...rows.slice(0, room).flatMap((row, j) => columns.map((name, i) => cell(row[name] ?? "", i, j + 1, "normal"))),
  ].join("");
}

const drawings = { timeseries, stat, table };
const panels = dashboard.panels.map((panel) => {
  const { x, y, w, h } = panel.gridPos;
  const [left, top, width, height] = [x * COLUMN + GAP, y * ROW + GAP, w * COLUMN - 2 * GAP, h * ROW - 2 * GAP];
  if (panel.type === "row") return `<text x="${left + 4}" y="${top + 16}" font-size="15" font-weight="bold">${escape(panel.title)}</text>`;
  if (!drawings[panel.type]) throw new Error(`a panel of type ${panel.type} cannot be drawn: ${panel.title}`);
  return `<g transform="translate(${left},${top})"><rect width="${width}" height="${height}" rx="3" fill="#fff" stroke="#d0d3d8"/>` +
    `<text x="8" y="16" font-size="12" font-weight="bold">${escape(panel.title)}</text>` +
    `<g transform="translate(0,${TITLE})">${drawings[panel.type](panel, width, height - TITLE)}</g></g>`;
});
const size = [24 * COLUMN, Math.max(...dashboard.panels.map((p) => p.gridPos.y + p.gridPos.h)) * ROW];
process.stdout.write(
  `<svg xmlns="http://www.w3.org/2000/svg" width="${size[0]}" height="${size[1]}" viewBox="0 0 ${size[0]} ${size[1]}" font-family="sans-serif" fill="#222">` +
  `<rect width="100%" height="100%" fill="#f4f5f7"/>${panels.join("\n")}</svg>\n`);
