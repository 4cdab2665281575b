"""How texts become terms, and the counts of the terms of a corpus."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, partial

from topics.core.contracts import Lexicon
from topics.core.documents import Corpus, Document
from topics.engine import Engine
from topics.preprocessing.terms import TermMaker, segmenter_of
from topics.preprocessing.tokenise import Phrase
from topics.preprocessing.vectorise import CorpusCounts, TermCounts, count_terms
from topics.progress import track

PART = 2048  # documents whose terms are counted at a time
EVERY = ""  # the key of all languages' stop words together
StopWords = dict[str, frozenset[str]]


@dataclass(frozen=True, eq=False)
class Words:
    """How texts become terms.

    Args:
        whole: terms of the themes and of the user's lexicon, which stay together.
        segmenter, version: how words are found, and by which version.
        lexicon: what the segmenter learned.
        phrases: phrases of its words.
        stop_words: what is dropped, by language.
        corpus_stop_words: words all over this corpus that say nothing of a topic, by language, found by `unspecific_terms`; part of
            `stop_words` unless the study says no.
    """

    whole: tuple[Phrase, ...]
    segmenter: str
    version: str
    lexicon: Lexicon
    phrases: tuple[Phrase, ...]
    stop_words: StopWords
    corpus_stop_words: dict[str, tuple[str, ...]]

    @cached_property
    def _make(self) -> TermMaker:
        return TermMaker(self.whole, segmenter_of(self.segmenter), self.lexicon, self.phrases)

    def __getstate__(self) -> dict[str, object]:
        """What another process needs; it makes the rest itself."""
        return {name: value for name, value in self.__dict__.items() if name != "_make"}

    @property
    def n_phrases(self) -> int:
        """How many words and phrases of several syllables or words are known: learned, or named by the user."""
        return len({*self.whole, *self.phrases, *(word for word, _ in self.lexicon if len(word) > 1)})

    def terms(self, document: Document) -> list[str]:
        """Return the content terms of a document: title (where the text lacks it) and kept text, stop words dropped."""
        return self.terms_of(text_of(document), document.info.language)

    def terms_of(self, text: str, language: str) -> list[str]:
        """Return the content terms of a text in a language."""
        dropped = self.stop_words.get(language, self.stop_words[EVERY])
        return [term for term in self._make(text, language) if term not in dropped]


def terms_of(words: Words, leave_out: Collection[str], document: Document) -> list[str]:
    """Return the content terms of a document; none where its language is left out."""
    return [] if document.info.language in leave_out else words.terms(document)


def _count_part(words: Words, leave_out: Collection[str], part: Corpus) -> TermCounts:
    """The chunk function: documents to counts of their terms."""
    return count_terms(terms_of(words, leave_out, document) for document in part)


def corpus_counts(corpus: Corpus, words: Words, leave_out: Collection[str], engine: Engine) -> CorpusCounts:
    """Return the counts of all terms of a corpus; documents in a language that is left out have none."""
    counts = CorpusCounts()
    n_parts = -(-len(corpus) // PART)
    made = engine.map_chunks(partial(_count_part, words, leave_out), corpus.parts(PART, apart=engine.spreads))
    for part in track(made, "counting terms", n_parts):
        counts.add(part)
    return counts


def text_of(document: Document) -> str:
    """Title and kept text; the title once."""
    kept = document.kept()
    title = document.info.title
    return kept if not title or title.rstrip(" …") in " ".join(kept[: len(title) + 40].split()) else f"{title}.\n{kept}"
