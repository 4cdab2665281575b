// The map as a view: pointer, keyboard, zoom, and all of it in words.

let mapFound = null;

function renderMap(found) {
  const model = models[state.model];
  mapFound = found;
  byId("map-figure").hidden = !model;
  byId("no-map").hidden = Boolean(model);
  if (!model) return;
  byId("map").setAttribute("aria-label", say("map_label", { model: model.title, n: model.topics.length }));
  byId("map-note").textContent = say("map_note") + (hasUnplaced(model) ? " " + say("map_unplaced", { n: hasUnplaced(model) }) : "");
  replace(byId("discs"), discButtons(model));
  replace(byId("map-table"), mapTable(model, found));
  replace(byId("map-article"), state.article ? element("ol", { class: "articles" }, articleItem(Number(state.article), true)) : element("p", { class: "note" }, say("map_hint")));
  const width = byId("map").clientWidth;
  byId("map").style.height = Math.round(Math.max(240, Math.min(width * model.map.height / model.map.width + 28, 0.78 * innerHeight, 720))) + "px";
  redraw();
}

function hasUnplaced(model) {
  let n = 0;
  for (let row = 0; row < n_docs; row += 1) n += model.near[row] < 0 ? 1 : 0;
  return n;
}

// One button a disc, for the keyboard and for who cannot see the map; the pointer goes to the canvas below.
function discButtons(model) {
  const picked = pickedPlace(model);
  const first = picked >= 0 ? picked : 0;
  return model.topics.map((topic, place) => button("", () => choose({ pick: topic.id === state.pick ? "" : topic.id, article: "" }), { class: "disc", "data-place": place, "data-key": "disc-" + topic.id, tabindex: place === first ? "0" : "-1", "aria-pressed": String(place === picked), "aria-label": visible(say("disc_label", { topic: titleOf(model, place), n: mapFound.topicCounts[place], others: neighbours(model, place).map((other) => titleOf(model, other)).join("; ") })) }));
}

function mapTable(model, found) {
  const head = ["topic", "articles", "neighbours"].map((key) => element("th", { scope: "col", class: key === "articles" ? "number" : null }, say("column_" + key)));
  const rows = model.topics.map((_, place) => (isMergedAway(model, place) ? null : element("tr", {}, element("th", { scope: "row" }, titleOf(model, place)), element("td", { class: "number" }, figure(found.topicCounts[place])), element("td", {}, neighbours(model, place).map((other) => titleOf(model, other)).join("; "))))).filter(Boolean);
  return element("table", {}, element("thead", {}, element("tr", {}, head)), element("tbody", {}, rows));
}

function redraw() {
  const model = models[state.model];
  if (!model || state.view !== "map" || !mapFound) return;
  const canvas = byId("map");
  drawMap(canvas, model, mapFound.fails);
  const to = projection(model, canvas.clientWidth, canvas.clientHeight);
  for (const node of byId("discs").children) {
    const [x, y, radius] = model.map.discs[Number(node.dataset.place)];
    const size = Math.max(24, 2 * radius * to.scale);
    node.style.width = node.style.height = size + "px";
    node.style.left = to.x(x) - size / 2 + "px";
    node.style.top = to.y(y) - size / 2 + "px";
  }
}

function zoomBy(factor, px, py) {
  const model = models[state.model];
  const canvas = byId("map");
  const before = projection(model, canvas.clientWidth, canvas.clientHeight);
  const picked = pickedPlace(model);
  const [x, y] = px === undefined && picked >= 0 ? model.map.discs[picked] : [before.backX(px ?? canvas.clientWidth / 2), before.backY(py ?? canvas.clientHeight / 2)];
  const zoom = Math.max(1, Math.min(40, camera.zoom * factor));
  const part = px === undefined && picked >= 0 ? 0 : camera.zoom / zoom;
  camera.x = inside(x / model.map.width + (camera.x - x / model.map.width) * part);
  camera.y = inside(y / model.map.height + (camera.y - y / model.map.height) * part);
  camera.zoom = zoom;
  if (zoom === 1) Object.assign(camera, { x: 0.5, y: 0.5 });
  redraw();
}

function inside(value) {
  return Math.max(0, Math.min(1, value));
}

function wholeMap() {
  Object.assign(camera, { zoom: 1, x: 0.5, y: 0.5 });
  redraw();
}

function showTip(event) {
  const model = models[state.model];
  const canvas = byId("map");
  const tip = byId("tip");
  const { left, top } = canvas.getBoundingClientRect();
  const [px, py] = [event.clientX - left, event.clientY - top];
  const { topic, article } = atPoint(model, canvas, px, py);
  canvas.classList.toggle("pointing", topic >= 0 || article >= 0);
  tip.hidden = topic < 0 && article < 0;
  if (tip.hidden) return;
  const lines = article >= 0 ? [element("b", {}, element("bdi", {}, titles[article] || say("no_title"))), element("span", {}, [dates[article], sources[sourceOf[article]] || say("no_source"), languageName(languages[languageOf[article]])].join(" · ")), element("span", {}, titleOf(model, shownPlace(model, model.near[article])))] : [element("b", {}, titleOf(model, shownPlace(model, topic))), element("span", {}, say("n_articles", { n: mapFound.topicCounts[shownPlace(model, topic)] })), element("span", {}, model.topics[topic].terms.slice(0, 6).map(([term]) => term).join(", "))];
  tip.replaceChildren(...lines);
  const width = Math.min(300, canvas.clientWidth - 16);
  tip.style.maxWidth = width + "px";
  tip.style.left = Math.max(4, Math.min(px + 14, canvas.clientWidth - tip.offsetWidth - 4)) + "px";
  tip.style.top = (py + 18 + tip.offsetHeight > canvas.clientHeight ? Math.max(0, py - tip.offsetHeight - 10) : py + 18) + "px";
}

function clickMap(event) {
  const model = models[state.model];
  const canvas = byId("map");
  const { left, top } = canvas.getBoundingClientRect();
  const { topic, article } = atPoint(model, canvas, event.clientX - left, event.clientY - top);
  if (article >= 0) choose({ article: String(article), pick: model.outside[article] ? state.pick : model.topics[shownPlace(model, model.near[article])].id });
  else if (topic >= 0) choose({ pick: model.topics[shownPlace(model, topic)].id, article: "" });
  else choose({ pick: "", article: "" });
}

function startMap() {
  const canvas = byId("map");
  let drag = null;
  canvas.addEventListener("pointermove", (event) => {
    if (!drag) return showTip(event);
    const model = models[state.model];
    const to = projection(model, canvas.clientWidth, canvas.clientHeight);
    camera.x = inside(drag.x - (event.clientX - drag.px) / to.scale / model.map.width);
    camera.y = inside(drag.y - (event.clientY - drag.py) / to.scale / model.map.height);
    drag.moved = drag.moved || Math.hypot(event.clientX - drag.px, event.clientY - drag.py) > 4;
    return redraw();
  });
  canvas.addEventListener("pointerdown", (event) => { if (camera.zoom > 1) { drag = { px: event.clientX, py: event.clientY, x: camera.x, y: camera.y, moved: false }; canvas.setPointerCapture(event.pointerId); } });
  canvas.addEventListener("pointerup", (event) => { if (!drag || !drag.moved) clickMap(event); drag = null; });
  canvas.addEventListener("pointerleave", () => { byId("tip").hidden = true; });
  canvas.addEventListener("dblclick", (event) => zoomBy(2, event.offsetX, event.offsetY));
  canvas.addEventListener("wheel", (event) => { if (event.ctrlKey) { event.preventDefault(); zoomBy(event.deltaY < 0 ? 1.25 : 0.8, event.offsetX, event.offsetY); } }, { passive: false });
  byId("zoom-in").addEventListener("click", () => zoomBy(1.6));
  byId("zoom-out").addEventListener("click", () => zoomBy(1 / 1.6));
  byId("zoom-all").addEventListener("click", wholeMap);
  byId("discs").addEventListener("keydown", (event) => moveOnMap(event));
  new ResizeObserver(redraw).observe(canvas);
  addEventListener("resize", () => { if (state.view === "map") render(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

// An arrow key goes to the nearest disc in its direction.
function moveOnMap(event) {
  const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
  if (!step) return;
  event.preventDefault();
  const model = models[state.model];
  const from = Number(event.target.dataset.place);
  const [x, y] = model.map.discs[from];
  let best = [Infinity, -1];
  model.map.discs.forEach(([cx, cy], place) => {
    const along = (cx - x) * step[0] + (cy - y) * step[1];
    const aside = Math.abs((cx - x) * step[1]) + Math.abs((cy - y) * step[0]);
    if (place !== from && along > 0 && along + 2 * aside < best[0]) best = [along + 2 * aside, place];
  });
  if (best[1] < 0) return;
  const nodes = [...byId("discs").children];
  for (const node of nodes) node.tabIndex = Number(node.dataset.place) === best[1] ? 0 : -1;
  nodes.find((node) => Number(node.dataset.place) === best[1]).focus();
}
