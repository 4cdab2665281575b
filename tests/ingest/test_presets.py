"""Column maps of common exports."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import msgspec
import pytest
from catalogue.rows import read_folder

from topics.core.errors import UsageError
from topics.ingest.files import COLUMNS, SourceConfig
from topics.ingest.presets import PRESETS

BODY = "The ministry said that the two agencies in the north would be merged before the end of the dry season."
EXPORTS = {
    "media_cloud": {
        "id": "m1",
        "indexed_date": "2025-02-12",
        "publish_date": "2025-02-11",
        "title": BODY,
        "url": "u",
        "language": "en",
        "media_name": "Post",
    },
    "media_cloud_v2": {
        "stories_id": 12,
        "publish_date": "2025-02-11 08:00:00",
        "title": BODY,
        "url": "u",
        "language": "en",
        "media_name": "Post",
    },
    "gdelt": {"url": "u", "url_mobile": "", "title": BODY, "seendate": "20250211T063000Z", "domain": "Post", "language": "English"},
    "gdelt_csv": {"URL": "u", "MobileURL": "", "Date": "2025-02-11 06:30:00", "Title": BODY},
    "factiva": {"HD": "Merger", "TD": BODY, "PD": "11 February 2025", "SN": "Post", "LA": "en", "AN": "m1"},
    "lexisnexis": {"ID": "1", "Newspaper": "Post", "Date": "2025-02-11", "Headline": "Merger", "Article": BODY},
    "news_please": {
        "maintext": BODY,
        "title": "Merger",
        "date_publish": "2025-02-11 08:00:00",
        "source_domain": "Post",
        "url": "u",
        "language": "en",
    },
}


def write(folder: Path, row: dict[str, object]) -> Path:
    (folder / "a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return folder


def test_every_preset_has_an_export_here_and_maps_columns_of_ours() -> None:
    assert set(EXPORTS) == set(PRESETS)
    for name, preset in PRESETS.items():
        assert set(preset.columns) <= set(COLUMNS)
        assert set(preset.columns.values()) <= set(EXPORTS[name]), name
        assert "text" in preset.columns


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_a_preset_reads_its_export(name: str, tmp_path: Path) -> None:
    (document,) = read_folder(write(tmp_path, EXPORTS[name]), preset=name).documents
    info = document.info
    assert document.text == BODY
    assert str(info.date.point) == "2025-02-11"
    assert info.language == "en"
    assert info.source == ("Post" if "source" in PRESETS[name].columns else tmp_path.name)
    assert info.notes == (("title_only",) if PRESETS[name].columns["text"] == PRESETS[name].columns["title"] else ())


def test_without_the_preset_the_export_is_not_read(tmp_path: Path) -> None:
    assert not read_folder(write(tmp_path, EXPORTS["factiva"])).documents


def test_columns_replace_single_entries(tmp_path: Path) -> None:
    row = {**EXPORTS["media_cloud"], "body": "Another text that a crawler has added to the story list of the archive."}
    (document,) = read_folder(write(tmp_path, row), preset="media_cloud", columns={"text": "body"}).documents
    assert document.text == row["body"]
    assert document.info.notes == ()
    assert document.info.source == "Post"


def test_an_unknown_preset_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Did you mean 'gdelt'"):
        SourceConfig("x", preset="gdlt")
    from topics.config import read_study

    path = tmp_path / "s.toml"
    path.write_text('[study]\nname = "s"\n[[sources]]\npath = "x"\npreset = "gdlt"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="unknown preset 'gdlt'") as caught:
        read_study(path)
    assert "media_cloud" in str(caught.value)


def test_a_preset_that_fits_no_column_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        read_folder(write(tmp_path, {"text": BODY}), preset="lexisnexis")
    assert "fits none of the columns" in caplog.text
    assert "Headline" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.INFO):
        read_folder(write(tmp_path, EXPORTS["lexisnexis"]), preset="lexisnexis")
    assert "fits none" not in caplog.text


def test_a_source_with_a_preset_survives_being_written_and_read() -> None:
    source = SourceConfig("x", preset="factiva", columns={"title": "Headline"})
    assert msgspec.json.decode(msgspec.json.encode(source), type=SourceConfig) == source
    assert source.columns["title"] == "Headline"
