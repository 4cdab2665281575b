// The data of the page, unpacked: articles in columns by row, models and themes by name.

const data = JSON.parse(document.getElementById("data").textContent);
const n_docs = data.shown;
const NO_SOURCE = "(none)";
const periods = data.periods.map(([label]) => label);
const sources = data.documents.sources.names;
const languages = data.documents.languages.names;
const sourceOf = unpacked(data.documents.sources.codes);
const languageOf = unpacked(data.documents.languages.codes);
const titles = unworded(data.documents.titles, n_docs);
const dates = [];
const periodOf = new Int32Array(n_docs);
for (const [text, period, count] of data.documents.dates) {
  periodOf.fill(period, dates.length, dates.length + count);
  for (let n = 0; n < count; n += 1) dates.push(text);
}
const themes = data.themes.map((theme) => ({ ...theme, rows: markedRows(data.theme_rows[theme.key], n_docs) }));
const modelNames = data.models.map((model) => model.name);
const models = Object.fromEntries(data.models.map((model) => [model.name, unpackedModel(model)]));

function unpackedModel(model) {
  const places = data.places[model.name];
  const near = unpacked(places.near);
  const outside = markedRows(places.outside, n_docs);
  const share = unpacked(places.share);
  return { ...model, near, outside, share, turns: unpacked(places.turns), place: new Map(model.topics.map((topic, at) => [topic.id, at])) };
}

function placeOf(model, id) {
  return model.place.has(id) ? model.place.get(id) : -1;
}

// Small letters without marks: what is searched, so that "ha noi" finds "Hà Nội".
function folded(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
}

let links = null;
function linkOf(row) {
  links = links || unworded(data.documents.links, n_docs);
  const link = links[row].replace(PLACE, () => slug(titles[row]));
  return /^https?:\/\//i.test(link) ? link : "";
}

let plainTitles = null;
let foldedTitles = null;
function searchTitles(query) {
  const marked = query !== folded(query) && query.toLowerCase() !== folded(query);
  plainTitles = plainTitles || titles.map((title) => title.toLowerCase());
  foldedTitles = foldedTitles || unworded(data.documents.titles, n_docs, folded);
  const [where, wanted] = marked ? [plainTitles, query.toLowerCase()] : [foldedTitles, folded(query)];
  const found = new Uint8Array(n_docs);
  for (let row = 0; row < n_docs; row += 1) found[row] = where[row].includes(wanted) ? 1 : 0;
  return found;
}

function matchesText(text, query) {
  const plain = folded(query);
  return query.toLowerCase() === plain ? folded(text).includes(plain) : text.toLowerCase().includes(query.toLowerCase());
}

// Shares of one series over the periods: low, share and high, null where there is none; with the articles of each period.
const readTrends = new Map();
function trendOf(trends, place, language) {
  const found = trends.languages[language || "all"];
  const key = found && place >= 0 ? found.cells[place] : null;
  if (!readTrends.has(key)) readTrends.set(key, readTrend(trends, found, place));
  return readTrends.get(key);
}

function readTrend(trends, found, place) {
  if (!found || place < 0 || place >= found.cells.length) return null;
  const parts = unpacked(found.cells[place]);
  if (!parts.length) return null;
  return periods.slice(trends.first).map((period, at) => ({
    period,
    at: trends.first + at,
    complete: found.complete[at],
    n: found.n[at],
    low: parts[3 * at] < 0 ? null : parts[3 * at] / 1e4,
    share: parts[3 * at + 1] < 0 ? null : parts[3 * at + 1] / 1e4,
    high: parts[3 * at + 2] < 0 ? null : parts[3 * at + 2] / 1e4,
  }));
}
