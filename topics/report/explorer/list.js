// The list of themes and topics, each with its number of articles under the filters and the course of its share.

function renderList(found) {
  const model = models[state.model];
  const groups = [];
  const themeItems = themes.map((theme, at) => ({ pick: "theme:" + theme.key, name: inPageLanguage(theme.label, theme.key), words: Object.values(theme.label).concat(Object.values(theme.terms).flat()), n: found.themeCounts[at], trend: trendOf(data.theme_trends, at, state.language) }));
  groups.push(["themes", say("themes"), searched(themeItems)]);
  if (model) {
    const items = model.topics.flatMap((topic, at) => (isMergedAway(model, at) ? [] : [topicItem(model, at, found)]));
    const outside = found.outside ? [{ pick: "none", name: say("in_no_topic"), words: [say("in_no_topic")], n: found.outside, trend: trendOf(model.trends, model.topics.length, state.language), quiet: true }] : [];
    groups.push(["topics", say("topics_of", { model: model.title }), searched(items.concat(outside))]);
  }
  const options = groups.flatMap(([, , items]) => items);
  const current = options.some((item) => item.pick === state.pick) ? state.pick : options.length ? options[0].pick : "";
  const list = byId("list");
  replace(list, groups.filter(([, , items]) => items.length).map(([key, title, items]) => element("div", { role: "group", "aria-labelledby": "group-" + key },
    element("div", { class: "group", id: "group-" + key, role: "presentation" }, title), items.map((item) => option(item, item.pick === current)))));
  byId("no-topics").hidden = options.length > 0;
  showChosen(list);
}

// Where the choice came by a link, the list shows it.
function showChosen(list) {
  const chosen = list.querySelector("[aria-selected=true]");
  if (!chosen || chosen.dataset.pick === shownPick) return;
  shownPick = chosen.dataset.pick;
  const [box, own] = [list.getBoundingClientRect(), chosen.getBoundingClientRect()];
  if (own.top < box.top + 32 || own.bottom > box.bottom) list.scrollTop += own.top - box.top - box.height / 2;
}

let shownPick = "";

function topicItem(model, at, found) {
  const topic = model.topics[at];
  const name = nameOf(model, at);
  return { pick: topic.id, number: topic.id === "hidden" ? "" : topic.id, name, words: [topic.id, name, topic.label, ...topic.terms.map(([term]) => term), ...topic.frex], n: found.topicCounts[at], trend: trendOf(model.trends, at, state.language), quiet: isHiddenNow(model, at) || topic.id === "hidden", note: isHiddenNow(model, at) ? say("will_be_hidden") : "", terms: topic.terms };
}

// Under a search: first what has the words in its name or terms, then what has articles with them.
function searched(items) {
  if (!state.q) return items;
  const hits = items.map((item) => ({ ...item, hit: item.words.filter((word) => matchesText(word, state.q)) }));
  return [...hits.filter((item) => item.hit.length), ...hits.filter((item) => !item.hit.length && item.n).sort((a, b) => b.n - a.n)];
}

function option(item, reachable) {
  const chosen = item.pick === state.pick;
  const told = [item.number ? say("topic") + " " + item.number : "", item.name, say("n_articles", { n: item.n }), item.note].filter(Boolean).join(", ");
  const hit = state.q && item.hit ? item.hit.find((word) => word !== item.name && word !== item.number) : "";
  return element("div", { role: "option", class: "option" + (item.quiet ? " quiet" : ""), "data-key": "pick-" + item.pick, "data-pick": item.pick, "aria-selected": String(chosen), "aria-label": visible(told), tabindex: reachable ? "0" : "-1" },
    element("span", { class: "option-name" }, item.number ? element("b", {}, item.number) : null, " ", element("bdi", {}, item.name), hit ? element("span", { class: "hit" }, say("has_word", { word: hit })) : null, item.note ? element("span", { class: "hit" }, item.note) : null),
    spark(item.trend), element("span", { class: "count" }, figure(item.n)));
}

function spark(trend) {
  const svg = drawn("svg", { class: "spark", viewBox: "0 0 64 20", "aria-hidden": "true", focusable: "false" });
  const known = trend ? trend.filter((cell) => cell.share !== null) : [];
  if (known.length < 2) return svg;
  const top = Math.max(...known.map((cell) => cell.share)) || 1;
  const x = (cell) => 1 + (62 * (cell.at - trend[0].at)) / Math.max(1, trend.length - 1);
  const path = known.map((cell, at) => (at ? "L" : "M") + x(cell).toFixed(1) + " " + (19 - (17 * cell.share) / top).toFixed(1)).join("");
  svg.append(drawn("path", { d: path }));
  return svg;
}

function pickFromList(event) {
  const item = event.target.closest("[data-pick]");
  if (!item) return;
  if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  const pick = item.dataset.pick === state.pick ? "" : item.dataset.pick;
  choose({ pick, article: "", view: state.view === "map" ? "map" : "topics" });
  if (matchMedia("(max-width: 51.99rem)").matches && pick && event.type === "click") byId("detail-title")?.scrollIntoView({ block: "start" });
}

function startList() {
  const list = byId("list");
  list.addEventListener("click", pickFromList);
  list.addEventListener("keydown", pickFromList);
  roving(list, "[role=option]");
}
