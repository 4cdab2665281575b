// The form that says something of a topic, and the view of all that was said.

function editForm(model, topic) {
  const place = placeOf(model, String(topic));
  const entry = entryOf(model.name, topic);
  const save = (changes, what) => { edit(model.name, topic, changes); announce(say(what)); render(); };
  const field = (key, label, control) => element("label", { class: "field", for: "edit-" + key }, element("span", {}, say(label)), control);
  const merged = entry.merge !== null;
  const name = element("input", { id: "edit-name", type: "text", maxlength: "200", "data-key": "edit-name", disabled: merged, value: entry.rename, placeholder: model.fitted[topic], change: (event) => save({ rename: event.target.value }, "said_renamed") });
  const others = model.topics.filter((other, at) => other.id !== String(topic) && other.id !== "hidden" && !isMergedAway(model, at));
  const into = element("select", { id: "edit-merge", "data-key": "edit-merge", change: (event) => mergeInto(model, topic, event.target.value) }, element("option", { value: "" }, say("merge_with_none")), others.map((other) => element("option", { value: other.id, selected: entry.merge === Number(other.id) }, titleOf(model, placeOf(model, other.id)))));
  const note = element("textarea", { id: "edit-note", rows: "2", maxlength: "2000", "data-key": "edit-note", change: (event) => save({ note: event.target.value }, "said_note") });
  note.value = entry.note;
  const hide = element("label", { class: "check" }, element("input", { id: "edit-hide", type: "checkbox", "data-key": "edit-hide", disabled: merged, checked: entry.hide, change: (event) => save({ hide: event.target.checked }, "said_hidden") }), " ", say("hide_topic"));
  const form = element("details", { class: "edit", id: "edit-details", open: editOpen, toggle: (event) => { editOpen = event.target.open; } }, element("summary", { "data-key": "edit-summary" }, say("edit_topic")), element("p", { class: "note" }, say("edit_note")), field("name", "rename", name), field("merge", "merge_with", into), field("note", "note", note), hide, downloadRow());
  return place < 0 ? null : form;
}

let editOpen = false;

// A topic that is counted with another is looked at there from now on.
function mergeInto(model, topic, value) {
  edit(model.name, topic, { merge: value === "" ? null : Number(value) });
  announce(say("said_merged"));
  const { merge } = entryOf(model.name, topic);
  if (merge === null) render();
  else choose({ pick: String(merge) });
}

function downloadRow() {
  const n = entryCount();
  return element("div", { class: "actions" },
    button(say("download"), () => { downloadCuration(); announce(say("downloaded")); render(); }, { class: "primary", disabled: n === 0, "data-key": "download" }),
    button(say("undo"), () => { undo(); announce(say("undone")); render(); }, { disabled: past.length === 0, "data-key": "undo" }),
    element("span", { class: hasUnsaved() ? "unsaved" : "note" }, hasUnsaved() ? say("unsaved") : n ? say("all_saved") : say("nothing_said")));
}

function renderEdit() {
  const items = modelNames.flatMap((name) => [...edits[name]].sort(([a], [b]) => a - b).map(([topic, entry]) => entryItem(models[name], topic, entry)));
  const list = items.length ? element("ul", { class: "entries" }, items) : element("p", { class: "empty" }, say("no_entries"));
  replace(byId("edit-panel"), element("h2", {}, say("edit")), element("p", {}, say("edit_lead", { file: "curation.toml" })), downloadRow(), list,
    items.length ? element("details", { class: "numbers" }, element("summary", {}, say("preview")), element("pre", { tabindex: "0", "aria-label": say("preview") }, curationFile())) : null,
    !items.length && data.curation_file ? element("p", { class: "note" }, say("remove_curation")) : null);
}

function entryItem(model, topic, entry) {
  const place = placeOf(model, String(topic));
  const label = topic + " · " + model.fitted[topic];
  const said = [entry.rename ? say("entry_rename", { name: entry.rename }) : "", entry.hide ? say("entry_hide") : "", entry.merge !== null ? say("entry_merge", { topic: entry.merge + " · " + (placeOf(model, String(entry.merge)) < 0 ? model.fitted[entry.merge] : nameOf(model, placeOf(model, String(entry.merge)))) }) : "", entry.note ? say("entry_note", { note: entry.note }) : ""].filter(Boolean);
  const open = place < 0 ? element("b", {}, label) : button(label, () => { editOpen = true; choose({ view: "topics", model: model.name, pick: String(topic), article: "" }); byId("edit-details")?.scrollIntoView({ block: "center" }); }, { class: "topic-link" });
  return element("li", {}, element("span", { class: "note" }, model.title), " ", open, element("ul", {}, said.map((text) => element("li", {}, text))), button(say("remove"), () => { forget(model.name, topic); announce(say("removed")); render(); }, { class: "quiet-button", "data-key": "remove-" + model.name + topic, "aria-label": visible(say("remove_of", { topic: label })) }));
}
