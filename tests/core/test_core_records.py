"""Every record refuses values that break its contract; each row fails when its check is removed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import sparse

from topics.core.documents import Body, Corpus, DateEstimate, Document, DocumentInfo, Evidence, Removed
from topics.core.errors import (
    ContractError,
    DataError,
    MissingPartError,
    QualityGateError,
    TopicsError,
    UsageError,
    require,
)
from topics.core.matrices import DocTermMatrix, Embeddings, PreparedCorpus, TopicDistribution, TopicTermMatrix, Vocabulary
from topics.core.registry import discover
from topics.core.results import ModelCard, TopicResult
from topics.core.series import Period, StatisticRow, StatisticTable, TrendCell, TrendSeries
from topics.core.themes import Theme, ThemeMap, ThemeScores, check_themes

DAY, NEXT = date(2025, 3, 1), date(2025, 3, 2)
BOOK = Vocabulary(("army", "flood", "navy"), ("en", "en", "en"))
DECOMPOSED = "Hu\u00e2\u0301n luye\u0302\u0323n"  # Huấn luyện with loose accents
IDS = ("d1", "d2")


def info(identifier: str = "d1", **values: object) -> DocumentInfo:
    fields = {"id": identifier, "content_hash": f"h-{identifier}", "file": "f.txt", "record": 1, **values}
    return DocumentInfo(**fields)  # type: ignore[arg-type]


def texts(*items: str) -> list[Body]:
    return [Body(item) for item in items]


def estimate(**values: object) -> DateEstimate:
    fields = {"point": DAY, "earliest": DAY, "latest": DAY, "precision": "day", "confidence": 0.5, **values}
    return DateEstimate(**fields)  # type: ignore[arg-type]


def document(text: str, *spans: tuple[int, int]) -> Document:
    return Document(info(), text, tuple(Removed(start, end, "credit") for start, end in spans))


CORPUS = Corpus((info("d1"), info("d2")), texts("one", "two"))  # type: ignore[arg-type]


def dtm(rows: list[list[int]] | None = None, *, dtype: type = np.int32, ids: tuple[str, ...] = IDS) -> DocTermMatrix:
    return DocTermMatrix(sparse.csr_array(np.array(rows or [[1, 0, 2], [0, 3, 0]], dtype=dtype)), ids, BOOK)


def stored(value: int) -> DocTermMatrix:
    counts = sparse.csr_array((np.array([value], dtype=np.int32), np.array([0]), np.array([0, 1, 1])), shape=(2, 3))
    return DocTermMatrix(counts, IDS, BOOK)


def vectors(rows: object = ((1, 2), (3, 4)), *, dtype: type = np.float32, ids: tuple[str, ...] = IDS) -> Embeddings:
    return Embeddings(np.array(rows, dtype=dtype), ids, "lsa")


def prepared(*, counts: DocTermMatrix | None = None, embeddings: Embeddings | None = None, n_unknown: int = 2) -> PreparedCorpus:
    return PreparedCorpus(CORPUS, counts or dtm(), embeddings or vectors(), np.zeros(n_unknown, dtype=np.float32), "key")


def terms(rows: object = ((0.5, 0.5, 0), (0, 0, 1))) -> TopicTermMatrix:
    return TopicTermMatrix(np.array(rows, dtype=np.float64), BOOK, "probability")


def shares(rows: object = ((0.5, 0.25), (0, 0)), *, dtype: type = np.float32, ids: tuple[str, ...] = IDS) -> TopicDistribution:
    return TopicDistribution(np.array(rows, dtype=dtype), ids)


CARD = ModelCard("lda", "{}", 1, (), "prep", "corpus")
MONTHS = (
    Period("2025-01", date(2025, 1, 1), date(2025, 1, 31), complete=True),
    Period("2025-02", date(2025, 2, 1), date(2025, 2, 28), complete=False),
)


def cell(series: str, period: str, share: float, **values: object) -> TrendCell:
    fields = {"n_docs": 4, "n_stories": 4, "n_eff": 4.0, "mass": 4 * share, "low": share / 2, "high": (1 + share) / 2, "complete": True}
    return TrendCell(series, "all", period, share=share, **{**fields, **values})  # type: ignore[arg-type]


GAP = {"n_docs": 0, "low": math.nan, "high": math.nan}
CELLS = (
    cell("0", "2025-01", 0.25),
    cell("0", "2025-02", math.nan, **GAP),
    cell("unassigned", "2025-01", 0.75),
    cell("unassigned", "2025-02", math.nan, **GAP),
)


def series(*cells: TrendCell, partition: bool = True) -> TrendSeries:
    return TrendSeries("topic", "lda", partition, MONTHS, cells or CELLS)


def changed(**values: object) -> TrendSeries:
    return series(replace(CELLS[0], **values), *CELLS[1:], partition=False)  # type: ignore[arg-type]


def statistic(**values: str) -> StatisticRow:
    fields = {"series": "0", "language": "all", "statistic": "growth", "decision": "rising", **values}
    return StatisticRow(value=1.0, low=0.5, high=1.5, p=0.01, q=0.02, **fields)  # type: ignore[arg-type]


def scores(
    values: object = ((0, 1), (0.5, 0)), *, present: tuple[int, int] = (2, 2), keys: tuple[str, ...] = ("a", "b"), n_evidence: int = 2
) -> ThemeScores:
    evidence = ((None, None),) * n_evidence
    return ThemeScores(keys, IDS, "terms", np.array(values, dtype=np.float32), np.zeros(present, dtype=bool), evidence)


def theme_map(rows: object, keys: tuple[str, ...] = ("a", "b")) -> ThemeMap:
    return ThemeMap(keys, np.array(rows, dtype=np.float64))


LEGAL: dict[str, Callable[[], object]] = {
    "evidence": lambda: Evidence(2, 5, "abc", "date"),
    "no date": DateEstimate,
    "day": estimate,
    "interval": lambda: DateEstimate(None, DAY, NEXT, "interval", 1.0),
    "half-open interval": lambda: DateEstimate(None, None, NEXT, "interval", 0.0),
    "document": lambda: document("abcdef", (0, 2), (2, 6)),
    "corpus": lambda: CORPUS,
    "empty corpus": lambda: Corpus((), texts()),  # type: ignore[arg-type]
    "counts": dtm,
    "no counts": lambda: dtm([[0, 0, 0], [0, 0, 0]]),
    "vectors": vectors,
    "prepared": prepared,
    "prepared without vectors": lambda: PreparedCorpus(CORPUS, dtm(), None, np.zeros(2, dtype=np.float32), "key"),
    "terms": terms,
    "distribution": shares,
    "distribution without topics": lambda: shares(np.zeros((2, 0))),
    "result": lambda: TopicResult(terms(), shares(), CARD),
    "series": series,
    "overlapping themes": lambda: changed(share=0.9, low=0.8, high=1.0),
    "statistics": lambda: StatisticTable("topic", "lda", (statistic(), statistic(language="vi"), statistic(series="1"))),
    "scores": scores,
    "map": lambda: theme_map([[0.5, 0.5], [0, 0]]),
}

NFC_TITLE = "\u0301 begins with a loose accent"  # NFC in itself, though not when glued to a letter

ILLEGAL: list[tuple[Callable[[], object], str]] = [
    (lambda: Evidence(-1, 2, "abc", "date"), "Evidence"),
    (lambda: Evidence(3, 3, "", "date"), "Evidence"),
    (lambda: Evidence(0, 4, "abc", "date"), "span and text"),
    (lambda: estimate(confidence=-0.01), "confidence"),
    (lambda: estimate(confidence=1.01), "confidence"),
    (lambda: estimate(confidence=math.nan), "confidence"),
    (lambda: estimate(precision="month"), "precision month"),
    (lambda: estimate(point=None), "precision day"),
    (lambda: DateEstimate(None, NEXT, DAY, "interval"), "is after latest"),
    (lambda: estimate(earliest=None), "both bounds"),
    (lambda: estimate(latest=None), "both bounds"),
    (lambda: estimate(earliest=NEXT, latest=NEXT), "outside its bounds"),
    (lambda: estimate(point=NEXT), "outside its bounds"),
    (lambda: info(""), "must not be empty"),
    (lambda: info(content_hash=""), "must not be empty"),
    (lambda: info(DECOMPOSED), "not NFC"),
    (lambda: info(title=DECOMPOSED), "not NFC"),
    (lambda: info(source=DECOMPOSED), "not NFC"),
    (lambda: document(DECOMPOSED), "text is not NFC"),
    (lambda: document("abcdef", (0, 3), (2, 4)), "overlap"),
    (lambda: document("abcdef", (3, 4), (0, 1)), "overlap"),
    (lambda: document("abcdef", (2, 2)), "overlap"),
    (lambda: document("abcdef", (-1, 2)), "overlap"),
    (lambda: document("abcdef", (4, 7)), "overlap"),
    (lambda: Corpus((info("d2"), info("d1")), texts("a", "b")), "content-hash order"),  # type: ignore[arg-type]
    (lambda: Corpus((info(content_hash="h1"), info(content_hash="h2")), texts("a", "b")), "not unique"),  # type: ignore[arg-type]
    (lambda: Vocabulary(("a", "b"), ("en",)), "differ in number"),
    (lambda: Vocabulary(("b", "a"), ("en", "en")), "not sorted"),
    (lambda: Vocabulary(("a", "a"), ("en", "en")), "not sorted and unique"),
    (lambda: Vocabulary(("", "a"), ("en", "en")), "empty"),
    (lambda: Vocabulary((DECOMPOSED,), ("vi",)), "not NFC"),
    (lambda: dtm(ids=("d1",)), "labels say"),
    (lambda: dtm([[1, 0], [0, 1]]), "labels say"),
    (lambda: dtm(dtype=np.int64), "not int32"),
    (lambda: dtm(dtype=np.float32), "not int32"),
    (lambda: stored(0), "not positive"),
    (lambda: stored(-1), "not positive"),
    (lambda: vectors(dtype=np.float64), "float32"),
    (lambda: vectors((1, 2)), "float32 matrix"),
    (lambda: vectors(ids=("d1",)), "differ in number"),
    (lambda: vectors(((1, 2), (math.nan, 4))), "row 1 holds NaN"),
    (lambda: vectors(((math.inf, 2), (3, 4))), "row 0 holds NaN"),
    (lambda: prepared(counts=dtm(ids=("d2", "d1"))), "counts belong"),
    (lambda: prepared(n_unknown=3), "unknown"),
    (lambda: prepared(embeddings=vectors(ids=("d2", "d1"))), "vectors belong"),
    (lambda: terms((0.5, 0.5, 0)), "columns are not terms"),
    (lambda: terms(((0.5, 0.5),)), "columns are not terms"),
    (lambda: terms(((1.5, -0.5, 0),)), "negative"),
    (lambda: terms(((math.nan, 0.5, 0.5),)), "not finite"),
    (lambda: terms(((math.inf, 0, 0),)), "not finite"),
    (lambda: terms(((0.5, 0.4, 0),)), "sum to 1"),
    (lambda: terms(((0, 0, 0),)), "sum to 1"),
    (lambda: shares(dtype=np.float64), "float32"),
    (lambda: shares((0.5, 0.5)), "float32 matrix"),
    (lambda: shares(ids=("d1",)), "differ in number"),
    (lambda: shares(((1.1, -0.2), (0, 0))), "negative"),
    (lambda: shares(((math.nan, 0), (0, 0))), "not finite"),
    (lambda: shares(((math.inf, 0), (0, 0))), "not finite"),
    (lambda: shares(((0.6, 0.5), (0, 0))), "a row sums to 1.1"),
    (lambda: TopicResult(terms(), shares(((1,), (0,))), CARD), "2 topics with terms, 1 with documents"),
    (lambda: series(*CELLS, CELLS[0]), "stands twice"),
    (lambda: series(*CELLS[:3]), "lacks a period"),
    (lambda: series(*CELLS, cell("0", "2025-03", 0.5), cell("unassigned", "2025-03", 0.5)), "lacks a period"),
    (lambda: changed(low=0.3), "bad cell"),
    (lambda: changed(low=-0.1), "bad cell"),
    (lambda: changed(high=0.2), "bad cell"),
    (lambda: changed(high=1.1), "bad cell"),
    (lambda: changed(share=math.nan), "bad cell"),
    (lambda: changed(n_docs=0), "bad cell"),
    (lambda: series(replace(CELLS[0], share=0.26), *CELLS[1:]), "do not add up"),
    (lambda: StatisticTable("topic", "lda", (statistic(), statistic(decision="falling"))), "stands twice"),
    (lambda: StatisticTable("topic", "lda", (statistic(decision=""),)), "no decision"),
    (lambda: scores(((0, 1),)), "differ in size"),
    (lambda: scores(present=(2, 1)), "differ in size"),
    (lambda: scores(keys=("a",)), "differ in size"),
    (lambda: scores(((0, 1.5), (0, 0))), "outside 0 to 1"),
    (lambda: scores(((0, -0.5), (0, 0))), "outside 0 to 1"),
    (lambda: scores(((0, math.nan), (0, 0))), "outside 0 to 1"),
    (lambda: scores(n_evidence=1), "evidence rows"),
    (lambda: theme_map([0.5, 0.5]), "columns are not themes"),
    (lambda: theme_map([[0.5, 0.5]], keys=("a",)), "columns are not themes"),
    (lambda: theme_map([[1.0, -0.5]]), "negative"),
    (lambda: theme_map([[math.nan, 0.5]]), "negative"),
    (lambda: theme_map([[0.75, 0.5]]), "more than 1"),
]


@pytest.mark.parametrize("make", LEGAL.values(), ids=LEGAL)
def test_legal_records_are_made(make: Callable[[], object]) -> None:
    make()


@pytest.mark.parametrize(("make", "message"), ILLEGAL, ids=[f"{n}-{message}" for n, (_, message) in enumerate(ILLEGAL)])
def test_illegal_records_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ContractError, match=message):
        make()


def test_a_title_may_begin_with_a_loose_accent() -> None:
    assert info("cafe", title=NFC_TITLE).title == NFC_TITLE


def test_records_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        info().id = "other"  # type: ignore[misc]


def test_kept_blanks_removed_spans_and_keeps_every_offset() -> None:
    text = "Ảnh: An\nNavy sails. PV"
    blanked = document(text, (0, 8), (20, 22)).kept()
    assert blanked == "       \nNavy sails.   "
    assert blanked.index("Navy") == text.index("Navy")
    assert document("whole").kept() == "whole"


def test_a_corpus_pairs_infos_with_texts_and_refuses_too_few() -> None:
    assert [(doc.info.id, doc.text) for doc in CORPUS] == [("d1", "one"), ("d2", "two")]
    assert (len(CORPUS), CORPUS.ids) == (2, IDS)
    with pytest.raises(ValueError, match="shorter"):
        list(Corpus((info("d1"), info("d2")), texts("one")))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "values",
    [
        {"id": "d9"},
        {"content_hash": "h9"},
        {"language": "vi"},
        {"source": "s"},
        {"story": "s"},
        {"canonical": False},
        {"date": estimate()},
        {"date": DateEstimate(None, DAY, None, "interval")},
        {"date": DateEstimate(None, None, DAY, "interval")},
    ],
    ids=str,
)
def test_the_fingerprint_depends_on_what_results_depend_on(values: dict[str, object]) -> None:
    one = Corpus((info(),), texts("a"))  # type: ignore[arg-type]
    other = Corpus((replace(info(), **values),), texts("a"))  # type: ignore[arg-type]
    assert one.fingerprint != other.fingerprint
    assert one.fingerprint == Corpus((info(record=7, url="u"),), texts("b")).fingerprint  # type: ignore[arg-type]


def test_the_vocabulary_knows_its_columns() -> None:
    assert BOOK.index == {"army": 0, "flood": 1, "navy": 2}
    assert len(BOOK) == 3


def test_unassigned_is_the_missing_mass_and_labels_the_heaviest_topic() -> None:
    found = shares(((0.25, 0.5), (0, 0)))
    assert found.unassigned.tolist() == [0.25, 1.0]
    assert found.labels().tolist() == [1, -1]
    assert shares(((0.4, 0.4), (1, 0.00005))).unassigned[1] == 0.0
    assert shares(np.zeros((2, 0))).labels().tolist() == [-1, -1]


def test_top_terms_break_ties_by_vocabulary_and_leave_out_zeros() -> None:
    result = TopicResult(terms(), shares(), CARD)
    assert result.top_terms(0) == (("army", 0.5), ("flood", 0.5))
    assert result.top_terms(0, 1) == (("army", 0.5),)
    assert result.top_terms(1) == (("navy", 1.0),)
    assert (result.n_topics, result.topics.n_topics) == (2, 2)


def test_a_series_is_found_by_name_and_language_in_order_of_time() -> None:
    vietnamese = [replace(item, language="vi", series="1") for item in CELLS[:2]]
    table = series(*reversed(CELLS), *vietnamese, partition=False)
    assert [item.period for item in table.of("0")] == ["2025-01", "2025-02"]
    assert (table.of("1"), [item.language for item in table.of("1", "vi")]) == ((), ["vi", "vi"])
    assert (table.names(), table.names("vi")) == (("unassigned", "0"), ("1",))


@pytest.mark.parametrize("key", ["", "Digital", "1st", "dual-use", "dual use", "_x", "a\n", "số"])
def test_a_theme_key_is_a_plain_identifier(key: str) -> None:
    with pytest.raises(ValueError, match="theme key"):
        Theme(key, {}, {"en": ["navy"]})


@pytest.mark.parametrize("listed", [{}, {"en": []}, {"en": [" ", ""], "vi": []}], ids=str)
def test_a_theme_needs_a_term(listed: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="no terms"):
        Theme("navy", {}, listed)


def test_a_theme_has_a_name_in_every_language() -> None:
    theme = Theme("navy", {"en": "Navy", "vi": "Hải quân"}, {"en": ["navy"]})
    assert [theme.name(code) for code in ("en", "vi", "fr")] == ["Navy", "Hải quân", "Navy"]
    assert Theme("navy", {}, {"en": ["navy"]}).name("en") == "navy"


LANGUAGES = discover("topics.preprocessing.languages", "LANGUAGE")


@pytest.mark.parametrize(
    ("themes", "message"),
    [
        ((Theme("a", {}, {"en": ["x"]}), Theme("a", {}, {"en": ["y"]})), "two themes have the key 'a'"),
        ((Theme("a", {}, {"en": ["navy"]}, {"en": ["navy"]}),), "both asks for and excludes"),
        ((Theme("a", {}, {"en": ["Navy"]}, {"en": ["nAVY"]}),), "both asks for and excludes"),
        ((Theme("a", {}, {"vi": ["Huấn luyện"]}, {"vi": [DECOMPOSED]}),), "both asks for and excludes"),
        ((Theme("a", {}, {"en": ["dual-use"]}, {"en": ["Dual use"]}),), r"both asks for and excludes \['dual use'\]"),
        ((Theme("a", {}, {"vi": ["hoà"]}, {"vi": ["=hòa"]}),), "both asks for and excludes"),
        ((Theme("a", {}, {"en": ["ship", "the"]}),), "term 'the' of theme 'a' holds nothing but stop words of English"),
        ((Theme("a", {}, {"vi": ["Cho biết"]}),), "term 'Cho biết' of theme 'a' holds nothing but stop words of Vietnamese"),
        ((Theme("a", {}, {"en": ["ship", "the ... of"]}),), "term 'the ... of' of theme 'a' holds nothing but stop words"),
        ((Theme("a", {}, {"en": ["ship", "(ship|the)"]}),), r"term '\(ship\|the\)' of theme 'a' holds nothing but stop words"),
        (
            (Theme("a", {}, {"en": ["ship", "ship ..."]}),),
            "theme 'a' asks for 'ship ...' .en., in which `...` does not stand between two words",
        ),
        ((Theme("a", {}, {"en": ["ship", "ship ... (navy|-)"]}),), "in which `...` does not stand between two words"),
        ((Theme("a", {}, {"en": ["ship|boat"]}),), r"in which `\|` does not stand in one pair of brackets"),
        (
            (Theme("a", {}, {"en": ["(ship|boat", "navy"]}),),
            r"asks for '\(ship\|boat' .en., in which `\|` does not stand in one pair of brackets",
        ),
        ((Theme("a", {}, {"en": ["((ship|boat)|tank)"]}),), r"in which `\|` does not stand in one pair of brackets"),
        ((Theme("a", {}, {"en": [" ".join(["(a1|b1)"] * 8)]}),), "whose choices stand for 256 terms, 200 at most"),
        ((Theme("a", {}, {"en": ["patrol boat)"]}),), "in which a bracket has no partner"),
        ((Theme("a", {}, {"en": ["merge .. ward"]}),), r"in which `\.\.` stands for nothing; three stand for other words"),
        ((Theme("a", {}, {"en": ["the =AIDS law"]}),), "in which `=` does not stand before the whole term"),
        ((Theme("a", {}, {"en": ["(army|navy) ship"]}, {"en": ["Navy ship"]}),), r"both asks for and excludes \['navy ship'\]"),
        ((Theme("a", {}, {"en": ["ship", "*"]}),), r"theme 'a' asks for '\*' \(en\), which is a wildcard alone"),
        ((Theme("a", {}, {"en": ["ship", " - "]}),), r"theme 'a' asks for ' - ' \(en\), which holds no letter or digit"),
        ((Theme("a", {}, {"en": ["ship"]}, {"vi": ["_!"]}),), r"theme 'a' excludes '_!' \(vi\), which holds no letter or digit"),
        ((Theme("a", {}, {"vn": ["tàu"]}),), "theme 'a' has terms in 'vn', which is no installed language. Known: en, vi"),
        ((Theme("a", {"ENG": "A"}, {"en": ["ship"]}),), "theme 'a' has label in 'ENG'"),
        ((Theme("a", {}, {"en": ["ship"]}, {"xx": ["ship"]}),), "theme 'a' has exclude in 'xx'"),
        ((Theme("a", {}, {"en": ["ship"]}, definition={"xx": "s"}),), "theme 'a' has definition in 'xx'"),
        ((Theme("a", {}, {"en": ["ship"]}, examples={"xx": ["s"]}),), "theme 'a' has examples in 'xx'"),
        ((Theme("a", {}, {"en": ["ship"]}, counterexamples={"xx": ["s"]}),), "theme 'a' has counterexamples in 'xx'"),
    ],
)
def test_contradicting_themes_are_refused(themes: tuple[Theme, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        check_themes({"study.toml": themes}, LANGUAGES)
    assert caught.value.where == "study.toml"


def test_what_the_analyst_insists_on_is_no_stop_word() -> None:
    check_themes({"study.toml": (Theme("a", {}, {"en": ["=fire", "=IT", "of the people", "fire*"]}),)}, LANGUAGES)


def test_themes_of_two_files_are_named_by_both() -> None:
    navy = Theme("navy", {}, {"en": ["ship"]})
    with pytest.raises(UsageError, match=r"two themes have the key 'navy': one stands in a\.toml") as caught:
        check_themes({"a.toml": (navy,), "b.toml": (Theme("army", {}, {"en": ["tank"]}), navy)}, LANGUAGES)
    assert caught.value.where == "b.toml"


def test_a_definition_falls_back_to_another_language() -> None:
    theme = Theme("navy", {}, {"en": ["navy"]}, definition={"vi": "Tàu"})
    assert [theme.defined(code) for code in ("vi", "en")] == ["Tàu", "Tàu"]
    assert Theme("navy", {}, {"en": ["navy"]}).defined("en") == ""


def test_one_word_may_mean_different_things_in_two_languages() -> None:
    themes = (Theme("a", {}, {"en": ["ban"]}, {"vi": ["ban"]}), Theme("b", {}, {"en": ["ban"]}))
    check_themes({"study.toml": themes}, LANGUAGES)


@pytest.mark.parametrize(
    ("kind", "code"),
    [(TopicsError, 1), (ContractError, 1), (UsageError, 2), (DataError, 3), (MissingPartError, 4), (QualityGateError, 5)],
)
def test_each_error_has_its_exit_code_and_says_what_where_and_what_to_do(kind: type[TopicsError], code: int) -> None:
    error = kind("no text.", where="a.txt:3", hint="Fetch it again.")
    assert (error.exit_code, str(error)) == (code, "a.txt:3: no text. Fetch it again.")
    assert (error.what, error.where, error.hint) == ("no text.", "a.txt:3", "Fetch it again.")
    assert str(kind("no text.")) == "no text."


def test_require_lets_pass_what_holds() -> None:
    require(True, "never said", where="here")
    with pytest.raises(ContractError, match="here: said"):
        require(False, "said", where="here")
