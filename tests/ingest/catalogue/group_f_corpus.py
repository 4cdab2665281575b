"""Rows 81-90: what a whole corpus can be."""

from __future__ import annotations

import math
import random
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from catalogue.group_a_encodings import LONG
from catalogue.rows import ARTICLE, BAI_BAO, Found, Row, read_folder
from tests.conftest import make_document
from topics.config import read_study
from topics.core.documents import Document
from topics.core.errors import DataError
from topics.core.series import TrendCell
from topics.ingest.encodings.charsets import CHARSETS
from topics.ingest.warnings import corpus_warnings
from topics.pipeline import Study
from topics.preprocessing.vectorise import CorpusCounts, count_terms
from topics.runner import run
from topics.trends.statistics.growth import STATISTIC as GROWTH

WORDS = "levee flood rescue typhoon shelter sandbag landslide survivor database portal software server citizen network".split()


def _texts(n: int) -> dict[str, bytes]:
    rng = random.Random(5)
    return {f"{number}.txt": (" ".join(rng.choices(WORDS, k=30)) + " the and of was.").encode() for number in range(n)}


def _study(folder: Path, files: dict[str, bytes]) -> Study:
    (folder / "in").mkdir()
    for name, data in files.items():
        (folder / "in" / name).write_bytes(data)
    (folder / "s.toml").write_text('[study]\nname = "s"\n[[sources]]\npath = "in"\n[models.lda]\ntopics = 4\n', encoding="utf-8")
    return Study(read_study(folder / "s.toml"))


def _nothing_usable(folder: Path) -> None:
    study = _study(folder, {"a.txt": b"12"})
    with pytest.raises(DataError, match="none of 1 records could be used") as caught:
        run(study.file, study.out)
    assert "topics check" in caught.value.hint


def _too_few(folder: Path) -> None:
    study = _study(folder, _texts(5))
    with pytest.raises(DataError, match=r"needs at least \d+ distinct articles, there are 5"):
        study.fit("lda", folder / "lda")


def _empty_vocabulary(folder: Path) -> None:
    counts = CorpusCounts()
    counts.add(count_terms([["a", "b"], ["c"]]))
    with pytest.raises(DataError, match=r"no term is left: 3 found, 3 in fewer than 2 documents") as caught:
        counts.vocabulary(["en", "en"], np.ones(2, dtype=bool), min_df=2, max_df=0.5, max_terms=100)
    assert "min_df" in caught.value.hint


def _documents(n: int, source: str = "s") -> list[Document]:
    return [make_document(f"{ARTICLE} {number}", source=f"{source}{number % 3}") for number in range(n)]


def _identical(folder: Path) -> None:
    infos = [make_document(ARTICLE, source=str(n), story="one").info for n in range(30)]
    assert "copies of one story" in corpus_warnings(infos)[0]
    assert corpus_warnings([document.info for document in _documents(30)]) == ()


def _one_source(folder: Path) -> None:
    infos = [make_document(f"{ARTICLE} {n}", source="Daily" if n else "Weekly").info for n in range(30)]
    assert "97% of the documents come from one source, 'Daily'" in corpus_warnings(infos)[0]


def _fed_twice(folder: Path) -> None:
    for name in ("a", "b"):
        (folder / name / "paper").mkdir(parents=True)
    (folder / "a" / "paper" / "x.txt").write_text(ARTICLE, encoding="utf-8")
    (folder / "b" / "paper" / "x.txt").write_text(ARTICLE, encoding="utf-8")
    (folder / "b" / "paper" / "y.txt").write_text(ARTICLE, encoding="utf-8")
    once, twice = read_folder(folder / "a"), read_folder(folder / "b")
    assert [doc.info.id for doc in once.documents] == [doc.info.id for doc in twice.documents]
    assert (twice.report.accepted, twice.report.duplicates) == (1, 1)


def _cells(*n_docs: int) -> tuple[TrendCell, ...]:
    return tuple(
        TrendCell("s", "all", f"2024-{month:02d}", n, n, float(n), n / 2, 0.5, 0.4, 0.6, True) for month, n in enumerate(n_docs, 1)
    )


def _sparse(folder: Path) -> None:
    for n_docs, reason in (
        ((), "not tested: 30 dated articles in complete periods are needed, there are 0"),
        ((4, 4, 4, 4, 4, 3, 3, 3), "not tested: 30 dated articles in complete periods are needed, there are 29"),
        ((20, 0, 20), "not tested: 8 complete periods with articles are needed, there are 2"),
        ((9,) * 7, "not tested: 8 complete periods with articles are needed, there are 7"),
        ((4,) * 8, "not tested: 8 complete periods of 5 independent stories are needed; with small ones joined there are 4"),
    ):
        found = GROWTH.compute(_cells(*n_docs))
        assert found.decision == reason
        assert math.isnan(found.value)
    assert not math.isnan(GROWTH.compute(_cells(*(5,) * 8)).value)


def _shift(folder: Path) -> None:
    from tests.conftest import corpus_from
    from topics.preprocessing.prepare import EmbeddingConfig, PreprocessingConfig, fit_preparation

    corpus = corpus_from([make_document(data.decode(), source=name) for name, data in _texts(12).items()])
    fitted = fit_preparation(corpus, PreprocessingConfig(max_df=1.0), EmbeddingConfig(), (), seed=1)
    known, new = fitted.apply(corpus_from([make_document("levee flood"), make_document("glacier levee walrus fjord")])).unknown.tolist()
    assert sorted((known, new)) == [0.0, 0.75]


def _in_any_order(folder: Path) -> None:
    texts = [ARTICLE, BAI_BAO, "A storm hit the coast at night and took the roofs of many houses."]
    read = []
    for name, names in (("one", ("a", "b", "c")), ("two", ("z", "y", "x")), ("three", ("2", "3", "1"))):
        for at, text in zip(names, texts, strict=True):
            path = folder / name / "paper" / f"{at}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        found = read_folder(folder / name / "paper")
        read.append([(document.info.id, document.info.content_hash, document.text) for document in found.documents])
    assert len(read[0]) == 3
    assert read[0] == read[1] == read[2]


def _converted(found: Found) -> None:
    notes = {document.info.file: set(document.info.notes) for document in found.documents}
    assert "not_nfc" in notes["b.txt"]
    assert "encoding_tcvn3" in notes["c.txt"]
    assert notes["a.txt"] == set()
    counted = dict(found.report.notes)
    assert (counted["not_nfc"], counted["encoding_tcvn3"], counted["encoding_guessed"]) == (1, 1, 1)
    assert {document.info.language for document in found.documents} == {"vi"}
    assert all(unicodedata.is_normalized("NFC", document.text) for document in found.documents)
    assert len({document.text.split(".")[0] for document in found.documents}) == 1, "the same words, whatever they were written in"


ROWS = (
    Row(81, "no usable record", "The command stops, says why for the first, and names `topics check`.", check=_nothing_usable),
    Row(81, "fewer articles than a model needs", "No model is fitted; the message holds the number needed.", check=_too_few),
    Row(82, "filters that leave no term", "The command stops; the message says which filter took how many.", check=_empty_vocabulary),
    Row(83, "all documents copies of one", "A warning: topics and trends say nothing.", check=_identical),
    Row(84, "nearly all documents of one source", "A warning that trends are those of this source.", check=_one_source),
    Row(86, "the same article fed twice", "One is kept, the other counted as a duplicate.", check=_fed_twice),
    Row(
        87,
        "files in another order, under other names",
        "The same documents in the same order, with the same ids.",
        check=_in_any_order,
    ),
    Row(88, "a series of no or few documents", "No test is made; the table says why.", check=_sparse),
    Row(89, "new articles in words that a model has not seen", "The share of unknown words stands beside each document.", check=_shift),
    Row(
        90,
        "some articles in another form of Unicode or a legacy encoding",
        "Converted, and counted in the notes of `topics check`: no topic of its own.",
        {
            "a.txt": LONG.encode(),
            "b.txt": unicodedata.normalize("NFD", f"{LONG} Hết.").encode(),
            "c.txt": CHARSETS["tcvn3"].encode(f"{LONG} Xong."),
        },
        accepted=3,
        notes=("not_nfc", "encoding_tcvn3", "encoding_guessed"),
        also=_converted,
    ),
)  # fmt: skip
