"""Inflected forms: those that belong to a word, and none that is another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.core.registry import discover
from topics.preprocessing.languages.english import FUNCTION_WORDS, forms


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("merge", "merges merged merging merge's"),
        ("army", "armies army's armies'"),
        ("ally", "allies allied allying"),
        ("day", "days day's"),
        ("plan", "planned planning plans"),
        ("refer", "referred referring"),
        ("develop", "developed developing"),
        ("travel", "travelled travelling traveled traveling"),
        ("train", "trained training"),
        ("recruit", "recruited recruiting recruits"),
        ("equip", "equipped equipping"),
        ("agree", "agreed agreeing"),
        ("dye", "dyed dyeing"),
        ("tie", "tied tying"),
        ("crash", "crashes crashed"),
        ("church", "churches"),
        ("epoch", "epochs"),
        ("cargo", "cargoes cargos"),
        ("crisis", "crises"),
        ("fix", "fixed fixes fixing"),
        ("show", "showed showing"),
        ("organise", "organize organised organized organising organizing organises organizes"),
        ("digitize", "digitise digitised"),
        ("reorganisation", "reorganization reorganizations"),
        ("analyse", "analyze analyzing"),
        ("labour", "labor labored laboring labors"),
        ("armored", "armoured"),
        ("neighbourhood", "neighborhood neighborhoods"),
        ("odour", "odor"),
        ("defence", "defense defenses defense's"),
        ("defenseless", "defenceless"),
        ("licence", "license licensed licensing"),
        ("centre", "center centers centered centred"),
        ("programme", "program programs programming"),
        ("fireman", "firemen"),
        ("build", "built building"),
        ("withdraw", "withdrew withdrawn"),
    ],
)
def test_forms_of_a_word(word: str, expected: str) -> None:
    assert {word, *expected.split()} <= forms(word)


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("unit", "united uniting unites"),
        ("plan", "planed planing planes plane"),
        ("star", "stared staring stares"),
        ("scrap", "scraped scraping"),
        ("hop", "hoped hoping"),
        ("bar", "bared baring"),
        ("war", "wares"),
        ("plane", "planned planning"),
        ("care", "cars carred"),
        ("new", "news"),
        ("see", "seed"),
        ("fee", "feed"),
        ("corps", "corpses corpse"),
        ("the", "thing thes"),
        ("four", "for"),
        ("for", "four"),
        ("tour", "tor"),
        ("hour", "hor"),
        ("or", "our"),
        ("prise", "prize"),
        ("prize", "prise"),
        ("her", "herring"),
        ("safe", "saves saved"),
        ("even", "evening"),
        ("check", "cheque"),
        ("it", "its"),
        ("training", "traininging traininged"),
        ("armoured", "armoureded"),
    ],
)
def test_other_words_are_no_forms(word: str, others: str) -> None:
    assert not forms(word) & set(others.split())


@pytest.mark.parametrize("word", ["ai", "e", "5g", "f16", "đổi", "hà", "c++", "covid19", "the", "with"])
def test_short_words_names_and_function_words_have_one_form(word: str) -> None:
    assert forms(word) == {word}


@given(st.text(alphabet="abcdeghiklmnorstuvyz", min_size=1, max_size=9))
def test_a_word_is_among_its_few_forms_and_all_begin_like_it(word: str) -> None:
    found = forms(word)
    assert word in found
    assert len(found) <= 40
    if word not in FUNCTION_WORDS:
        assert all(form[0] == word[0] and form.replace("'", "").isalpha() for form in found)


def test_a_language_may_do_without() -> None:
    languages = discover("topics.preprocessing.languages", "LANGUAGE")
    assert languages["vi"].forms is None
    assert languages["en"].forms is not None
