// Which articles are chosen, and how many there would be for every other choice.

const FAILS = { language: 1, source: 2, theme: 4, period: 8, search: 16, with: 32, pick: 64 };

// Rows of the choice, and counts: of topics and themes under all filters but the pick itself, of each filter's values under all others.
function selection() {
  const model = models[state.model];
  const fails = failingFilters(model);
  const topicCounts = new Int32Array(model ? model.topics.length : 0);
  const themeCounts = new Int32Array(themes.length);
  const counts = { language: new Int32Array(languages.length), source: new Int32Array(sources.length), theme: new Int32Array(themes.length), period: new Int32Array(periods.length) };
  const rows = [];
  let filtered = 0;
  let outside = 0;
  for (let row = 0; row < n_docs; row += 1) {
    const fail = fails[row];
    if (fail === 0) rows.push(row);
    const other = fail & ~FAILS.pick;
    if (other === 0) {
      filtered += 1;
      if (model && model.outside[row]) outside += 1;
      else if (model) topicCounts[shownPlace(model, model.near[row])] += 1;
      for (let at = 0; at < themes.length; at += 1) themeCounts[at] += themes[at].rows[row];
    }
    if ((fail & ~FAILS.language) === 0) counts.language[languageOf[row]] += 1;
    if ((fail & ~FAILS.source) === 0) counts.source[sourceOf[row]] += 1;
    if ((fail & ~FAILS.period) === 0 && periodOf[row] >= 0) counts.period[periodOf[row]] += 1;
    if ((fail & ~FAILS.theme) === 0) for (let at = 0; at < themes.length; at += 1) counts.theme[at] += themes[at].rows[row];
  }
  return { rows, fails, filtered, outside, topicCounts, themeCounts, counts };
}

function failingFilters(model) {
  const fails = new Uint8Array(n_docs);
  const language = languages.indexOf(state.language);
  const source = sources.indexOf(state.source === NO_SOURCE ? "" : state.source);
  const theme = themes.find((one) => one.key === state.theme);
  const first = state.from ? periods.indexOf(state.from) : -1;
  const last = state.to ? periods.indexOf(state.to) : periods.length;
  const found = state.q ? searchTitles(state.q) : null;
  const together = state.with ? pickedRows(...partsOfWith()) : null;
  const picked = pickedRows(model, state.pick);
  for (let row = 0; row < n_docs; row += 1) {
    let fail = 0;
    if (state.language && languageOf[row] !== language) fail |= FAILS.language;
    if (state.source && sourceOf[row] !== source) fail |= FAILS.source;
    if (theme && !theme.rows[row]) fail |= FAILS.theme;
    if ((state.from || state.to) && (periodOf[row] < 0 || periodOf[row] < first || periodOf[row] > last)) fail |= FAILS.period;
    if (found && !found[row]) fail |= FAILS.search;
    if (together && !together(row)) fail |= FAILS.with;
    if (picked && !picked(row)) fail |= FAILS.pick;
    fails[row] = fail;
  }
  return fails;
}

function partsOfWith() {
  const cut = state.with.indexOf(":");
  return [models[state.with.slice(0, cut)], state.with.slice(cut + 1)];
}

// Tells whether an article belongs to a topic, a theme or no topic; null where nothing is picked.
function pickedRows(model, pick) {
  if (!pick) return null;
  if (pick.startsWith("theme:")) {
    const { rows } = themes.find((theme) => "theme:" + theme.key === pick);
    return (row) => rows[row] === 1;
  }
  if (pick === "none") return (row) => model.outside[row] === 1;
  const place = shownPlace(model, placeOf(model, pick));
  return (row) => !model.outside[row] && shownPlace(model, model.near[row]) === place;
}

function hasFilters() {
  return FILTERS.some((name) => state[name]);
}
