// What the page itself says, in the languages that it was made with.

const TEXTS = JSON.parse(document.getElementById("texts").textContent);
const LANGUAGES_OF_PAGE = Object.keys(TEXTS);
let ui = LANGUAGES_OF_PAGE[0];

// A text with its values; `one|many` is told apart by `n`.
function say(key, values = {}) {
  const forms = TEXTS[ui][key].split("|");
  const form = forms.length > 1 && values.n !== 1 ? forms[1] : forms[0];
  return form.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? figure(values[name]) : String(values[name])));
}

// Formats are kept: making one takes longer than using it a hundred times.
const formats = new Map();
function format(value, style, least, most = least) {
  const key = [ui, style, least, most].join();
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(ui, { style, minimumFractionDigits: least, maximumFractionDigits: most }));
  return formats.get(key).format(value);
}

function figure(value, digits = 0) {
  return format(value, "decimal", digits);
}

function percent(share) {
  if (share === null || Number.isNaN(share)) return "–";
  const digits = share > 0 && share < 0.1 ? (share < 0.001 ? 2 : 1) : 0;
  return format(share, "percent", digits);
}

function languageName(code) {
  const known = TEXTS[ui]["language_" + code];
  if (known) return known;
  try {
    return new Intl.DisplayNames([ui], { type: "language" }).of(code);
  } catch {
    return code;
  }
}

function inPageLanguage(table, otherwise) {
  return table[ui] || table.en || Object.values(table)[0] || otherwise;
}

// Texts that stand in the page from the start.
function translatePage() {
  document.documentElement.lang = ui;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", say(node.dataset.label));
  for (const node of document.querySelectorAll("[data-placeholder]")) node.setAttribute("placeholder", say(node.dataset.placeholder));
}
