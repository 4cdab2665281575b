"""The one preparation that feeds every model, and the same again for new documents."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np

from topics.core.codecs import read_arrays, read_json, write_arrays, write_json
from topics.core.contracts import Language
from topics.core.documents import Corpus, Document
from topics.core.hashing import canonical_json, digest
from topics.core.matrices import PreparedCorpus, Vocabulary
from topics.core.themes import Themes
from topics.preprocessing.embed import LsaEmbedder, fit_lsa
from topics.preprocessing.phrases import learn_phrases
from topics.preprocessing.tokenise import Phrase, PhraseJoiner, words
from topics.preprocessing.vectorise import build_vocabulary, count

CODE_VERSION = "2"
EVERY = ""  # the key of all languages' stop words together
StopWords = dict[str, frozenset[str]]
MIN_DF, DOCS_A_STEP = 3, 50  # a rare term matters more in a small corpus


class PreprocessingConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[preprocessing]` of a study.

    Args:
        min_df: least number of documents for a term; by default 3, in corpora under 150 documents one for each 50.
        max_df: largest share of a language's documents.
        max_terms: size limit of the vocabulary.
        phrases: join words that belong together ("chuyển đổi số", "digital transformation").
        segmenter: how words are found; "default" is words or syllables and learned phrases.
        stop_words: language code to words that are dropped from that language's documents besides its own.
    """

    min_df: Annotated[int, msgspec.Meta(ge=1)] | None = None
    max_df: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.5
    max_terms: Annotated[int, msgspec.Meta(ge=10)] = 50_000
    phrases: bool = True
    segmenter: Literal["default"] = "default"
    stop_words: dict[str, list[str]] = {}


class EmbeddingConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[embedding]` of a study: latent semantic analysis with so many dimensions.

    `folder` is for models that are read from disk; latent semantic analysis has none, so only an empty one is taken.
    """

    backend: Literal["lsa"] = "lsa"
    folder: str = ""
    dimensions: Annotated[int, msgspec.Meta(ge=2, le=1000)] = 100

    def __post_init__(self) -> None:
        if self.folder:
            raise ValueError('the backend "lsa" reads no folder; leave `folder` empty')


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    config: PreprocessingConfig
    whole: tuple[Phrase, ...]
    phrases: tuple[Phrase, ...]
    stop_words: dict[str, tuple[str, ...]]
    terms: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Preparation:
    """Everything that turns a corpus into numbers; fitted once, the same for training and new documents.

    `config` holds the values that were used, `whole` the theme terms that stay together, `phrases` what was learned.
    """

    config: PreprocessingConfig
    whole: tuple[Phrase, ...]
    phrases: tuple[Phrase, ...]
    stop_words: StopWords
    vocabulary: Vocabulary
    embedder: LsaEmbedder

    @cached_property
    def key(self) -> str:
        """Sha256 over all of it."""
        stored = canonical_json(self._stored())
        return digest([CODE_VERSION, stored, self.embedder.fingerprint])

    @cached_property
    def _joiner(self) -> PhraseJoiner:
        return PhraseJoiner(self.phrases, self.whole)

    def terms(self, document: Document) -> list[str]:
        """Return the content terms of a document: title (where the text lacks it) and kept text, phrases joined, stop words dropped."""
        return _without(self._joiner(_tokens(document)), document.info.language, self.stop_words)

    def apply(self, corpus: Corpus) -> PreparedCorpus:
        """Return any corpus as counts and vectors of the fitted vocabulary."""
        dtm, unknown = count((self.terms(document) for document in corpus), corpus.ids, self.vocabulary)
        return PreparedCorpus(corpus, dtm, self.embedder.embed(dtm), unknown, self.key)

    def _stored(self) -> _Stored:
        return _Stored(
            self.config,
            self.whole,
            self.phrases,
            {code: tuple(sorted(listed)) for code, listed in self.stop_words.items()},
            self.vocabulary.terms,
            self.vocabulary.languages,
        )

    def save(self, directory: Path) -> None:
        """Write into an existing directory."""
        write_json(directory / "preparation.json", self._stored())
        write_arrays(directory / "preparation.safetensors", {"idf": self.embedder.idf, "components": self.embedder.components})

    @classmethod
    def load(cls, directory: Path) -> Preparation:
        """Read what `save` wrote."""
        stored = read_json(directory / "preparation.json", _Stored)
        arrays = read_arrays(directory / "preparation.safetensors", ("components", "idf"))
        embedder = LsaEmbedder(arrays["idf"].astype(np.float64), arrays["components"].astype(np.float32))
        vocabulary = Vocabulary(stored.terms, stored.languages)
        return cls(
            stored.config,
            stored.whole,
            stored.phrases,
            {code: frozenset(listed) for code, listed in stored.stop_words.items()},
            vocabulary,
            embedder,
        )


def _tokens(document: Document) -> list[str]:
    kept = document.kept()
    title = document.info.title
    lead = "" if not title or title.rstrip(" …") in " ".join(kept[: len(title) + 40].split()) else title + "\n"
    return words(lead + kept)


def _theme_phrases(themes: Themes) -> set[Phrase]:
    """Theme terms of several words stay whole; those with a wildcard are left to the learned phrases."""
    terms = (term for theme in themes for listed in theme.terms.values() for term in listed if "*" not in term)
    return {tuple(split) for term in terms if len(split := words(term)) > 1}


def _training(corpus: Corpus) -> Iterator[Document]:
    return (document for document in corpus if document.info.canonical)


def fit_preparation(
    corpus: Corpus, config: PreprocessingConfig, embedding: EmbeddingConfig, themes: Themes, *, languages: Mapping[str, Language], seed: int
) -> Preparation:
    """Fit on one copy of each story.

    Raises:
        DataError: the filters leave no term.
    """
    stop_words = _stop_words(config, languages)
    phrases: set[Phrase] = set()
    if config.phrases:
        for code in languages:
            phrases |= learn_phrases(lambda code=code: _stream(corpus, code), languages.values())  # type: ignore[misc]
    joiner = PhraseJoiner(phrases, _theme_phrases(themes))
    n_docs = Counter(info.language for info in corpus.infos if info.canonical)
    config = msgspec.structs.replace(config, min_df=config.min_df or min(MIN_DF, max(1, sum(n_docs.values()) // DOCS_A_STEP)))
    vocabulary = build_vocabulary(
        _content(corpus, joiner, stop_words),
        min_df=config.min_df or 1,
        max_df=config.max_df,
        max_terms=config.max_terms,
        n_docs=n_docs,
    )
    kept = [info.id for info in corpus.infos if info.canonical]
    training, _ = count((terms for _, terms in _content(corpus, joiner, stop_words)), tuple(kept), vocabulary)
    return Preparation(config, joiner.whole, joiner.phrases, stop_words, vocabulary, fit_lsa(training.counts, embedding.dimensions, seed))


def _stream(corpus: Corpus, language: str) -> Iterable[list[str]]:
    return (_tokens(document) for document in _training(corpus) if document.info.language == language)


def _content(corpus: Corpus, joiner: PhraseJoiner, stop_words: StopWords) -> Iterator[tuple[str, list[str]]]:
    for document in _training(corpus):
        yield document.info.language, _without(joiner(_tokens(document)), document.info.language, stop_words)


def _stop_words(config: PreprocessingConfig, languages: Mapping[str, Language]) -> StopWords:
    """Stop words of each language, and under `EVERY` those of all, for documents whose language is mixed or unknown."""
    own = {
        code: language.stop_words() | {unicodedata.normalize("NFC", word).lower() for word in config.stop_words.get(code, [])}
        for code, language in languages.items()
    }
    return {**own, EVERY: frozenset().union(*own.values())}


def _without(terms: list[str], language: str, stop_words: StopWords) -> list[str]:
    dropped = stop_words.get(language, stop_words[EVERY])
    return [term for term in terms if term not in dropped]
