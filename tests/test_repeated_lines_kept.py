"""Lines that training sources print everywhere are known to a saved model: an article read alone loses them as it did in its batch."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pandas as pd
import pytest

from tests.test_cli import Call, call  # noqa: F401 - a fixture
from tests.test_refit import LINKS, STUDY, SUBJECTS
from topics.core.documents import Corpus
from topics.core.errors import DataError, UsageError
from topics.ingest.repeated import FILE_NAME, line_key, read_repeated, write_repeated
from topics.reading import from_frame, read_new
from topics.reuse import load_artifact
from topics.reuse.united import unite
from topics.study import open_study

BOX = "Horse saddle stable rider: subscribe to our pony newsletter"


def articles(n: int = 48) -> list[dict[str, str]]:
    """Articles of one source, whose box speaks of another subject than they do; and some of a source without a box."""
    made = []
    for number in range(n):
        subject = ("sea", "flood", "software")[number % 3]
        pick = random.Random(number)
        words = " ".join(f"{word} {pick.choice(LINKS)}" for word in pick.choices(SUBJECTS[subject], k=30))
        source = "Boxed" if number < n - 6 else "Plain"
        made.append({"id": f"n{number}", "source": source, "date": "2024-05-05", "text": f"Report {number} {subject}\n{words} end.\n{BOX}"})
    return made


def write(folder: Path, records: list[dict[str, str]]) -> Path:
    folder.mkdir(parents=True)
    (folder / "press.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("boxed")
    write(root / "src", articles())
    (root / "study.toml").write_text(STUDY.format(topics=3), encoding="utf-8")
    opened = open_study(root / "study.toml")
    opened.fit("lda", opened.artifacts / "lda")
    return opened.artifacts


def texts(corpus: Corpus) -> dict[str, str]:
    return {document.info.id: document.kept() for document in corpus}


def rows_of(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: {name: cell for name, cell in row.items() if name != "record"} for row in csv.DictReader(file)}


def test_the_artefact_has_the_keys_of_the_lines_by_source_and_no_line(saved: Path) -> None:
    loaded = load_artifact(saved / "lda")
    assert loaded.repeated == {"Boxed": frozenset({line_key(BOX)}), "Plain": frozenset({line_key(BOX)})}
    assert "newsletter" not in (saved / "lda" / FILE_NAME).read_text(encoding="utf-8").lower()


def test_an_article_alone_has_the_text_that_it_had_in_its_batch(saved: Path, tmp_path: Path) -> None:
    loaded = load_artifact(saved / "lda")
    whole = texts(read_new([saved.parents[2] / "src"], zone="UTC", repeated=loaded.repeated).whole()[0])
    for number in (0, 1, 47):
        alone = write(tmp_path / str(number), articles()[number : number + 1])
        assert texts(read_new([alone], zone="UTC", repeated=loaded.repeated).whole()[0]) == {f"n{number}": whole[f"n{number}"]}
        assert BOX in texts(read_new([alone], zone="UTC").whole()[0])[f"n{number}"]
        assert BOX not in whole[f"n{number}"]


def test_an_article_alone_has_the_answers_that_it_had_in_its_batch(call: Call, saved: Path, tmp_path: Path) -> None:  # noqa: F811
    assert call("transform", saved / "lda", saved.parents[2] / "src", "--out", tmp_path / "whole").code == 0
    together = rows_of(tmp_path / "whole" / "transform.csv")
    for number in (2, 9):
        alone = write(tmp_path / f"in{number}", articles()[number : number + 1])
        assert call("transform", saved / "lda", alone, "--out", tmp_path / f"out{number}").code == 0
        assert rows_of(tmp_path / f"out{number}" / "transform.csv") == {f"n{number}": together[f"n{number}"]}


def test_an_article_alone_in_a_frame_has_the_text_and_answers_of_its_batch(saved: Path, tmp_path: Path) -> None:
    loaded = load_artifact(saved / "lda")
    whole = loaded.transform(read_new([saved.parents[2] / "src"], zone="UTC", repeated=loaded.repeated).whole()[0])
    for number in (0, 47):
        frame = pd.DataFrame(articles()[number : number + 1])
        corpus, _ = from_frame(frame, zone="UTC", repeated=loaded.repeated)
        assert texts(corpus) == {f"n{number}": texts(whole.corpus)[f"n{number}"]}
        row = whole.documents.doc_ids.index(f"n{number}")
        assert loaded.transform(corpus).documents.weights.tobytes() == whole.documents.weights[row].tobytes()
        assert BOX in texts(from_frame(frame, zone="UTC")[0])[f"n{number}"]


@pytest.mark.parametrize("wrong", [{"Boxed": [BOX]}, [BOX], "Boxed"])
def test_lines_in_place_of_their_keys_are_refused(wrong: object) -> None:
    with pytest.raises(UsageError, match=r"expected sets of keys by source.*artefact\.repeated"):
        from_frame(pd.DataFrame(articles()), repeated=wrong)  # type: ignore[arg-type]


def test_a_line_of_one_source_stays_in_the_articles_of_another(saved: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "in", [{**articles()[0], "source": "Other"}])
    assert BOX in texts(read_new([other], zone="UTC", repeated=load_artifact(saved / "lda").repeated).whole()[0])["n0"]


def test_lines_that_a_new_batch_repeats_are_found_as_ever(saved: Path, tmp_path: Path) -> None:
    fresh = "Read also: all about the harbour"
    batch = write(tmp_path / "in", [{**one, "text": f"{one['text']}\n{fresh}"} for one in articles()])
    read = read_new([batch], zone="UTC", repeated=load_artifact(saved / "lda").repeated)
    assert all(fresh not in text and BOX not in text for text in texts(read.whole()[0]).values())


def test_an_artefact_of_an_earlier_release_knows_none(tmp_path: Path) -> None:
    assert read_repeated(tmp_path) == {}


@pytest.mark.parametrize("text", ['{"a": ["x"]}', '{"a": [1]}', "[]", '{"a": ["0123456789ABCDEF"]}'])
def test_what_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="repeated lines"):
        read_repeated(tmp_path)


def test_keys_come_back_as_they_were(tmp_path: Path) -> None:
    known = {"b": frozenset({0, 2**64 - 1}), "a": frozenset({5})}
    write_repeated(tmp_path, known)
    assert read_repeated(tmp_path) == known


def test_corpora_that_become_one_know_the_lines_of_both() -> None:
    left, right = (Corpus((), (), {"a": frozenset({key})}) for key in (1, 2))
    assert unite((left, right)).corpus.repeated == {"a": frozenset({1, 2})}
