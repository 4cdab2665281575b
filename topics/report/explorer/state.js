// What is chosen, kept in the address after #, so that a link or the Back button brings all of it back.

const DEFAULTS = { ui: LANGUAGES_OF_PAGE[0], view: "topics", model: "", pick: "", with: "", q: "", language: "", source: "", theme: "", from: "", to: "", sort: "new", article: "" };
const VIEWS = ["topics", "map", "compare", "edit"];
const FILTERS = ["q", "language", "source", "theme", "from", "to", "with"];
const state = { ...DEFAULTS };

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const name of Object.keys(DEFAULTS)) state[name] = given.has(name) ? given.get(name) : DEFAULTS[name];
  state.q = state.q.normalize("NFC");
  checkState();
}

// An address written by hand may name what is not there: it then counts as not given.
function checkState() {
  const only = (name, allowed) => { if (state[name] && !allowed(state[name])) state[name] = DEFAULTS[name]; };
  only("ui", (value) => LANGUAGES_OF_PAGE.includes(value));
  only("view", (value) => VIEWS.includes(value));
  only("model", (value) => modelNames.includes(value));
  state.model = state.model || modelNames[0] || "";
  only("language", (value) => languages.includes(value));
  only("source", (value) => sources.includes(value) || value === NO_SOURCE);
  only("theme", (value) => themes.some((theme) => theme.key === value));
  only("from", (value) => periods.includes(value));
  only("to", (value) => periods.includes(value));
  only("sort", (value) => ["new", "old", "most"].includes(value));
  only("pick", (value) => isPick(value));
  only("with", (value) => modelNames.some((name) => value.startsWith(name + ":") && placeOf(models[name], value.slice(name.length + 1)) >= 0));
  only("article", (value) => /^\d+$/.test(value) && Number(value) < n_docs);
}

function isPick(value) {
  if (value.startsWith("theme:")) return themes.some((theme) => "theme:" + theme.key === value);
  const model = models[state.model];
  return value === "none" ? Boolean(model) : Boolean(model) && placeOf(model, value) >= 0;
}

function address() {
  const shown = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    if (value !== DEFAULTS[name] && !(name === "model" && value === modelNames[0])) shown.set(name, value);
  }
  return "#" + shown.toString();
}

// Changes what is chosen. A step that the Back button should undo is a `step`; letters of a search are not.
function choose(changes, step = true) {
  const before = address();
  Object.assign(state, changes);
  checkState();
  if (address() !== before) {
    try {
      history[step ? "pushState" : "replaceState"](null, "", address());
    } catch {
      // Inside a frame without an address of its own the choice just lives in the page.
    }
  }
  render();
}
