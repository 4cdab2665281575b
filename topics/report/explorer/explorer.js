"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const SHOWN = 200;
const state = { model: "", pick: "", search: "", language: "", source: "" };
const byId = (id) => document.getElementById(id);

function element(tag, text, attributes = {}) {
  const node = document.createElement(tag);
  node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function options(select, values, first) {
  if (first) select.append(element("option", first, { value: "" }));
  for (const value of values) select.append(element("option", value, { value }));
}

function groups() {
  const found = data.themes.map((theme, number) => ({ key: "theme=" + number, label: "Theme: " + theme.label, terms: [], trend: [], rows: new Set(theme.documents) }));
  const model = data.models[state.model];
  if (!model) return found;
  const rows = model.topics.map(() => new Set());
  model.labels.forEach((topic, row) => { if (topic >= 0) rows[topic].add(row); });
  const topics = model.topics.map((topic, number) => ({ key: "topic=" + number, label: topic.number + ": " + topic.label, terms: topic.terms, trend: topic.trend, rows: rows[number] }));
  const outside = new Set(model.labels.flatMap((topic, row) => (topic < 0 ? [row] : [])));
  return found.concat(topics, outside.size ? [{ key: "topic=none", label: "In no topic", terms: [], trend: [], rows: outside }] : []);
}

function nearest(row) {
  const model = data.models[state.model];
  const [topic, sure] = (model && model.nearest[row]) || [-1, 0];
  return topic < 0 ? "" : model.topics[topic].number + ": " + model.topics[topic].label + " (" + Math.round(100 * sure) + " %" + (model.labels[row] < 0 ? ", in none" : "") + ")";
}

function matches(text) { return text.toLocaleLowerCase().includes(state.search.toLocaleLowerCase()); }

function show() {
  const all = groups();
  const picked = all.find((group) => group.key === state.pick);
  const rows = [];
  data.documents.forEach(([title, source, language, date], row) => {
    if (picked && !picked.rows.has(row)) return;
    if (state.language && language !== state.language) return;
    if (state.source && source !== state.source) return;
    if (state.search && !picked && !matches(title)) return;
    rows.push([date, title, source, language, row]);
  });
  rows.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const list = byId("topics");
  list.replaceChildren();
  for (const group of all) {
    if (state.search && !matches(group.label + " " + group.terms.join(" "))) continue;
    const button = element("button", group.label + " (" + group.rows.size + ")", { type: "button", "aria-pressed": String(group.key === state.pick) });
    button.addEventListener("click", () => { state.pick = group.key === state.pick ? "" : group.key; location.hash = state.pick; show(); });
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
  const body = byId("documents");
  body.replaceChildren();
  for (const [date, title, source, language, row] of rows.slice(0, SHOWN)) {
    const line = document.createElement("tr");
    line.append(element("td", date), element("td", title, { lang: language }), element("td", source), element("td", nearest(row)));
    body.append(line);
  }
  byId("trend").textContent = !picked || !picked.terms.length ? "" : picked.terms.join(", ") + ". " +
    data.periods.map((period, at) => period + " " + (picked.trend[at] === null ? "–" : (100 * picked.trend[at]).toFixed(1) + " %")).join(" · ");
  const sampled = data.shown < data.total ? " (of " + data.total + " articles, " + data.shown + " are in this page)" : "";
  byId("count").textContent = rows.length + " articles" + (rows.length > SHOWN ? ", the first " + SHOWN + " shown" : "") + sampled;
}

options(byId("model"), Object.keys(data.models).sort());
options(byId("language"), [...new Set(data.documents.map((row) => row[2]))].sort(), "all");
options(byId("source"), [...new Set(data.documents.map((row) => row[1]))].sort(), "all");
state.model = byId("model").value;
state.pick = decodeURIComponent(location.hash.slice(1));
for (const [id, name] of [["model", "change"], ["language", "change"], ["source", "change"], ["search", "input"]]) {
  byId(id).addEventListener(name, (event) => { state[id] = event.target.value; if (id === "model") state.pick = ""; show(); });
}
show();
