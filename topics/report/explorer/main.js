// Puts the parts together: the controls, the tabs, and one function that shows what is chosen.

function render() {
  if (ui !== state.ui) ui = state.ui;
  translatePage();
  const found = selection();
  renderControls(found);
  renderTabs();
  const split = state.view === "topics" || state.view === "map";
  byId("columns").hidden = !split;
  byId("map-panel").hidden = state.view !== "map";
  byId("compare-panel").hidden = state.view !== "compare";
  byId("edit-panel").hidden = state.view !== "edit";
  if (split) { renderList(found); renderDetail(found); }
  if (state.view === "map") renderMap(found);
  if (state.view === "compare") renderCompare(found);
  if (state.view === "edit") renderEdit();
  const unsaved = hasUnsaved();
  byId("unsaved").hidden = !unsaved;
  byId("unsaved").textContent = unsaved ? say("unsaved") : "";
  document.title = data_title + (state.pick ? " · " + visible(describePick(models[state.model]).name) : "");
  announce(byId("count").textContent);
}

const data_title = document.title;

function renderControls(found) {
  const scope = say("count", { n: found.filtered, total: n_docs });
  byId("count").textContent = scope;
  byId("sampled").hidden = n_docs >= data.total;
  byId("sampled").textContent = say("sampled", { shown: n_docs, total: data.total });
  if (document.activeElement !== byId("q")) byId("q").value = state.q;
  choices("model", modelNames.map((name) => [name, models[name].title]), { first: null });
  choices("language", languages.map((code, at) => [code, languageName(code), found.counts.language[at]]));
  choices("source", sources.map((name, at) => [name || NO_SOURCE, name || say("no_source"), found.counts.source[at]]));
  choices("theme", themes.map((theme, at) => [theme.key, inPageLanguage(theme.label, theme.key), found.counts.theme[at]]));
  const listed = periods.map((period, at) => [period, period, found.counts.period[at]]);
  choices("from", listed, { open: true });
  choices("to", listed, { open: true });
  byId("theme-field").hidden = !themes.length;
  byId("model-field").hidden = modelNames.length < 2;
  byId("clear").hidden = !hasFilters();
  const together = byId("with");
  together.hidden = !state.with;
  if (state.with) {
    const [model, id] = partsOfWith();
    replace(together, say("only_with", { topic: visible(titleOf(model, placeOf(model, id))), model: model.title }), " ", button(say("drop"), () => choose({ with: "" }), { class: "quiet-button", "data-key": "drop-with" }));
  }
}

// The choices of a filter with their counts; those without an article cannot be taken, but the one that is. Ends of a time are `open`.
function choices(id, listed, { first = say("all"), open = false } = {}) {
  const select = byId(id);
  const wanted = [...(first === null ? [] : [["", first]]), ...listed].map(([value, name, n]) => ({ value, text: visible(name) + (n === undefined ? "" : " (" + figure(n) + ")"), disabled: !open && n === 0 && value !== state[id] }));
  wanted.forEach(({ value, text, disabled }, at) => {
    const node = select.options[at] || select.appendChild(document.createElement("option"));
    if (node.getAttribute("value") !== value) node.setAttribute("value", value);
    if (node.textContent !== text) node.textContent = text;
    if (node.disabled !== disabled) node.disabled = disabled;
  });
  while (select.options.length > wanted.length) select.lastChild.remove();
  select.value = state[id];
}

function renderTabs() {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const chosen = tab.dataset.view === state.view;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  byId("panel").setAttribute("aria-labelledby", "tab-" + state.view);
  const n = entryCount();
  byId("edit-count").textContent = n ? figure(n) : "";
}

function clearFilters() {
  byId("q").value = "";
  choose(Object.fromEntries(FILTERS.map((name) => [name, ""])));
  byId("q").focus();
}

function onEscape(event) {
  if (event.key !== "Escape") return;
  if (event.target === byId("q") && state.q) {
    byId("q").value = "";
    choose({ q: "" });
  } else if (state.article) choose({ article: "" });
  else if (state.pick) {
    choose({ pick: "" });
    (document.querySelector("#list [tabindex='0']") || byId("q")).focus();
  }
}

function start() {
  for (const id of ["model", "language", "source", "theme", "from", "to"]) byId(id).addEventListener("change", (event) => choose({ [id]: event.target.value, ...(id === "model" && !state.pick.startsWith("theme:") ? { pick: "", with: "" } : {}) }));
  let waiting = 0;
  byId("q").addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => choose({ q: event.target.value.normalize("NFC").trim() }, false), n_docs > 5000 ? 120 : 30);
  });
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("clear").addEventListener("click", clearFilters);
  const tabs = byId("tabs");
  tabs.addEventListener("click", (event) => { const tab = event.target.closest("[role=tab]"); if (tab) choose({ view: tab.dataset.view }); });
  roving(tabs, "[role=tab]", { next: ["ArrowRight", "ArrowDown"], previous: ["ArrowLeft", "ArrowUp"] });
  byId("ui")?.addEventListener("click", () => choose({ ui: LANGUAGES_OF_PAGE.find((code) => code !== state.ui) }));
  document.addEventListener("keydown", onEscape);
  for (const event of ["popstate", "hashchange"]) addEventListener(event, () => { if (address() !== (location.hash || "#")) { readAddress(); render(); } });
  startList();
  startMap();
  readAddress();
  render();
  document.documentElement.dataset.ready = "yes";
  (window.requestIdleCallback || setTimeout)(() => searchTitles("é"));
}

start();
