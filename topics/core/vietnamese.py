"""Vietnamese spelling: which letter groups are syllables, and one place for the tone mark."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")  # level, huyền, sắc, hỏi, ngã, nặng
_STOPPED_TONES = ("\u0301", "\u0323")  # syllables that end in c, ch, p, t carry sắc or nặng only
_STOPS = ("c", "ch", "p", "t")
_CODA = re.compile("(?:ch|ng|nh|[cmnpt])$")

_ONSETS = ("", *"b ch d đ gi h k kh l m n nh p ph r s t th tr v x".split())
_BACK_ONSETS = ("c", "g", "ng")  # before a, ă, â, o, ô, ơ, u, ư
_FRONT_ONSETS = ("gh", "ngh")  # before e, ê, i
_Y_ONSETS = ("", *"h k l m s t th v".split())

# Rhymes: each nucleus with the endings that Vietnamese joins to it.
_PLAIN = """
    a ac ach ai am an ang anh ao ap at au ay, ăc ăm ăn ăng ăp ăt, âc âm ân âng âp ât âu ây,
    o oc oi om on ong op ot ooc oong, ô ôc ôi ôm ôn ông ôp ôt, ơ ơi ơm ơn ơp ơt,
    u uc ui um un ung up ut, ua uôc uôi uôm uôn uông uôt, ư ưc ưi ưm ưng ưt ưu, ưa ươc ươi ươm ươn ương ươp ươt ươu
"""
_GLIDE = """
    oa oac oach oai oam oan oang oanh oao oap oat oay, oăc oăm oăn oăng oăt, oe oem oen oeo oet,
    uê uêch uên uênh, uơ, uân uâng uât uây, uy uych uyn uynh uyp uyt uyu, uya uyên uyêt
"""
_FRONT = "e ec em en eng eo ep et, ê êch êm ên ênh êp êt êu, i ich im in inh ip it iu, ia iêc iêm iên iêng iêp iêt iêu"
_AFTER_Q = """
    ua uac uach uai uan uang uanh uao uat uau uay, uăc uăm uăn uăng uăp uăt, uân uâng uât uây uâc,
    ue uen ueo uet ueng, uê uên uêt uêch uênh, ui uit uy uych uynh uyt uyên uyêt uyêng, uơ uơi uơn uơt uôc uôn
"""
_SECOND = (
    "iê",
    "yê",
    "uô",
    "ươ",
    "oă",
    "uâ",
    "uê",
    "uơ",
    "oo",
    "uya",
    "uyu",
    "oai",
    "oay",
    "oao",
    "oeo",
)  # the mark stands on the second vowel
_OPEN = ("oa", "oe", "uy")  # the two schools differ here, and only without an ending


def _toned(rhyme: str, tone: str, at: int) -> str:
    return unicodedata.normalize("NFC", rhyme[: at + 1] + tone + rhyme[at + 1 :])


def _mark_places(rhyme: str, onset: str) -> tuple[int, ...]:
    """Where the tone mark may stand; the first is the place this project writes it."""
    start = 1 if onset == "q" else 0
    vowels = _CODA.sub("", rhyme)[start:]
    if onset != "q" and rhyme in _OPEN:
        return (0, 1)
    if vowels.startswith("uyê"):
        return (start + 2,)
    second = vowels.startswith(_SECOND) or (onset != "q" and len(vowels) > 1 and vowels in _OPEN)
    return (start + int(second),)


def _pairs() -> Iterator[tuple[str, str]]:
    """Yield (onset, rhyme), level tone."""
    plain, glide, front = (group.replace(",", " ").split() for group in (_PLAIN, _GLIDE, _FRONT))
    yield from ((onset, rhyme) for onset in (*_ONSETS, *_BACK_ONSETS) for rhyme in (*plain, *glide))
    yield from ((onset, rhyme) for onset in (*_ONSETS, *_FRONT_ONSETS) for rhyme in front if not (onset == "gi" and rhyme[0] == "i"))
    yield from (("", "y" + rhyme[1:]) for rhyme in front if rhyme[:2] == "iê")
    yield from ((onset, "y") for onset in _Y_ONSETS)
    yield from (("g", rhyme) for rhyme in ("i", "in", "im", "iêc", "iên", "iêng", "iêt"))
    yield from (("gi", rhyme) for rhyme in ("êng", "êc"))
    yield from (("q", rhyme) for rhyme in _AFTER_Q.replace(",", " ").split())


@cache
def _syllables() -> frozenset[str]:
    """All syllables that the spelling allows, in small letters, with both places of the mark where two are in use."""
    made: set[str] = set()
    for onset, rhyme in _pairs():
        tones = _STOPPED_TONES if rhyme.endswith(_STOPS) else TONES
        made.update(onset + _toned(rhyme, tone, at) for at in _mark_places(rhyme, onset) for tone in tones)
    return frozenset(made)


def is_syllable(word: str) -> bool:
    """Return whether a word is a syllable that Vietnamese spelling allows: onset x rhyme x tone.

    Args:
        word: NFC, in small letters, capitals, or with a capital first. Either school of tone placement counts (hòa, hoà).
    """
    small = word.lower()
    return small in _syllables() and (word[1:] == small[1:] or word == word.upper())


_MARKED = {
    first + unicodedata.normalize("NFC", second + tone): unicodedata.normalize("NFC", first + tone) + second
    for pair in ("oa", "oe", "uy")
    for first, second in ((pair[0], pair[1]), (pair[0].upper(), pair[1]), (pair[0].upper(), pair[1].upper()))
    for tone in TONES[1:]
}
_LATE_MARK = re.compile(f"[oOuU][{''.join(sorted({pair[1] for pair in _MARKED}))}](?![^\\W\\d_])")
_ONSET_BEFORE = re.compile(f"(?:^|[\\W\\d_])(?:{'|'.join((*_ONSETS, *_BACK_ONSETS))})$", re.IGNORECASE)


def _early(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 4) : found.start()]  # the longest onset and the sign before it
    return _MARKED.get(found[0], found[0]) if _ONSET_BEFORE.search(before) else found[0]


def fold_tones(text: str) -> str:
    """Return the text with one tone placement: the mark of an open oa, oe, uy stands on the first vowel (hoà is hòa, uý is úy).

    Only whole syllables are changed, never one after q (quý), and each letter stays one letter, so offsets hold.

    Args:
        text: NFC, any length.
    """
    return _LATE_MARK.sub(_early, text)
