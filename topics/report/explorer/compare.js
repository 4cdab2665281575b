// Two models side by side: which topics are the same, by the articles that they share, and which have no counterpart.

function renderCompare(found) {
  const panel = byId("compare-panel");
  const both = data.concordance;
  if (!both) return replace(panel, element("h2", {}, say("compare")), element("p", {}, say("one_model")));
  const [left, right] = [models[both.left], models[both.right]];
  const shared = sharedArticles(left, right, found);
  const rows = both.matches.map(([a, b, similarity, agreement]) => pairRow(left, right, { a, b, similarity, agreement, shared }));
  const head = [left.title, right.title, say("column_similarity"), say("column_shared"), say("column_in_page")].map((text, at) => element("th", { scope: "col", class: at > 1 ? "number" : null }, text));
  const table = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("matched") }, element("table", { class: "pairs" }, element("caption", {}, say("matched_note", { threshold: both.threshold.toFixed(2) })), element("thead", {}, element("tr", {}, head)), element("tbody", {}, rows)));
  const alone = [[left, both.alone[0]], [right, both.alone[1]]].map(([model, topics]) => element("section", {}, element("h3", {}, say("only_in", { model: model.title })), topics.length ? element("ul", { class: "alone" }, topics.map((topic) => element("li", {}, topicLink(model, topic), " ", element("span", { class: "note" }, termsOf(model, topic, 6))))) : element("p", { class: "note" }, say("none_alone"))));
  return replace(panel, element("h2", {}, say("compare_title", { left: left.title, right: right.title })), element("p", {}, say("compare_lead", { n: both.matches.length, left: left.topics.length, right: right.topics.length })), both.matches.length ? table : element("p", { class: "empty" }, say("no_matches")), element("div", { class: "pair" }, alone));
}

// Articles of the filters by their topics in both models.
function sharedArticles(left, right, found) {
  const counts = new Map();
  for (let row = 0; row < n_docs; row += 1) {
    if ((found.fails[row] & ~(FAILS.pick | FAILS.with)) !== 0 || left.outside[row] || right.outside[row]) continue;
    const key = left.topics[left.near[row]].id + " " + right.topics[right.near[row]].id;
    counts.set(key, (counts.get(key) || 0) + 1);
  }
  return counts;
}

function pairRow(left, right, { a, b, similarity, agreement, shared }) {
  const [one, two] = [left.topics[placeOf(left, String(a))], right.topics[placeOf(right, String(b))]];
  const common = new Set(one.terms.slice(0, 10).map(([term]) => term).filter((term) => two.terms.slice(0, 10).some(([other]) => other === term)));
  const side = (model, topic) => element("td", {}, topicLink(model, topic.id), element("div", { class: "words" }, topic.terms.slice(0, 10).flatMap(([term], at) => [at ? ", " : "", common.has(term) ? element("mark", {}, term) : term])));
  const n = shared.get(a + " " + b) || 0;
  const open = n ? button(say("n_articles", { n }), () => choose({ view: "topics", model: left.name, pick: String(a), with: right.name + ":" + b, article: "" }), { class: "quiet-button", "aria-label": visible(say("open_shared", { n, left: titleOf(left, placeOf(left, String(a))), right: titleOf(right, placeOf(right, String(b))) })) }) : figure(0);
  return element("tr", {}, side(left, one), side(right, two), element("td", { class: "number" }, meter(similarity), figure(similarity, 2)), element("td", { class: "number" }, percent(agreement)), element("td", { class: "number" }, open));
}

function meter(value) {
  const bar = element("span", { class: "bar", "aria-hidden": "true" });
  bar.style.width = (100 * Math.max(0, value)).toFixed(0) + "%";
  return element("span", { class: "track" }, bar);
}

function topicLink(model, topic) {
  const place = placeOf(model, String(topic));
  return button(place < 0 ? String(topic) : titleOf(model, place), () => choose({ view: "topics", model: model.name, pick: String(topic), with: "", article: "" }), { class: "topic-link" });
}

function termsOf(model, topic, n) {
  const place = placeOf(model, String(topic));
  return place < 0 ? "" : model.topics[place].terms.slice(0, n).map(([term]) => term).join(", ");
}
