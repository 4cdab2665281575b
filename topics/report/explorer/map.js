// The map as a plan: where discs and articles stand, and how they are drawn. How places are found stands in layout.py.

const HUES = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#7b5ea7"];
const SMALL = 1.6; // radius under which a dot is a square, and an open one a pale one
const GOLDEN = 0.6180339887498949;
const plans = {};
const camera = { zoom: 1, x: 0.5, y: 0.5 };

// Places of all articles of a model, in the units of its discs; those near no topic have none.
function planOf(model) {
  if (plans[model.name]) return plans[model.name];
  const members = model.topics.map(() => []);
  for (let row = 0; row < n_docs; row += 1) if (model.near[row] >= 0) members[model.near[row]].push(row);
  const x = new Float32Array(n_docs).fill(NaN);
  const y = new Float32Array(n_docs).fill(NaN);
  members.forEach((rows, topic) => {
    const [cx, cy, radius] = model.map.discs[topic];
    rows.sort((a, b) => model.outside[a] - model.outside[b] || model.share[b] - model.share[a] || a - b);
    rows.forEach((row, rank) => {
      const angle = (2 * Math.PI * (model.turns[row] + ((rank * GOLDEN) % 1))) / 87;
      const distance = 0.95 * radius * Math.sqrt((rank + 0.5) / rows.length);
      x[row] = cx + distance * Math.cos(angle);
      y[row] = cy + distance * Math.sin(angle);
    });
  });
  plans[model.name] = { x, y };
  return plans[model.name];
}

// From the units of the plan to pixels of a canvas of this size.
function projection(model, width, height) {
  const margin = 14;
  const scale = camera.zoom * Math.min((width - 2 * margin) / model.map.width, (height - 2 * margin) / model.map.height);
  const [cx, cy] = [camera.x * model.map.width, camera.y * model.map.height];
  return { scale, x: (value) => width / 2 + (value - cx) * scale, y: (value) => height / 2 + (value - cy) * scale, backX: (pixel) => cx + (pixel - width / 2) / scale, backY: (pixel) => cy + (pixel - height / 2) / scale };
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(["ink", "soft", "paper", "line", "accent", "faint"].map((name) => [name, style.getPropertyValue("--" + name).trim()]));
}

function drawMap(canvas, model, fails) {
  const ratio = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const to = projection(model, width, height);
  const colour = colours();
  drawDiscs(pen, model, to, colour);
  drawArticles(pen, model, to, colour, { fails, width, height });
  drawNames(pen, model, to, colour, { width, height });
}

function drawDiscs(pen, model, to, colour) {
  const picked = pickedPlace(model);
  model.map.discs.forEach(([x, y, radius], place) => {
    pen.beginPath();
    pen.arc(to.x(x), to.y(y), Math.max(3, radius * to.scale), 0, 2 * Math.PI);
    const own = picked >= 0 && shownPlace(model, place) === picked;
    pen.lineWidth = own ? 3 : 1;
    pen.strokeStyle = own ? colour.ink : colour.line;
    pen.stroke();
  });
}

function pickedPlace(model) {
  return !state.pick || state.pick === "none" || state.pick.startsWith("theme:") ? -1 : shownPlace(model, placeOf(model, state.pick));
}

function dotSize(model, to) {
  const area = model.map.discs.reduce((sum, [, , radius]) => sum + radius * radius, 0) * to.scale * to.scale;
  return Math.max(0.8, Math.min(6, 0.5 * Math.sqrt(area / Math.max(1, n_docs))));
}

function drawArticles(pen, model, to, colour, { fails, width, height }) {
  const { x, y } = planOf(model);
  const size = dotSize(model, to);
  const layers = [0, 1, 2].map(() => model.topics.map(() => [])); // out of the filters, within them, picked: dots of each topic
  for (let row = 0; row < n_docs; row += 1) {
    if (Number.isNaN(x[row])) continue;
    const [px, py] = [to.x(x[row]), to.y(y[row])];
    if (px < -size || py < -size || px > width + size || py > height + size) continue;
    layers[fails[row] === 0 ? 2 : (fails[row] & ~FAILS.pick) === 0 ? 1 : 0][model.near[row]].push(px, py, model.outside[row]);
  }
  layers.forEach((topics, layer) => topics.forEach((dots, topic) => {
    pen.fillStyle = pen.strokeStyle = layer ? HUES[topic % HUES.length] : colour.faint;
    for (const hollow of [0, 1]) {
      pen.globalAlpha = [0.5, 0.3, 0.9][layer] * (hollow && size < SMALL ? 0.5 : 1);
      for (let at = 0; at < dots.length; at += 3) if (dots[at + 2] === hollow) dot(pen, dots[at], dots[at + 1], size, hollow);
    }
  }));
  pen.globalAlpha = 1;
  if (state.article && !Number.isNaN(x[Number(state.article)])) mark(pen, to.x(x[Number(state.article)]), to.y(y[Number(state.article)]), size + 5, colour);
}

function dot(pen, x, y, size, hollow) {
  if (size < SMALL) return pen.fillRect(x - size, y - size, 2 * size, 2 * size);
  pen.beginPath();
  pen.arc(x, y, hollow ? size - 0.6 : size, 0, 2 * Math.PI);
  if (!hollow) return pen.fill();
  pen.lineWidth = 1.2;
  return pen.stroke();
}

function mark(pen, x, y, size, colour) {
  for (const [stroke, width] of [[colour.paper, 6], [colour.ink, 2.5]]) {
    pen.beginPath();
    pen.arc(x, y, size, 0, 2 * Math.PI);
    pen.strokeStyle = stroke;
    pen.lineWidth = width;
    pen.stroke();
  }
}

// Numbers of all topics that have room, names of the largest, none over another.
function drawNames(pen, model, to, colour, { width, height }) {
  const picked = pickedPlace(model);
  const order = model.map.discs.map((_, place) => place).sort((a, b) => (b === picked) - (a === picked) || model.map.discs[b][2] - model.map.discs[a][2]);
  const taken = [];
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  for (const place of order) {
    const [x, y, radius] = model.map.discs[place];
    const number = model.topics[place].id === "hidden" ? "…" : model.topics[place].id;
    const room = place === picked ? 0.6 * width : Math.max(2 * radius * to.scale * 1.1, 90);
    const name = radius * to.scale > 34 || place === picked ? shortName(pen, nameOf(model, place), room) : "";
    for (const text of name ? [name, ""] : [""]) {
      pen.font = "600 13px " + getComputedStyle(document.body).fontFamily;
      const box = { x: to.x(x), y: to.y(y), w: Math.max(pen.measureText(number).width, text ? pen.measureText(text).width : 0) / 2 + 4, h: text ? 18 : 9 };
      box.x = Math.max(box.w, Math.min(width - box.w, box.x));
      const over = to.x(x) + radius * to.scale < 0 || to.x(x) - radius * to.scale > width || box.x + box.w < 0 || box.x - box.w > width || box.y < 0 || box.y > height;
      if (over || taken.some((other) => Math.abs(other.x - box.x) < other.w + box.w && Math.abs(other.y - box.y) < other.h + box.h)) continue;
      taken.push(box);
      write(pen, number, box.x, text ? box.y - 8 : box.y, colour);
      if (text) { pen.font = "12px " + getComputedStyle(document.body).fontFamily; write(pen, text, box.x, box.y + 8, colour); }
      break;
    }
  }
}

function write(pen, text, x, y, colour) {
  pen.strokeStyle = colour.paper;
  pen.lineWidth = 4;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour.ink;
  pen.fillText(text, x, y);
}

function shortName(pen, name, room) {
  pen.font = "12px " + getComputedStyle(document.body).fontFamily;
  let text = visible(name);
  while (text.length > 4 && pen.measureText(text + "…").width > room) text = text.slice(0, -1);
  return text.length < visible(name).length ? text.trimEnd() + "…" : text;
}

// The topic of a place, and the article next to it within a few pixels; -1 for none.
function atPoint(model, canvas, px, py) {
  const to = projection(model, canvas.clientWidth, canvas.clientHeight);
  const [x, y] = [to.backX(px), to.backY(py)];
  const reach = Math.max(6, dotSize(model, to) + 3) / to.scale;
  const topic = model.map.discs.findIndex(([cx, cy, radius]) => (cx - x) ** 2 + (cy - y) ** 2 <= Math.max(radius, 8 / to.scale) ** 2);
  const plan = planOf(model);
  let article = -1;
  let best = reach * reach;
  for (let row = 0; row < n_docs; row += 1) {
    const far = (plan.x[row] - x) ** 2 + (plan.y[row] - y) ** 2;
    if (far <= best) [article, best] = [row, far];
  }
  return { topic, article };
}

// A small map with one topic on it, and the way to the large one.
function miniMap(model, place) {
  const { width, height, discs } = model.map;
  const svg = drawn("svg", { class: "mini", viewBox: `-100 -100 ${width + 200} ${height + 200}`, role: "img", "aria-label": visible(say("mini_map", { topic: titleOf(model, place), others: neighbours(model, place).map((other) => titleOf(model, other)).join("; ") })) });
  discs.forEach(([cx, cy, r], at) => svg.append(drawn("circle", { class: shownPlace(model, at) === place ? "here" : "there", cx, cy, r })));
  return element("section", { class: "mini-map" }, element("h3", {}, say("place_on_map")), svg, element("p", { class: "note" }, say("neighbours")), element("ul", { class: "next" }, neighbours(model, place).map((other) => element("li", {}, button(titleOf(model, other), () => choose({ pick: model.topics[other].id }), { class: "quiet-button", "data-key": "next-" + other })))), button(say("show_on_map"), () => choose({ view: "map" })));
}

// The three topics whose discs are nearest, edge to edge.
function neighbours(model, place) {
  const [x, y, radius] = model.map.discs[place];
  const far = model.map.discs.map(([cx, cy, r], at) => [Math.hypot(cx - x, cy - y) - r - radius, at]).filter(([, at]) => at !== place && !isMergedAway(model, at));
  return far.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, 3).map(([, at]) => at);
}
