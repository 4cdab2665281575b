"""Inflected forms and spellings of English words, by rule: what a word may look like in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator

MIN_LETTERS = 3  # shorter words are names and particles: "IT" has no forms
_VOWELS = "aeiou"
_SIBILANT = ("s", "x", "z", "ch", "sh")
# British and American endings of the same word. Three letters before them keep apart what only looks alike: four and for, tour and tor,
# prise and prize.
_VERB = r"(e|es|ed|er|ers|ing|ings|able|ation|ations|ational|ationally)$"
_NOUN = r"(|s|ed|ing|ings|er|ers|able|ably|ite|ites|less|ful|al|ally|y|ies|hood|hoods|ist|ists|ism)$"
_ENDINGS = tuple(
    (re.compile(f"^({stem}){ours}{tail}"), rf"\g<1>{theirs}\g<2>")
    for stem, one, other, tail in ((r"\w{3,}", "is", "iz", _VERB), (r"\w{2,}", "lys", "lyz", _VERB), (r"\w{3,}|od", "our", "or", _NOUN))
    for ours, theirs in ((one, other), (other, one))
)
_PAIRS = tuple(
    tuple(pair.split("/"))
    for pair in (
        "defence/defense offence/offense licence/license pretence/pretense practice/practise centre/center theatre/theater fibre/fiber "
        "programme/program catalogue/catalog dialogue/dialog manoeuvre/maneuver judgement/judgment fulfil/fulfill enrol/enroll "
        "aluminium/aluminum"
    ).split()
)
_IRREGULAR = {
    word: tuple(forms.split("/"))
    for word, forms in (
        pair.split(":")
        for pair in (
            "man:men woman:women child:children foot:feet tooth:teeth mouse:mice leaf:leaves knife:knives half:halves shelf:shelves "
            "wolf:wolves thief:thieves build:built rebuild:rebuilt buy:bought sell:sold fight:fought lead:led hold:held send:sent "
            "spend:spent "
            "teach:taught meet:met pay:paid lay:laid break:broke/broken take:took/taken give:gave/given fly:flew/flown win:won shoot:shot "
            "strike:struck steal:stole/stolen sink:sank/sunk flee:fled seek:sought bring:brought draw:drew/drawn grow:grew/grown "
            "withdraw:withdrew/withdrawn"
        ).split()
    )
}
# Forms that the rules give and that are other words.
_OTHER_WORDS = {
    "unit": {"united", "uniting"},
    "secret": {"secreted", "secreting"},
    "even": {"evening", "evenings"},
    "new": {"news"},
    "see": {"seed"},
    "fee": {"feed", "feing", "feeing"},
    "wee": {"weed"},
    "corps": {"corpses", "corpsed", "corpsing"},
    "her": {"herring"},
    "wick": {"wicked"},
    "singe": {"singing"},
    "dye": {"dying"},
}


def inflected(word: str) -> frozenset[str]:
    """Return the surface forms of a word in small letters, itself among them: plural, -ed, -ing, possessive, British and American spelling.

    Rules make forms that no one writes ("publicing"), which harm nothing; those that are other words are left out.
    """
    if len(word) < MIN_LETTERS or not (word.isascii() and word.isalpha()):
        return frozenset([word])
    found: set[str] = set()
    for spelling in _spellings(word):
        found |= {spelling, *_plural(spelling), *_past(spelling), *_participle(spelling), *_IRREGULAR.get(spelling, ())}
        if spelling.endswith("man") and len(spelling) > 5:
            found.add(spelling[:-3] + "men")
    found |= {other for form in found for other in _spellings(form)}  # of what was made: "defender" has none, "favoured" has "favored"
    found -= _OTHER_WORDS.get(word, set())
    nouns = {noun for spelling in _spellings(word) for noun in (spelling, *_plural(spelling)) if noun in found}
    return frozenset(found | {f"{noun}'" if noun.endswith("s") else f"{noun}'s" for noun in nouns})


def _spellings(word: str) -> set[str]:
    found = {word}
    for pattern, other in _ENDINGS:
        found.add(pattern.sub(other, word))
    for british, american in _PAIRS:
        if word.startswith(british):
            found.add(american + word.removeprefix(british))
        elif word.startswith(american):
            found.add(british + word.removeprefix(american))
    return found


def _plural(word: str) -> Iterator[str]:
    if word.endswith("y") and word[-2] not in _VOWELS:
        yield word[:-1] + "ies"
    elif word.endswith("sis"):
        yield word[:-2] + "es"
    elif word.endswith((*_SIBILANT, "o")):
        yield word + "es"
        if word.endswith(("ch", "o")):  # epochs, photos
            yield word + "s"
    else:
        yield word + "s"


def _past(word: str) -> Iterator[str]:
    if word.endswith("e"):
        yield word + "d"
    elif word.endswith("y") and word[-2] not in _VOWELS:
        yield word[:-1] + "ied"
    else:
        yield from (stem + "ed" for stem in _stems(word))


def _participle(word: str) -> Iterator[str]:
    if word.endswith("ie"):
        yield word[:-2] + "ying"
    elif word.endswith("e") and not word.endswith(("ee", "oe", "ye")):
        yield word[:-1] + "ing"
    elif word.endswith("e"):
        yield word + "ing"
    else:
        yield from (stem + "ing" for stem in _stems(word))


def _stems(word: str) -> Iterator[str]:
    if not word.endswith(("ed", "ing")) or len(word) < 5:  # these have their ending
        yield from _doubled(word)


def _doubled(word: str) -> Iterator[str]:
    """What -ed and -ing follow: a last consonant after one vowel is doubled, in a word of one syllable always (planned, never planed)."""
    end = word[-1]
    after_two = word[-3] in _VOWELS and word[-4:-2] != "qu"  # train, but equip
    is_short = end not in _VOWELS + "wxy" and word[-2] in _VOWELS + "y" and not after_two
    if is_short:
        yield word + end
    if not is_short or len(re.findall(r"[aeiouy]+", word)) > 1:
        yield word
