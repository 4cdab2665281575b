"""Segmenters: each keeps what the user names, cuts without loss, and is the same after loading."""

from __future__ import annotations

import unicodedata
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import corpus_from, make_document
from topics.core.contracts import Segmenter
from topics.core.errors import DataError, MissingPartError
from topics.core.registry import discover
from topics.core.themes import Theme
from topics.preprocessing.prepare import EmbeddingConfig, Preparation, PreprocessingConfig, fit_preparation
from topics.preprocessing.segmenters import _library
from topics.preprocessing.segmenters._learn import learn_words
from topics.preprocessing.segmenters._ngrams import count_ngrams
from topics.preprocessing.segmenters._unigram import Unigram, build_trie, expected_counts
from topics.preprocessing.terms import TermMaker, segmenter_of
from topics.preprocessing.tokenise import BREAK, tokens

LANGUAGES = discover("topics.preprocessing.languages", "LANGUAGE")
SEGMENTERS: dict[str, Segmenter] = discover("topics.preprocessing.segmenters", "SEGMENTER")
HERE = [name for name in SEGMENTERS if name not in {"underthesea", "pyvi"} or find_spec(name)]
WORDS = ["cứu hộ", "bản đồ", "thủy lợi", "kiểm lâm", "máy kéo", "hợp tác xã", "đường sắt", "bến cảng", "nông thôn", "khí tượng"]
NAMED = ["chuyển đổi số", "lưỡng dụng", "Bộ Quốc phòng"]
THEMES = (Theme("themes", {}, {"vi": NAMED}),)


def texts(n: int = 120) -> list[str]:
    """Words in ever other company, so that only what belongs together stays together."""
    rng = np.random.default_rng(3)
    made = []
    for number in range(n):
        picked = [WORDS[i] for i in rng.permutation(len(WORDS))[:6]]
        made.append(f"Ngày {number}, {picked[0]} gần {picked[1]} {picked[2]} của {picked[3]}; {picked[4]} {picked[5]} xóm{number % 7}.")
    return made


def fitted(listed: list[str], **options: object) -> Preparation:
    corpus = corpus_from([make_document(text, language="vi") for text in listed])
    config = PreprocessingConfig(**{"max_df": 1.0, "min_df": 1, **options})  # type: ignore[arg-type]
    return fit_preparation(corpus, config, EmbeddingConfig(dimensions=5), THEMES, seed=1)


@pytest.fixture(scope="module", params=["default", *HERE])
def named(request: pytest.FixtureRequest) -> Preparation:
    return fitted([*texts(), *(f"về {name} và {name.upper()} năm nay" for name in NAMED)], segmenter=request.param, lexicon=["tàu Đổ Bộ"])


@pytest.mark.parametrize("name", [*NAMED, "tàu đổ bộ"])
@pytest.mark.parametrize("change", [str, str.upper, str.lower, str.title])
@pytest.mark.parametrize("frame", ["{}", "cơ quan {} quốc gia", "Ngành {}, công nghiệp", "nhiều {} hiện đại", "“{}”"])
def test_what_the_user_names_stays_whole(named: Preparation, name: str, change: object, frame: str) -> None:
    text = frame.format(change(name))  # type: ignore[operator]
    found = named.words._make(text, "vi")
    assert name.lower() in found
    assert " ".join(found).split() == [token for token in tokens(text) if token]


def test_a_named_term_does_not_cross_punctuation_but_crosses_lines(named: Preparation) -> None:
    assert "chuyển đổi số" not in named.words._make("chuyển đổi, số", "vi")
    assert "chuyển đổi số" in named.words._make("chuyển\nđổi số", "vi")


@pytest.mark.parametrize("name", HERE)
@given(text=st.text(alphabet=st.sampled_from("aăâbcđeêghiklmnoôơ ưuvxy cứu hộ quân đội.,;-’'\n_1 ỦY"), max_size=80))
def test_no_segmenter_loses_or_invents_a_token(name: str, text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    lexicon = learn_words([tokens(line) for line in texts()], LANGUAGES["vi"], 4) if name == "dictionary" else ()
    make = TermMaker([("quân", "đội")], SEGMENTERS[name], lexicon)
    assert " ".join(make(text, "vi")).split() == [token for token in tokens(text) if token]


def test_saved_and_loaded_cuts_the_same(named: Preparation, tmp_path: Path) -> None:
    named.save(tmp_path)
    loaded = Preparation.load(tmp_path)
    assert loaded.key == named.key
    for text in texts(20):
        document = make_document(text, language="vi")
        assert loaded.terms(document) == named.terms(document)


def test_the_segmenter_and_the_lexicon_change_the_key() -> None:
    keys = {fitted(texts(), segmenter=name).key for name in HERE}
    assert len(keys) == len(HERE)
    assert fitted(texts(), lexicon=["xóm1 nhỏ"]).key not in keys


def test_the_dictionary_learns_the_words_of_the_corpus() -> None:
    found = fitted(texts()).vocabulary.terms
    assert set(WORDS) <= set(found)
    assert not {"cứu", "hộ", "bản", "đồ"} & set(found)
    assert not [term for term in found if "của" in term.split() or "gần" in term.split()]


def test_without_phrases_only_words_of_two_syllables_are_learned() -> None:
    found = fitted(texts(), phrases=False).vocabulary.terms
    assert "cứu hộ" in found
    assert not [term for term in found if term.count(" ") > 1]
    assert "cứu" in fitted(texts(), segmenter="syllables", phrases=False).vocabulary.terms


def test_function_words_of_another_language_do_not_stop_a_word() -> None:
    """English "an" and "may" once kept "an ninh" and "may mặc" from being words."""
    listed = [text.replace("cứu hộ", "an ninh").replace("máy kéo", "may mặc") for text in texts()]
    assert {"an ninh", "may mặc"} <= set(fitted(listed).vocabulary.terms)
    assert {"an ninh", "may mặc"} <= set(fitted(listed, segmenter="syllables").vocabulary.terms)


def test_words_that_meet_by_chance_are_not_learned() -> None:
    stream = [[f"a{i}", f"b{j}"] for i in range(8) for j in range(8)] * 8
    assert learn_words(stream, LANGUAGES["vi"], 4) == ()


def test_rare_pairs_are_not_learned() -> None:
    assert not [word for word, _ in learn_words([["hòn", "đảo"]] * 4 + [["nhỏ"], ["lớn"]] * 40, LANGUAGES["vi"], 4) if len(word) > 1]


def test_a_corpus_without_words_teaches_nothing() -> None:
    assert learn_words([], LANGUAGES["vi"], 4) == ()
    assert learn_words([[BREAK, BREAK]], LANGUAGES["vi"], 4) == ()


def test_no_run_crosses_a_break() -> None:
    text = np.array([0, 1, -1, 0, 1, -1, 1, 0], dtype=np.int32)
    levels = count_ngrams(text, 2, 3, 2)
    assert [level.parts.tolist() for level in levels] == [[[0], [1]], [[0, 1]], []]
    assert levels[1].counts.tolist() == [2]


def test_the_cheapest_cut_is_taken() -> None:
    model = Unigram(((("a",), 2.0), (("a", "b"), 3.0), (("b",), 2.0), (("b", "c"), 1.0), (("c",), 2.0)))
    assert model.cut(["a", "b", "c", "x", BREAK, "a", "b"]).tolist() == [1, 2, 0, 1, 1, 2, 0]
    assert model.cut(["a", BREAK, "b"]).tolist() == [1, 1, 1]
    assert model.cut([]).tolist() == []


def test_expected_counts_are_those_over_all_cuts() -> None:
    """Against every cut of a short text, by hand: a|b, ab."""
    entries = [(0,), (1,), (0, 1)]
    cost = -np.log(np.array([0.5, 0.3, 0.2]))
    apart, together = 0.5 * 0.3, 0.2
    share = together / (apart + together)
    found = expected_counts(np.array([0, 1], dtype=np.int32), build_trie(entries, 2), cost)
    assert found == pytest.approx([1 - share, 1 - share, share])


def test_the_order_of_languages_and_repeats_do_not_matter() -> None:
    assert fitted(texts()).key == fitted(texts()[::-1]).key


def test_an_unknown_segmenter_is_named() -> None:
    with pytest.raises(ValueError, match=r"there is no segmenter 'dictionry'\. Did you mean 'dictionary'"):
        PreprocessingConfig(segmenter="dictionry")


def test_a_missing_library_is_named_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(package: str) -> str:
        raise _library.PackageNotFoundError(package)

    monkeypatch.setattr(_library, "version", missing)
    with pytest.raises(MissingPartError, match="pip install underthesea"):
        fitted(texts(), segmenter="underthesea")


def test_another_version_of_the_segmenter_is_refused(tmp_path: Path) -> None:
    fitted(texts()).save(tmp_path)
    path = tmp_path / "preparation.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"segmenter_version": ""', '"segmenter_version": "underthesea 1.0"'), encoding="utf-8"
    )
    with pytest.raises(DataError, match=r"pip install underthesea==1\.0"):
        Preparation.load(tmp_path)


def test_library_words_are_put_on_tokens_by_their_place() -> None:
    text = "Quân đội, cứu-hộ quân đội 24 hà nội"
    cut = _library.cut_by(lambda line: ["Quân đội", ",", "cứu-hộ", "quân đội 24", "hà nội"], text, tokens(text))
    assert list(zip(tokens(text), cut, strict=True)) == [
        ("quân", 2), ("đội", 0), (BREAK, 1), ("cứu-hộ", 1), ("quân", 1), ("đội", 1), (BREAK, 1), ("hà", 2), ("nội", 0),
    ]  # fmt: skip


def test_other_languages_are_left_to_spaces_by_a_vietnamese_segmenter() -> None:
    whole = Segmenter(
        "all", "all", cutter=lambda _: lambda text, listed: [len(listed), *[0] * (len(listed) - 1)], languages=frozenset({"vi"})
    )
    make = TermMaker((), whole)
    assert make("mưa to", "vi") == ["mưa to"]
    assert make("mưa to", "mixed") == ["mưa to"]
    assert make("heavy rain", "en") == ["heavy", "rain"]


@pytest.mark.parametrize("code", ["other", "vi-nodia"])
def test_left_out_languages_stay_out_of_the_vocabulary(code: str) -> None:
    strange = [make_document(f"zzkq qqwx cuu ho xa{n}", language=code) for n in range(40)]
    corpus = corpus_from([*(make_document(text, language="vi") for text in texts()), *strange])
    settings = {"seed": 1}
    out = fit_preparation(corpus, PreprocessingConfig(max_df=1.0), EmbeddingConfig(), (), **settings)
    taken = fit_preparation(corpus, PreprocessingConfig(max_df=1.0, leave_out=()), EmbeddingConfig(), (), **settings)
    assert not {"zzkq", "qqwx", "cuu"} & set(out.vocabulary.terms)
    assert "zzkq" in taken.vocabulary.terms
    assert out.terms(strange[0]) == []
    found = out.apply(corpus)
    rows = [row for row, info in enumerate(corpus.infos) if info.language == code]
    assert found.unknown[rows].tolist() == [1.0] * 40
    assert found.dtm.counts[rows].nnz == 0


def test_segmenters_are_found_by_name() -> None:
    assert set(SEGMENTERS) >= {"dictionary", "syllables", "underthesea", "pyvi"}
    assert segmenter_of("default").name == "dictionary"


def test_words_all_over_the_corpus_are_proposed_and_dropped_when_asked() -> None:
    rng = np.random.default_rng(1)
    listed = []
    for number in range(200):  # "harvest" comes in bursts, "certain" once in every other article
        topic = ["harvest"] * 6 if number % 4 == 0 else ["tunnel"] * 6
        chance = ["certain"] if number % 2 else []
        rest = [f"word{n}" for n in rng.integers(0, 60, 30)]
        listed.append(" ".join(np.array([*topic, *chance, *rest])[rng.permutation(len(topic) + len(chance) + 30)]))
    corpus = corpus_from([make_document(text) for text in listed])
    settings = {"seed": 1}
    shown = fit_preparation(corpus, PreprocessingConfig(max_df=1.0), EmbeddingConfig(), (), **settings)
    dropped = fit_preparation(corpus, PreprocessingConfig(max_df=1.0, corpus_stop_words=True), EmbeddingConfig(), (), **settings)
    assert "certain" in shown.words.corpus_stop_words["en"]
    assert not {"harvest", "tunnel"} & set(shown.words.corpus_stop_words["en"])
    assert "certain" in shown.vocabulary.terms
    assert "certain" not in dropped.vocabulary.terms
    assert "certain" not in dropped.terms(make_document("certain harvest"))
    kept = (Theme("sure", {}, {"en": ["certain"]}),)
    named = fit_preparation(corpus, PreprocessingConfig(max_df=1.0), EmbeddingConfig(), kept, **settings)
    assert "certain" not in named.words.corpus_stop_words["en"]
