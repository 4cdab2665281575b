// What a reader says of topics: names, merges, topics out of sight, notes. It starts from the curation file that the page was made with,
// is shown at once where that can be done, and is downloaded as the file that the next run applies.

const NOTHING = { rename: "", hide: false, merge: null, note: "" };
const edits = Object.fromEntries(data.models.map((model) => [model.name, new Map(model.curation.map(({ topic, ...entry }) => [topic, { ...entry, merge: entry.merge ?? null }]))]));
const past = [];
const made = snapshot();
let downloaded = made;

function snapshot() {
  return JSON.stringify(modelNames.map((name) => [name, [...edits[name]].sort(([a], [b]) => a - b)]));
}

function restore(kept) {
  for (const [name, entries] of JSON.parse(kept)) edits[name] = new Map(entries);
}

function entryOf(name, topic) {
  return { ...NOTHING, ...edits[name].get(Number(topic)) };
}

function isSaid(entry) {
  return Boolean(entry.rename || entry.hide || entry.merge !== null || entry.note);
}

function hasUnsaved() {
  return snapshot() !== downloaded;
}

function entryCount() {
  return modelNames.reduce((sum, name) => sum + edits[name].size, 0);
}

// Says something of a topic. What the file may not hold is mended: a merged topic has no name of its own and is not hidden, nothing is
// merged into a topic that is itself merged.
function edit(name, topic, changes) {
  const before = snapshot();
  const entry = { ...entryOf(name, topic), ...changes };
  for (const key of ["rename", "note"]) entry[key] = oneLine(entry[key]);
  if (entry.merge !== null) {
    entry.merge = finalTopic(name, entry.merge);
    Object.assign(entry, { rename: "", hide: false }, entry.merge === topic ? { merge: null } : {});
  }
  if (isSaid(entry)) edits[name].set(topic, entry);
  else edits[name].delete(topic);
  if (entry.merge !== null) {
    for (const [other, said] of edits[name]) if (said.merge === topic) edits[name].set(other, { ...said, merge: entry.merge });
  }
  if (snapshot() !== before) past.push(before);
}

function forget(name, topic) {
  past.push(snapshot());
  edits[name].delete(topic);
}

function undo() {
  if (past.length) restore(past.pop());
}

function oneLine(text) {
  return text.normalize("NFC").replace(/\s+/g, " ").trim();
}

function finalTopic(name, topic) {
  const { merge } = entryOf(name, topic);
  return merge === null ? topic : merge;
}

// The place under which a topic is shown: that of the topic that it is merged into.
function shownPlace(model, place) {
  if (place < 0 || model.topics[place].id === "hidden") return place;
  const { merge } = entryOf(model.name, model.topics[place].id);
  const found = merge === null ? -1 : placeOf(model, String(merge));
  return found < 0 ? place : found;
}

function isMergedAway(model, place) {
  return shownPlace(model, place) !== place;
}

function isHiddenNow(model, place) {
  return model.topics[place].id !== "hidden" && entryOf(model.name, model.topics[place].id).hide;
}

function nameOf(model, place) {
  const topic = model.topics[place];
  if (topic.id === "hidden") return say("hidden_topics");
  const { rename } = entryOf(model.name, topic.id);
  const asMade = model.curation.find((entry) => String(entry.topic) === topic.id);
  return rename || (asMade && asMade.rename ? model.fitted[Number(topic.id)] : topic.label) || say("no_label");
}

function titleOf(model, place) {
  const topic = model.topics[place];
  return topic.id === "hidden" ? nameOf(model, place) : topic.id + " · " + nameOf(model, place);
}

// The curation file: TOML as topics/curation.py reads it.
function curationFile() {
  const lines = ["# Names, merges and notes for the topics of fitted models, written by the explorer.", "# Save it beside the study file and name it there:", "# [report]", '# curation = "curation.toml"', "", "[fits]"];
  const said = modelNames.filter((name) => edits[name].size);
  for (const name of said) lines.push(quoted(name) + " = " + quoted(models[name].fit));
  for (const name of said) {
    for (const [topic, entry] of [...edits[name]].sort(([a], [b]) => a - b)) {
      lines.push("", "[[topics]]", "model = " + quoted(name), "topic = " + topic);
      if (entry.rename) lines.push("rename = " + quoted(entry.rename));
      if (entry.hide) lines.push("hide = true");
      if (entry.merge !== null) lines.push("merge = " + entry.merge);
      if (entry.note) lines.push("note = " + quoted(entry.note));
    }
  }
  return lines.join("\n") + "\n";
}

// A basic string of TOML.
function quoted(text) {
  const whole = text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
  return '"' + whole.replace(/["\\]/g, "\\$&").replace(/[\u0000-\u001f\u007f]/g, (letter) => "\\u" + letter.charCodeAt(0).toString(16).padStart(4, "0")) + '"';
}

function downloadCuration() {
  const address = URL.createObjectURL(new Blob([curationFile()], { type: "application/toml" }));
  const anchor = element("a", { href: address, download: "curation.toml" });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  URL.revokeObjectURL(address);
  downloaded = snapshot();
}

addEventListener("beforeunload", (event) => { if (hasUnsaved()) event.preventDefault(); });
