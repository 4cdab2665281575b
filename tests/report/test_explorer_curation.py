"""What a reader says of topics in the explorer: it is shown, can be undone, and the downloaded file is applied by the next run."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import Visit, browser  # noqa: F401 - a fixture
from hostile import HOSTILE

from tests.test_curation import STUDY, folder  # noqa: F401 - a fixture
from topics.config import read_study
from topics.pipeline import Study, curated
from topics.report.explorer.page import render_explorer
from topics.runner import run


@pytest.fixture
def open_explorer(browser: Any, folder: Path, tmp_path: Path) -> Callable[[], Visit]:  # noqa: F811
    """Open the explorer of the small study as its study file now is."""

    def opened() -> Visit:
        path = tmp_path / "explorer.html"
        path.write_text(render_explorer(Study(read_study(folder / "small.toml"), folder / "out")), encoding="utf-8")
        return Visit(browser, path, "#pick=0", accept_downloads=True)

    (folder / "small.toml").write_text(STUDY, encoding="utf-8")
    return opened


def download(visit: Visit, target: Path) -> str:
    visit.page.click("#tab-edit")
    with visit.page.expect_download() as found:
        visit.page.click("#edit-panel .primary")
    assert found.value.suggested_filename == "curation.toml"
    found.value.save_as(target)
    return target.read_text(encoding="utf-8")


def say(visit: Visit, topic: int, **said: Any) -> None:
    """Fill in the form of a topic as a reader does."""
    page = visit.page
    page.evaluate("(pick) => choose({ view: 'topics', pick })", str(topic))
    if not page.evaluate("document.getElementById('edit-details').open"):
        page.click("#edit-details summary")
    for key, value in said.items():
        if key == "merge":
            page.select_option("#edit-merge", str(value))
        elif key == "hide":
            page.click("#edit-hide")
        else:
            page.fill(f"#edit-{key}", value)
            page.press(f"#edit-{key}", "Tab")


def letters(text: str) -> str:
    """A text without what counts as space, in Python or in JavaScript."""
    return "".join(unicodedata.normalize("NFC", text).replace("\ufeff", "").split())


def table(folder: Path, name: str) -> list[dict[str, str]]:  # noqa: F811
    return list(csv.DictReader((folder / "out" / "tables" / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


def test_the_downloaded_file_is_applied_by_the_next_run(open_explorer: Callable[[], Visit], folder: Path) -> None:  # noqa: F811
    with open_explorer() as visit:
        assert visit.page.locator("#unsaved").is_hidden()
        say(visit, 0, name='Floods & "storms" \\ bão', note="Seen on 3 July; it is clear.")
        say(visit, 1, hide=True)
        say(visit, 2, merge=3)
        assert visit.text("#unsaved") == "Changes not yet downloaded"
        assert visit.text("#edit-count") == "3"
        assert 'Floods & "storms" \\ bão' in visit.text("#list")
        text = download(visit, folder / "curation.toml")
        assert visit.page.locator("#unsaved").is_hidden()
        assert visit.faults == []
    assert '"lda" = "' in text
    (folder / "small.toml").write_text(f'{STUDY}[report]\ncuration = "curation.toml"\n', encoding="utf-8")
    study = read_study(folder / "small.toml")
    said = {(entry.topic, entry.rename, entry.hide, entry.merge, entry.note) for entry in study.curation.entries}
    assert said == {
        (0, 'Floods & "storms" \\ bão', False, None, "Seen on 3 July; it is clear."),
        (1, "", True, None, ""),
        (2, "", False, 3, ""),
    }
    run(study, folder / "out")
    assert {row["label"] for row in table(folder, "topics_lda") if row["topic"] == "0"} == {'Floods & "storms" \\ bão'}
    assert {row["topic"] for row in table(folder, "topics_lda")} == {"0", "3", "4"}
    with open_explorer_again(open_explorer, folder) as visit:
        assert visit.page.evaluate("models.lda.topics.map((topic) => topic.id)") == ["0", "3", "4", "hidden"]
        assert visit.text("#edit-count") == "3"
        assert not visit.page.evaluate("hasUnsaved()")
        assert visit.page.evaluate("curationFile()") == text


def open_explorer_again(opened: Callable[[], Visit], folder: Path) -> Visit:  # noqa: F811
    (folder / "small.toml").write_text(f'{STUDY}[report]\ncuration = "curation.toml"\n', encoding="utf-8")
    return opened()


def test_hostile_names_and_notes_come_back_as_they_were_typed(open_explorer: Callable[[], Visit], folder: Path, tmp_path: Path) -> None:  # noqa: F811
    with open_explorer() as visit:
        for start in range(0, len(HOSTILE), 5):
            texts = HOSTILE[start : start + 5]
            visit.page.evaluate(
                "(texts) => texts.forEach((text, topic) => edit('lda', topic, { rename: text, note: text + text }))", list(texts)
            )
            kept = visit.page.evaluate("[...edits.lda].sort(([a], [b]) => a - b).map(([, entry]) => [entry.rename, entry.note])")
            (folder / "curation.toml").write_text(visit.page.evaluate("curationFile()"), encoding="utf-8")
            (folder / "small.toml").write_text(f'{STUDY}[report]\ncuration = "curation.toml"\n', encoding="utf-8")
            entries = read_study(folder / "small.toml").curation.entries
            assert [[entry.rename, entry.note] for entry in entries] == kept
            assert [letters(name) for name, _ in kept] == [letters(text) for text in texts if letters(text)]


def test_changes_can_be_undone_one_after_another(open_explorer: Callable[[], Visit]) -> None:
    with open_explorer() as visit:
        say(visit, 0, name="One")
        say(visit, 0, name="Two")
        say(visit, 1, hide=True)
        for name, n in (("Two", "1"), ("One", "1"), ("", "")):
            visit.page.click("#edit-details .actions button:nth-of-type(2)")
            assert visit.page.evaluate("entryOf('lda', 0).rename") == name
            assert visit.text("#edit-count") == n
        assert visit.page.locator("#unsaved").is_hidden()
        assert visit.page.locator("#edit-details .actions button:nth-of-type(2)").is_disabled()


def test_merges_are_mended_as_the_file_wants_them(open_explorer: Callable[[], Visit], folder: Path, tmp_path: Path) -> None:  # noqa: F811
    with open_explorer() as visit:
        say(visit, 0, name="Gone", hide=True)
        say(visit, 0, merge=1)
        say(visit, 1, merge=2)
        assert visit.page.evaluate("[...edits.lda].map(([topic, entry]) => [topic, entry.rename, entry.hide, entry.merge])") == [
            [0, "", False, 2],
            [1, "", False, 2],
        ]
        (folder / "curation.toml").write_text(visit.page.evaluate("curationFile()"), encoding="utf-8")
    (folder / "small.toml").write_text(f'{STUDY}[report]\ncuration = "curation.toml"\n', encoding="utf-8")
    study = Study(read_study(folder / "small.toml"), folder / "out")
    assert curated(study, "lda").series == ("2", "3", "4")


def test_merged_topics_show_their_articles_and_their_sum_together(open_explorer: Callable[[], Visit]) -> None:
    with open_explorer() as visit:
        counts = visit.page.evaluate("[...selection().topicCounts]")
        shares = visit.page.evaluate("[0, 1].map((place) => trendOf(models.lda.trends, place, '').map((cell) => cell.share))")
        say(visit, 0, merge=1)
        assert visit.page.evaluate("[...selection().topicCounts]") == [0, counts[0] + counts[1], *counts[2:]]
        assert visit.page.evaluate("state.pick") == "1"
        assert visit.text("#articles-title").startswith(f"{counts[0] + counts[1]} article")
        together = visit.page.evaluate("mergedTrend(models.lda, 1).map((cell) => cell.share)")
        assert together == [None if a is None else pytest.approx(a + b) for a, b in zip(*shares, strict=True)]
        assert visit.page.locator('#list [data-pick="0"]').count() == 0


def test_leaving_with_changes_asks_first(open_explorer: Callable[[], Visit]) -> None:
    with open_explorer() as visit:
        asked = (
            "() => { const event = new Event('beforeunload', { cancelable: true }); dispatchEvent(event); return event.defaultPrevented; }"
        )
        assert visit.page.evaluate(asked) is False
        say(visit, 3, note="Look again")
        assert visit.page.evaluate(asked) is True


def test_an_entry_can_be_taken_back_from_the_list_of_all(open_explorer: Callable[[], Visit]) -> None:
    with open_explorer() as visit:
        say(visit, 3, note="Look again")
        visit.page.click("#tab-edit")
        assert "Look again" in visit.text("#edit-panel")
        visit.page.click(".entries .quiet-button")
        assert visit.page.locator("#edit-panel .primary").is_disabled()
        assert visit.page.evaluate("past.length") == 2
