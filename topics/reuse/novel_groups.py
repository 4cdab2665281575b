"""Novel documents that share words which the model does not know: likely one new subject each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from topics.core.documents import Document
from topics.preprocessing.prepare import Preparation

MIN_GROUP, MAX_GROUPS, SHOWN = 3, 20, 5
MIN_LETTERS = 2
TOGETHER = 0.5  # of a group hold a word that is shown beside its first


@dataclass(frozen=True)
class NovelDocument:
    """A novel document: id, title, and its words that the vocabulary lacks."""

    id: str
    title: str
    terms: frozenset[str]


class Group(msgspec.Struct, frozen=True):
    """Novel documents that share a word: the words that most of them share, their number, and ids and titles of some."""

    terms: tuple[str, ...]
    n_docs: int
    ids: tuple[str, ...]
    titles: tuple[str, ...]


def unknown_terms(preparation: Preparation, document: Document) -> frozenset[str]:
    """Return the content terms of a document that the vocabulary lacks; numbers say nothing."""
    index = preparation.vocabulary.index
    return frozenset(term for term in preparation.terms(document) if term not in index and sum(map(str.isalpha, term)) >= MIN_LETTERS)


def groups_of(documents: Sequence[NovelDocument]) -> tuple[Group, ...]:
    """Return groups, the largest first: the word that most documents share, those documents, then the same for the rest.

    Args:
        documents: the most novel first.
    """
    left, found = list(documents), list[Group]()
    while len(found) < MAX_GROUPS:
        counts = Counter(term for item in left for term in item.terms)
        if not counts:
            break
        first, n = min(counts.items(), key=lambda item: (-item[1], item[0]))
        if n < MIN_GROUP:
            break
        inside = [item for item in left if first in item.terms]
        beside = Counter(term for item in inside for term in item.terms if term != first)
        shared = sorted((term for term, m in beside.items() if m >= TOGETHER * n), key=lambda term: (-beside[term], term))
        shown = inside[:SHOWN]
        found.append(Group((first, *shared[:SHOWN]), n, tuple(item.id for item in shown), tuple(item.title for item in shown)))
        left = [item for item in left if first not in item.terms]
    return tuple(found)
