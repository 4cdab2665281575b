// What is chosen: its words, its course, its place on the map, its articles.

const PAGE_OF_ARTICLES = 40;
let shownArticles = PAGE_OF_ARTICLES;
let listedFor = "";

function renderDetail(found) {
  const model = models[state.model];
  const panel = byId("detail");
  const picked = describePick(model);
  const selected = new Int32Array(periods.length);
  for (const row of found.rows) if (periodOf[row] >= 0) selected[periodOf[row]] += 1;
  const parts = [element("h2", { id: "detail-title", tabindex: "-1" }, picked.number ? element("span", { class: "number-tag" }, picked.number) : null, element("bdi", {}, picked.name)), element("p", { class: "lead" }, picked.lead)];
  if (picked.note) parts.push(element("p", { class: "note-of-reader" }, element("b", {}, say("note") + ": "), picked.note));
  if (picked.definition) parts.push(element("p", { class: "note" }, picked.definition));
  if (picked.place >= 0) parts.push(element("div", { class: "pair" }, picked.words, miniMap(model, picked.place)));
  else parts.push(picked.words);
  parts.push(element("section", { "aria-labelledby": "trend-title" }, element("h3", { id: "trend-title" }, say("trend")), trendParts(picked, selected, found)));
  if (model && picked.place >= 0 && picked.number) parts.push(editForm(model, Number(picked.number)));
  parts.push(articleSection(found));
  replace(panel, parts);
}

function describePick(model) {
  const { pick } = state;
  if (!pick) return { name: say("all_articles"), lead: say("overview"), words: [], place: -1, trend: null };
  if (pick.startsWith("theme:")) {
    const at = themes.findIndex((theme) => "theme:" + theme.key === pick);
    const theme = themes[at];
    const lists = Object.entries(theme.terms).map(([code, terms]) => element("section", {}, element("h3", {}, say("theme_terms", { language: languageName(code) })), chips(terms, code)));
    const words = element("details", { class: "numbers" }, element("summary", { "data-key": "theme-terms" }, say("theme_terms_all", { n: Object.values(theme.terms).flat().length })), element("div", { class: "pair" }, lists));
    return { name: inPageLanguage(theme.label, theme.key), lead: say("theme_lead", { n: theme.n }), definition: inPageLanguage(theme.definition, ""), words, place: -1, trend: trendOf(data.theme_trends, at, state.language) };
  }
  if (pick === "none") return { name: say("in_no_topic"), lead: say("outside_lead", { n: model.n_outside }), words: [], place: -1, trend: trendOf(model.trends, model.topics.length, state.language) };
  const own = placeOf(model, pick);
  const place = shownPlace(model, own);
  const topic = model.topics[place];
  const words = topic.terms.length ? [element("section", {}, element("h3", {}, say("heavy_words")), bars(topic.terms, model.scale)), element("section", {}, element("h3", {}, say("own_words")), chips(topic.frex), element("p", { class: "note" }, say("own_words_note")))] : [];
  const { note } = topic.id === "hidden" ? NOTHING : entryOf(model.name, topic.id);
  const joined = model.topics.filter((other, at) => at !== place && shownPlace(model, at) === place).map((other) => other.id);
  const lead = say("topic_lead", { n: topic.n, model: model.title }) + (joined.length ? " " + say("joined_lead", { topics: joined.join(", ") }) : "") + (isHiddenNow(model, place) ? " " + say("hidden_lead") : "");
  return { number: topic.id === "hidden" ? "" : topic.id, name: nameOf(model, place), lead, note, words, place, trend: mergedTrend(model, place), joined: joined.length > 0 };
}

// The share of topics that are counted together: a sum, whose interval only a new run can tell.
function mergedTrend(model, place) {
  const parts = model.topics.map((_, at) => at).filter((at) => shownPlace(model, at) === place).map((at) => trendOf(model.trends, at, state.language)).filter(Boolean);
  if (parts.length < 2) return parts[0] || null;
  return parts[0].map((cell, at) => {
    const share = cell.share === null ? null : parts.reduce((sum, part) => sum + part[at].share, 0);
    return { ...cell, share, low: share, high: share };
  });
}

function trendParts(picked, selected, found) {
  if (!periods.length) return element("p", { class: "note" }, say("no_trend"));
  if (!state.pick) {
    const counted = periods.map((period, at) => ({ period, at, n: selected[at] }));
    return periodBars(counted, say("bars_summary", { n: found.rows.length, periods: periods.length }));
  }
  if (!picked.trend) return element("p", { class: "note" }, say(state.language ? "no_trend_language" : "no_trend"));
  const of = state.language ? element("p", { class: "note" }, say("trend_of_language", { language: languageName(state.language) })) : null;
  return [of, ...trendFigure(picked.trend, selected, picked.name), picked.joined ? element("p", { class: "note" }, say("joined_trend")) : null];
}

function periodBars(counted, summary) {
  const width = Math.max(260, byId("detail").clientWidth - 32);
  const [left, height] = [46, 120];
  const most = evenly(Math.max(2, ...counted.map((cell) => cell.n)));
  const step = (width - left - 8) / counted.length;
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height + 34}`, width, height: height + 34, role: "img", "aria-label": summary });
  for (const part of most % 2 ? [0, 1] : [0, 0.5, 1]) svg.append(drawn("line", { class: "grid", x1: left, x2: width - 8, y1: 10 + height * (1 - part), y2: 10 + height * (1 - part) }), drawn("text", { class: "tick end", x: left - 6, y: 14 + height * (1 - part) }, figure(most * part)));
  for (const [at, cell] of counted.entries()) svg.append(drawn("rect", { class: "own", x: (left + step * (at + 0.1)).toFixed(1), width: Math.max(0.8, step * 0.8).toFixed(1), y: (10 + height - (height * cell.n) / most).toFixed(1), height: ((height * cell.n) / most).toFixed(1) }, drawn("title", {}, cell.period + ": " + figure(cell.n))));
  svg.append(...periodTicks(counted, (cell) => left + step * (cell.at + 0.5), { step, width, y: height + 28 }));
  const table = element("table", {}, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, say("column_period")), element("th", { scope: "col", class: "number" }, say("column_chosen")))), element("tbody", {}, counted.map((cell) => element("tr", {}, element("th", { scope: "row" }, cell.period), element("td", { class: "number" }, figure(cell.n))))));
  return [element("div", { class: "chart" }, svg), element("p", { class: "note" }, summary), element("details", { class: "numbers" }, element("summary", {}, say("numbers")), element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("numbers") }, table))];
}

// The next number that an axis ends well at.
function evenly(value) {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / (2 * power)) * 2 * power;
}

function bars(terms, scale) {
  const most = terms[0][1];
  return element("ol", { class: "bars", "aria-label": say(scale === "probability" ? "weights_are_probabilities" : "weights_are_ctfidf") }, terms.slice(0, 12).map(([term, weight]) => {
    const bar = element("span", { class: "bar", "aria-hidden": "true" });
    bar.style.width = ((100 * weight) / most).toFixed(1) + "%";
    return element("li", {}, termButton(term), element("span", { class: "track" }, bar), element("span", { class: "weight" }, weight.toPrecision(2)));
  }));
}

function chips(terms, code) {
  return element("ul", { class: "chips", role: "list" }, terms.map((term) => element("li", { lang: code }, code ? element("bdi", {}, term) : termButton(term))));
}

// A term leads to all topics and articles that have it.
function termButton(term) {
  return button(term, () => { byId("q").value = term; choose({ q: term, pick: "" }); }, { class: "term", title: say("search_for", { word: term }), "data-key": "term-" + term });
}

function articleSection(found) {
  const key = JSON.stringify([state.model, state.pick, ...FILTERS.map((name) => state[name]), state.sort]);
  if (key !== listedFor) shownArticles = PAGE_OF_ARTICLES;
  listedFor = key;
  const rows = sortedRows(found.rows);
  const sort = element("select", { id: "sort", "data-key": "sort", change: (event) => choose({ sort: event.target.value }) }, ["new", "old", ...(state.pick && !state.pick.startsWith("theme:") ? ["most"] : [])].map((value) => element("option", { value, selected: value === state.sort }, say("sort_" + value))));
  const list = element("ol", { class: "articles", id: "articles", "aria-label": say("articles_label") }, rows.slice(0, shownArticles).map((row, at) => articleItem(row, at === 0)));
  roving(list, ":scope > li");
  const rest = rows.length - shownArticles;
  const more = rest > 0 ? button(say("more", { n: Math.min(rest, PAGE_OF_ARTICLES), rest }), () => { shownArticles += PAGE_OF_ARTICLES; render(); byId("articles").children[shownArticles - PAGE_OF_ARTICLES]?.focus(); }, { class: "more" }) : null;
  const none = !rows.length ? element("p", { class: "empty" }, say("no_articles"), " ", hasFilters() ? button(say("clear_filters"), clearFilters) : null) : null;
  return element("section", { "aria-labelledby": "articles-title", class: "articles-of" }, element("div", { class: "heading" }, element("h3", { id: "articles-title" }, say("n_articles_title", { n: rows.length })), element("label", {}, say("sort"), " ", sort)), none, list, more);
}

function sortedRows(rows) {
  if (state.sort === "old") return [...rows].reverse();
  const model = models[state.model];
  if (state.sort === "most" && model && state.pick && !state.pick.startsWith("theme:")) return [...rows].sort((a, b) => model.share[b] - model.share[a] || a - b);
  return rows;
}

function articleItem(row, reachable) {
  const link = linkOf(row);
  const code = languages[languageOf[row]];
  const title = element("bdi", { lang: code }, titles[row] || say("no_title"));
  const chosen = String(row) === state.article;
  return element("li", { tabindex: reachable ? "0" : "-1", class: chosen ? "article chosen" : "article", "data-key": "article-" + row },
    element("div", { class: "article-title" }, link ? element("a", { href: link, rel: "noreferrer noopener", target: "_blank" }, title) : title),
    element("div", { class: "meta" }, element("span", {}, dates[row]), element("bdi", {}, sources[sourceOf[row]] || say("no_source")), element("span", {}, languageName(code)), topicTag(row), state.view === "map" || !models[state.model] || models[state.model].near[row] < 0 ? null : button(say("on_map"), () => choose({ view: "map", article: String(row) }), { class: "quiet-button", "aria-label": visible(say("on_map_of", { title: titles[row] })) })));
}

function topicTag(row) {
  const model = models[state.model];
  if (!model || model.near[row] < 0) return null;
  const place = shownPlace(model, model.near[row]);
  const id = model.topics[place].id;
  const text = model.outside[row] ? say("nearest_only", { topic: titleOf(model, place), share: figure(model.share[row]) }) : say("topic_share", { topic: titleOf(model, place), share: figure(model.share[row]) });
  return id === state.pick && !model.outside[row] ? element("span", {}, say("share_of_article", { share: figure(model.share[row]) })) : button(text, () => choose({ pick: id, article: "" }), { class: "quiet-button" });
}
