// The course of a share: a line with its 95 % interval, the articles of each period below it, and all numbers as a table.

function trendFigure(trend, selected, name) {
  const known = trend.filter((cell) => cell.share !== null);
  if (!known.length) return [element("p", { class: "note" }, say("no_trend"))];
  const box = element("div", { class: "chart" });
  const summary = trendSummary(known, name);
  const draw = (width) => box.replaceChildren(trendChart(trend, selected, Math.max(260, Math.round(width)), summary));
  const watch = new ResizeObserver(([entry]) => { if (entry.contentRect.width && Math.abs(entry.contentRect.width - box.dataset.width) > 2) { box.dataset.width = entry.contentRect.width; draw(entry.contentRect.width); } });
  box.dataset.width = byId("detail").clientWidth - 32;
  draw(Number(box.dataset.width));
  watch.observe(box);
  return [element("p", {}, summary), box, element("p", { class: "note" }, say(data.weighting === "stories" ? "trend_note_stories" : "trend_note"), known.some((cell) => !cell.complete) ? " " + say("incomplete_note") : "", trend[0].at > 0 ? " " + say("periods_left_out", { n: trend[0].at }) : ""), trendTable(trend, selected)];
}

function trendSummary(known, name) {
  const highest = known.reduce((best, cell) => (cell.share > best.share ? cell : best));
  const [first, last] = [known[0], known[known.length - 1]];
  if (known.length === 1) return say("trend_one", { name: visible(name), share: percent(first.share), period: first.period });
  return say("trend_summary", { name: visible(name), first: percent(first.share), from: first.period, last: percent(last.share), to: last.period, highest: percent(highest.share), when: highest.period });
}

function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(value || 0.01));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((top) => top >= value * 0.999) || 10 * power;
}

function trendChart(trend, selected, width, summary) {
  const [left, right, top, height, strip] = [46, 12, 10, 190, 34];
  const inner = width - left - right;
  const bottom = top + height;
  const all = bottom + 24 + strip;
  const ceiling = Math.min(1, niceTop(Math.max(...trend.map((cell) => Math.max(cell.share ?? 0, Math.min(cell.high ?? 0, 2.5 * (cell.share ?? 0) + 0.02))))));
  const step = inner / trend.length;
  const x = (at) => left + step * (at - trend[0].at + 0.5);
  const y = (share) => bottom - (height * Math.min(share, ceiling)) / ceiling;
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${all + 18}`, width, height: all + 18, role: "img", "aria-label": summary });
  drawFrom(svg, trend, { x, top, bottom, step });
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    const line = y(part * ceiling);
    svg.append(drawn("line", { class: "grid", x1: left, x2: width - right, y1: line, y2: line }), drawn("text", { class: "tick end", x: left - 6, y: line + 4 }, axisPercent(part * ceiling, ceiling)));
  }
  for (const run of runs(trend)) {
    const band = run.map((cell, at) => (at ? "L" : "M") + x(cell.at).toFixed(1) + " " + y(cell.high).toFixed(1)).join("") + [...run].reverse().map((cell) => "L" + x(cell.at).toFixed(1) + " " + y(cell.low).toFixed(1)).join("") + "Z";
    if (run.length > 1) svg.append(drawn("path", { class: "band", d: band }), drawn("path", { class: "line", d: run.map((cell, at) => (at ? "L" : "M") + x(cell.at).toFixed(1) + " " + y(cell.share).toFixed(1)).join("") }));
    else svg.append(drawn("line", { class: "whisker", x1: x(run[0].at), x2: x(run[0].at), y1: y(run[0].low), y2: y(run[0].high) }));
    if (trend.length <= 120) for (const cell of run) svg.append(drawn("circle", { class: cell.complete ? "dot" : "dot open", cx: x(cell.at).toFixed(1), cy: y(cell.share).toFixed(1), r: trend.length > 60 ? 2 : 3 }, drawn("title", {}, `${cell.period}: ${percent(cell.share)} (${percent(cell.low)} – ${percent(cell.high)})`)));
  }
  drawStrip(svg, trend, selected, { x, step, top: bottom + 24, strip });
  svg.append(drawn("text", { class: "tick end", x: left - 6, y: bottom + 24 + strip }, "n"));
  svg.append(...periodTicks(trend, (cell) => x(cell.at), { step, width, y: all + 14 }));
  return svg;
}

// Names of as many periods as have room.
function periodTicks(cells, x, { step, width, y }) {
  const half = 4 * Math.max(...cells.map((cell) => cell.period.length));
  const every = Math.max(1, Math.ceil((2 * half + 12) / step));
  return cells.filter((cell, at) => at % every === 0 && x(cell) + half <= width).map((cell) => drawn("text", { class: "tick middle", x: x(cell), y }, cell.period));
}

// The periods of the filter, shaded.
function drawFrom(svg, trend, { x, top, bottom, step }) {
  if (!state.from && !state.to) return;
  const first = Math.max(trend[0].at, state.from ? periods.indexOf(state.from) : 0);
  const last = state.to ? periods.indexOf(state.to) : periods.length - 1;
  if (last >= first) svg.append(drawn("rect", { class: "chosen", x: x(first) - step / 2, y: top, width: step * (last - first + 1), height: bottom - top }));
}

// Articles of each period: all of them, and those that are chosen.
function drawStrip(svg, trend, selected, { x, step, top, strip }) {
  const most = Math.max(1, ...trend.map((cell) => Math.max(cell.n, selected[cell.at])));
  const bar = Math.max(1, Math.min(step * 0.8, 28));
  for (const cell of trend) {
    for (const [n, kind] of [[cell.n, "all"], [selected[cell.at], "own"]]) {
      const height = (strip * n) / most;
      if (n) svg.append(drawn("rect", { class: kind, x: (x(cell.at) - bar / 2).toFixed(1), y: (top + strip - height).toFixed(1), width: bar.toFixed(1), height: height.toFixed(1) }));
    }
  }
}

function axisPercent(value, ceiling) {
  const digits = ceiling >= 0.08 ? 0 : ceiling >= 0.008 ? 1 : 2;
  return format(value, "percent", 0, ceiling >= 0.08 && (ceiling * 25) % 1 ? 1 : digits);
}

// Stretches of periods without a hole between them.
function runs(trend) {
  const found = [];
  let open = null;
  for (const cell of trend) {
    if (cell.share === null) open = null;
    else if (open) open.push(cell);
    else found.push((open = [cell]));
  }
  return found;
}

function trendTable(trend, selected) {
  const head = ["period", "share", "low", "high", "articles", "chosen"].map((key) => element("th", { scope: "col", class: key === "period" ? null : "number" }, say("column_" + key)));
  const rows = trend.map((cell) => element("tr", {}, element("th", { scope: "row" }, cell.period, cell.complete ? "" : " *"), ...[percentExactly(cell.share), percentExactly(cell.low), percentExactly(cell.high), figure(cell.n), figure(selected[cell.at])].map((text) => element("td", { class: "number" }, text))));
  return element("details", { class: "numbers" }, element("summary", {}, say("numbers")), element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("numbers") }, element("table", {}, element("thead", {}, element("tr", {}, head)), element("tbody", {}, rows))), trend.some((cell) => !cell.complete) ? element("p", { class: "note" }, "* " + say("incomplete")) : null);
}

function percentExactly(share) {
  return share === null ? "–" : format(share, "percent", 2);
}
