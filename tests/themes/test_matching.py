"""Theme terms in running text, and the sentences around them."""

from __future__ import annotations

import re
import unicodedata
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.core.contracts import Language
from topics.core.errors import UsageError
from topics.core.registry import discover
from topics.core.themes import Theme, check_themes
from topics.themes.matching import TermFinder, ThemeMatcher, wanted
from topics.themes.sentences import sentences

LANGUAGES = discover("topics.preprocessing.languages", "LANGUAGE")


def matches(term: str, text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in TermFinder(wanted(term, "xx", None))(text)]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("digitis*", "Digitised, digitisation, digitis; predigitised, digital", ["Digitised", "digitisation", "digitis"]),
        ("drill*", "drills drilling sawdrill", ["drills", "drilling"]),
        ("drill", "drill drills Drill.", ["drill", "Drill"]),
        ("online public service*", "Online public services", ["Online public services"]),
        ("dual-use", "dual-use, dual use, Dual-Use, dualuse", ["dual-use", "dual use", "Dual-Use"]),
        ("dual use", "dual-use dual  use", ["dual-use", "dual  use"]),
        ("dual-use", "dual\nuse", ["dual\nuse"]),
        ("dual-use", "dual\u2010use dual\u2011use", ["dual\u2010use", "dual\u2011use"]),
        ("merge", "emerge merger merge-and-split", ["merge"]),
        ("lũ", "lũ lụt, Lũ quét, lũng, mưa lũ", ["lũ", "Lũ", "lũ"]),
        ("bão", "bão bảo báo BÃO", ["bão", "BÃO"]),
        ("sáp nhập", "SÁP NHẬP sap nhap", ["SÁP NHẬP"]),
        (unicodedata.normalize("NFD", "sáp nhập"), "sáp nhập", ["sáp nhập"]),
        ("e-government", "e-government e government egovernment", ["e-government", "e government"]),
        ("C++ (v2.0)", "c++ (V2.0) c (v2x0)", ["c++ (V2.0)"]),
        ("two-tier", "a two-tier, two_tier model", ["two-tier"]),
        (
            "merge ... province",
            "Merge (the three) province; merge, as said, province",
            ["Merge (the three) province", "merge, as said, province"],
        ),
        ("merge ... province", "merge a b c d e province, merge a b c d e f province", ["merge a b c d e province"]),
        ("merge ... province", "merge. Province; merge? province; merge\nprovince", []),
        ("merge…province", "merge province", ["merge province"]),
        ("sắp xếp ... bộ máy", "Sắp xếp, tinh gọn bộ máy", ["Sắp xếp, tinh gọn bộ máy"]),
        ("a ... b ... c", "a x b y z c, a c", ["a x b y z c"]),
        (
            "(digital|electronic) signature",
            "Digital signature, electronic signature, signature",
            ["Digital signature", "electronic signature"],
        ),
        (
            "merge ... (ward|two provinces)",
            "merge the wards. merge all two provinces. merge a ward",
            ["merge all two provinces", "merge a ward"],
        ),
        (
            "merge ... province",
            "merge the U.S. province. merge TP. Huế, province. merge. province",
            ["merge the U.S. province", "merge TP. Huế, province"],
        ),
        ("merge ... province", f"merge {','.join(map(str, range(200)))} here. The province", []),
        ("merge ... province", "merge 1,5 2.5 a.b c d province, merge a,b,c,d,e,f province", ["merge 1,5 2.5 a.b c d province"]),
        ("(=AIDS|hiv)", "aids AIDS HIV", ["AIDS", "HIV"]),
        ("people’s court", "people's court, People’s court", ["people's court", "People’s court"]),
        ("  ", "anything", []),
        ("-", "a - b", []),
    ],
)
def test_a_term_matches_whole_words(term: str, text: str, expected: list[str]) -> None:
    assert matches(term, text) == expected


def test_no_terms_no_hits() -> None:
    assert TermFinder([])("anything") == []
    assert TermFinder(item for term in ("", " ", "=") for item in wanted(term, "en", None))("anything = else") == []


def test_the_longest_term_wins_so_that_one_place_counts_once() -> None:
    find = TermFinder(item for term in ("military", "military training", "training") for item in wanted(term, "en", None))
    assert [hit.term for hit in find("Military training and training")] == ["military training", "training"]


THEME = Theme(
    "training",
    {"en": "Training"},
    {"en": ["training", "drill*"], "vi": ["huấn luyện"]},
    exclude={"en": ["football training", "training ground*"], "vi": ["huấn luyện viên"]},
)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("training and huấn luyện", "en", ["training"]),
        ("training and huấn luyện", "vi", ["huấn luyện"]),
        ("training and huấn luyện", "mixed", ["training", "huấn luyện"]),
        ("training and huấn luyện", "und", ["training", "huấn luyện"]),
        ("training and huấn luyện", "fr", []),
        ("football training on the training grounds", "en", []),
        ("football drills and training", "en", ["drills", "training"]),
        ("Football Training", "en", []),
        ("huấn luyện viên và huấn luyện", "vi", ["huấn luyện"]),
        ("football training", "vi", []),
        ("football training, huấn luyện viên, training", "mixed", ["training"]),
        ("football-training", "en", []),
        ("the football, training", "en", ["training"]),
    ],
)
def test_languages_and_exclusions(text: str, language: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in ThemeMatcher(THEME).spans(text, language)] == expected


def test_an_exclusion_bars_only_what_lies_inside_it() -> None:
    theme = Theme("t", {}, {"en": ["military training ground"]}, exclude={"en": ["training ground"]})
    assert ThemeMatcher(theme).spans("military training ground", "en") == [(0, 24)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("Title\nOne. Two", ["Title", "One.", "Two"]),
        ("It cost 3.5 million. They paid.", ["It cost 3.5 million.", "They paid."]),
        ('He said "Go." Then left.', ['He said "Go."', "Then left."]),
        ("Đợt một. Đợt hai. Ở Huế.", ["Đợt một.", "Đợt hai.", "Ở Huế."]),
        ("See www.vnanet.vn today. “Yes.” (No.)", ["See www.vnanet.vn today.", "“Yes.”", "(No.)"]),
        ("approx. five men", ["approx. five men"]),
        ("Lt. Gen. J. Smith of the U.S. Army met Dr. Lee. They left.", ["Lt. Gen. J. Smith of the U.S. Army met Dr. Lee.", "They left."]),
        (
            "Ở TP. Huế, PGS.TS. Lan nói. TP.HCM thì không. T.Ư. Đảng họp.",
            ["Ở TP. Huế, PGS.TS. Lan nói.", "TP.HCM thì không.", "T.Ư. Đảng họp."],
        ),
        ("Write to lan@bao.vn. Or to TP.HCM. Số 3.5. Hết.", ["Write to lan@bao.vn.", "Or to TP.HCM.", "Số 3.5.", "Hết."]),
        ("He said no. Nobody came.", ["He said no.", "Nobody came."]),
        ("Sold to Warner Bros. Discovery. Gen.\nNext", ["Sold to Warner Bros. Discovery.", "Gen.", "Next"]),
        ("  \n\n ", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


@given(st.text(max_size=200))
def test_sentences_are_trimmed_in_order_and_lose_no_letter(text: str) -> None:
    last = 0
    for start, end in sentences(text):
        assert last <= start < end
        assert not text[last:start].strip()
        assert text[start:end] == text[start:end].strip()
        last = end
    assert not text[last:].strip()


@pytest.mark.parametrize("key", ["Training", "2x", "a-b", "", "a\n"])
def test_theme_keys_are_plain(key: str) -> None:
    with pytest.raises(ValueError, match="must look like"):
        Theme(key, {}, {"en": ["x"]})


@pytest.mark.parametrize("terms", [{}, {"en": []}, {"en": [" "]}])
def test_a_theme_needs_terms(terms: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="no terms"):
        Theme("a", {}, terms)


def test_the_label_falls_back_to_another_language_then_the_key() -> None:
    assert [Theme("a", label, {"en": ["x"]}).name("vi") for label in ({"vi": "V", "en": "E"}, {"en": "E"}, {})] == ["V", "E", "a"]


def test_themes_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(UsageError, match="two themes have the key 'training'"):
        check_themes({"x.toml": (THEME, THEME)}, LANGUAGES)
    with pytest.raises(UsageError, match="both asks for and excludes"):
        check_themes({"x.toml": (Theme("a", {}, {"vi": ["Lũ"]}, exclude={"vi": [unicodedata.normalize("NFD", "lũ")]}),)}, LANGUAGES)
    check_themes({"x.toml": (THEME,)}, LANGUAGES)


@pytest.mark.parametrize("term", ["hòa bình", "hoà bình", "HOÀ BÌNH", unicodedata.normalize("NFD", "hoà bình")])
@pytest.mark.parametrize("text", ["vì hoà bình, ổn định", "vì hòa bình, ổn định", "vì Hoà Bình, ổn định"])
def test_either_tone_placement_finds_the_other_at_the_same_offsets(term: str, text: str) -> None:
    assert ThemeMatcher(Theme("peace", {"en": "Peace"}, {"vi": [term]})).spans(text, "vi") == [(3, 11)]
    excluding = Theme("peace", {"en": "Peace"}, {"vi": ["ổn định", "bình"]}, exclude={"vi": [term]})
    assert ThemeMatcher(excluding).spans(text, "vi") == [(13, 20)]


def found(theme: Theme, text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(text[start:end], term) for start, end, term in ThemeMatcher(theme).hits(text, language)]


def test_english_terms_count_in_all_forms_of_each_word() -> None:
    theme = Theme("t", {}, {"en": ["defence industry", "merge", "army organisation", "e-ID", "restructur*"]})
    text = "Defense industries merged; the army’s organization and the army's organisations; E-IDs, e-ID; restructured."
    assert found(theme, text) == [
        ("Defense industries", "defence industry"),
        ("merged", "merge"),
        ("army’s organization", "army organisation"),
        ("army's organisations", "army organisation"),
        ("e-ID", "e-ID"),  # words under three letters have no forms
        ("restructured", "restructur*"),
    ]
    assert found(theme, "Defense industries merged", "vi") == []


def test_exclusions_are_inflected_too() -> None:
    theme = Theme("t", {}, {"en": ["dual-use"]}, exclude={"en": ["dual-use visa"]})
    assert found(theme, "Dual-use visas, dual use, dual-use visa's") == [("dual use", "dual-use")]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("=merge", "merge merges Merge MERGED", ["merge", "Merge"]),
        ("=IT", "it is IT, It", ["IT"]),
        ("= IT sector", "it sector, IT sector, IT Sector", ["IT sector"]),
        ("=dual-use", "Dual use; dual-uses", ["Dual use"]),
        ("=digiti*", "digitised Digitisation", ["digitised", "Digitisation"]),
    ],
)
def test_an_exact_term_counts_as_written(term: str, text: str, expected: list[str]) -> None:
    assert [match for match, _ in found(Theme("t", {}, {"en": [term]}), text)] == expected


def test_capitals_tell_an_acronym_from_a_vietnamese_word() -> None:
    theme = Theme("t", {}, {"vi": ["=AI", "trí tuệ nhân tạo"]})
    assert found(theme, "Không ai biết AI là trí tuệ nhân tạo.", "vi") == [("AI", "=AI"), ("trí tuệ nhân tạo", "trí tuệ nhân tạo")]


def test_the_longest_of_cased_and_other_terms_wins() -> None:
    theme = Theme("t", {}, {"en": ["=IT", "IT sector", "=IT Sector Plan"]})
    assert [term for _, term in found(theme, "IT, IT sector, IT Sector Plan, it sector plan")] == [
        "=IT",
        "IT sector",
        "=IT Sector Plan",
        "IT sector",
    ]


def test_forms_are_those_of_the_language_of_the_term() -> None:
    theme = Theme("t", {}, {"en": ["drone"], "vi": ["robot"]})
    assert found(theme, "drones robots robot", "mixed") == [("drones", "drone"), ("robot", "robot")]
    assert [hit.language for hit in ThemeMatcher(theme).find("drones robot", "und")] == ["en", "vi"]


def test_another_language_may_offer_forms() -> None:
    language = Language("fr", "French", frozenset, "", lambda words: 0.0, forms=lambda word: [word, word + "s", word[:-1] + "ux"])
    matcher = ThemeMatcher(Theme("t", {}, {"fr": ["cheval"]}), {"fr": language})
    assert [term for *_, term in matcher.hits("cheval, chevaux, chevals, chevalin", "fr")] == ["cheval"] * 3


def test_letters_that_grow_when_made_small_keep_the_offsets() -> None:
    assert ThemeMatcher(Theme("t", {}, {"en": ["navy"]})).spans("İİİ Navy", "en") == [(4, 8)]


TERMS = st.sampled_from(
    [
        "merge",
        "merger",
        "merge ... use",
        "(unit|service) ... army",
        "army",
        "army unit",
        "unit of the army",
        "dual-use",
        "use",
        "di*",
        "digit*",
        "online serv*",
        "serv* unit",
        "*craft",
        "=IT",
        "=It unit",
    ]
)
PLAIN = "merge Merged mergers army armies army's units unit of the dual use uses digital did online services serving aircraft it IT - , . ;"
WORDS = st.sampled_from([*PLAIN.split(), "\n"])


@settings(max_examples=300)
@given(st.lists(TERMS, min_size=1, max_size=6), st.lists(WORDS, max_size=12).map(" ".join))
def test_hits_are_those_of_a_search_term_by_term(terms: list[str], text: str) -> None:
    """Leftmost, then of most words, then the longest term: against a pattern for each term and form, without any shortcut."""
    listed = [item for term in dict.fromkeys(terms) for item in wanted(term, "en", LANGUAGES["en"])]
    places: list[tuple[int, int, int, str, int, int]] = []
    for item in listed:
        for words in product(*item.words):
            body = r"[\s\-]+".join(re.escape(word).replace(r"\*", r"\w*") for word in words)
            lead, found, last = body.rpartition(r"[\s\-]+")
            body = f"{lead}{found}(?P<last>{last})"  # a gap holds as little as it can
            body = body.replace(r"[\s\-]+…[\s\-]+", r"(?:[^\w.!?…\n]+\w+){0,5}?[^\w.!?…\n]+")
            for match in re.finditer(rf"(?<!\w)(?={body}(?!\w))", text, 0 if item.cased else re.IGNORECASE):
                whole = re.compile(rf"{body}(?!\w)", 0 if item.cased else re.IGNORECASE).match(text, match.start())
                assert whole is not None
                places.append((whole.start(), -len(item.words), -len(item.term), item.term, whole.start("last"), -whole.end()))
    expected: list[tuple[int, int]] = []
    for start, *_, end in sorted(places):
        if not expected or start >= expected[-1][1]:
            expected.append((start, -end))
    assert [(hit.start, hit.end) for hit in TermFinder(listed)(text)] == expected
