"""The one preparation that feeds every model, and the same again for new documents."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse

from topics.core.codecs import read_json, write_json
from topics.core.contracts import Language, Lexicon
from topics.core.documents import Corpus, Document, DocumentInfo
from topics.core.embedding import Embeddable, Embedder
from topics.core.errors import ContractError, DataError
from topics.core.hashing import canonical_json, digest
from topics.core.matrices import DocTermMatrix, Float32, PreparedCorpus, Vocabulary
from topics.core.registry import discover, nearest
from topics.core.sampling import stratified
from topics.core.terms import GAP, alternatives, term_words
from topics.core.themes import Themes
from topics.core.vectors import GivenVectors
from topics.core.vietnamese import fold_tones
from topics.engine import Engine
from topics.preprocessing.embedding import EmbeddingConfig, PlacedEmbedding, SameEmbedder, load_embedder
from topics.preprocessing.terms import CONSTANT, PACKAGE, learn_terms, segmenter_of
from topics.preprocessing.tokenise import Phrase, words
from topics.preprocessing.unspecific import unspecific_terms
from topics.preprocessing.words import EVERY, StopWords, Words, corpus_counts, terms_of, text_of

CODE_VERSION = "5"
MIN_DF, DOCS_A_STEP = 3, 50  # a rare term matters more in a small corpus


class PreprocessingConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[preprocessing]` of a study.

    Args:
        min_df: least number of documents for a term; by default 3, in corpora under 150 documents one for each 50.
        max_df: largest share of a language's documents.
        max_terms: size limit of the vocabulary.
        phrases: join words that belong together ("chuyển đổi số", "digital transformation").
        segmenter: how words are found: "dictionary" (the default) learns words and phrases from the corpus, "syllables" takes what stands
            between spaces, "underthesea" and "pyvi" find Vietnamese words by those libraries; the last three learn phrases on top.
        lexicon: terms that always stay whole, besides the terms of the themes.
        stop_words: language code to words that are dropped from that language's documents besides its own.
        corpus_stop_words: also drop words that stand all over the corpus and say nothing of a topic; the preparation lists them.
        leave_out: codes of languages whose documents take no part in vocabulary and topics.
    """

    min_df: Annotated[int, msgspec.Meta(ge=1)] | None = None
    max_df: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.5
    max_terms: Annotated[int, msgspec.Meta(ge=10)] = 50_000
    phrases: bool = True
    segmenter: str = "default"
    lexicon: tuple[str, ...] = ()
    stop_words: dict[str, list[str]] = {}
    corpus_stop_words: bool = False
    leave_out: tuple[str, ...] = ("other", "vi-nodia")

    def __post_init__(self) -> None:
        known = ("default", *discover(PACKAGE, CONSTANT))
        if self.segmenter not in known:
            raise ValueError(f"there is no segmenter {self.segmenter!r}. {nearest(self.segmenter, known)}")


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    config: PreprocessingConfig
    whole: tuple[Phrase, ...]
    segmenter: str
    segmenter_version: str
    lexicon: Lexicon
    phrases: tuple[Phrase, ...]
    stop_words: dict[str, tuple[str, ...]]
    corpus_stop_words: dict[str, tuple[str, ...]]
    terms: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Preparation:
    """Everything that turns a corpus into numbers; fitted once, the same for training and new documents.

    `config` holds the values that were used, `counted` what fitting counted of which corpus.
    """

    config: PreprocessingConfig
    words: Words
    vocabulary: Vocabulary
    embedder: Embedder
    counted: tuple[Corpus, DocTermMatrix, Float32] | None = None

    @cached_property
    def key(self) -> str:
        """Sha256 over all of it."""
        stored = canonical_json(self._stored())
        return digest([CODE_VERSION, stored, self.embedder.fingerprint])

    def terms(self, document: Document) -> list[str]:
        """Return the content terms of a document; none where its language is left out."""
        return terms_of(self.words, self.config.leave_out, document)

    def apply(
        self,
        corpus: Corpus,
        *,
        vectors: GivenVectors | None = None,
        embed: bool = True,
        cache: Path | None = None,
        engine: Engine | None = None,
    ) -> PreparedCorpus:
        """Return any corpus as counts and vectors of the fitted vocabulary; of a document that is left out, every word is unknown.

        Args:
            corpus: the documents.
            vectors: made elsewhere, in place of the embedder's; they become part of the key, so no model of others takes them.
            embed: False makes no vectors, for models that need none.
            cache: folder in which vectors of a model are kept and found again.
            engine: where texts are cut into terms; None is this process.

        Raises:
            DataError: vectors that cannot be used, or documents that the embedder cannot read.
        """
        dtm, unknown = self._counts(corpus, engine or Engine())
        left_out = np.array([info.language in self.config.leave_out for info in corpus.infos], dtype=bool)
        unknown[left_out] = 1.0
        if vectors is not None:
            given = vectors.of(corpus.ids, ~left_out)
            key = self.key if given.embedder == self.embedder.fingerprint else digest([self.key, given.embedder])
            return PreparedCorpus(corpus, dtm, given, unknown, key)
        if not embed:
            return PreparedCorpus(corpus, dtm, None, unknown, self.key)
        languages = tuple("" if out else info.language for info, out in zip(corpus.infos, left_out, strict=True))
        documents = Embeddable(dtm, _EmbeddedTexts(corpus, languages), languages)
        return PreparedCorpus(corpus, dtm, self.embedder.embed(documents, cache), unknown, self.key)

    def _counts(self, corpus: Corpus, engine: Engine) -> tuple[DocTermMatrix, Float32]:
        if self.counted and self.counted[0] is corpus:
            return self.counted[1], self.counted[2].copy()
        return corpus_counts(corpus, self.words, self.config.leave_out, engine).matrix(corpus.ids, self.vocabulary)

    def _stored(self) -> _Stored:
        words = self.words
        return _Stored(
            self.config,
            words.whole,
            words.segmenter,
            words.version,
            words.lexicon,
            words.phrases,
            {code: tuple(sorted(listed)) for code, listed in words.stop_words.items()},
            words.corpus_stop_words,
            self.vocabulary.terms,
            self.vocabulary.languages,
        )

    def save(self, directory: Path) -> None:
        """Write into an existing directory."""
        write_json(directory / "preparation.json", self._stored())
        self.embedder.save(directory)

    @classmethod
    def load(cls, directory: Path, embedding_folder: Path | None = None) -> Preparation:
        """Read what `save` wrote.

        Args:
            directory: where it wrote.
            embedding_folder: the folder of the model that made the vectors, where it is no longer found as the study names it.

        Raises:
            DataError: damaged, or made with another version of its segmenter, which may cut otherwise.
            MissingPartError: its segmenter is not installed.
        """
        stored = read_json(directory / "preparation.json", _Stored)
        embedder = load_embedder(directory, embedding_folder)
        here = segmenter_of(stored.segmenter).version()
        if here != stored.segmenter_version:
            what = f"prepared with {stored.segmenter_version}, {here} is installed and may cut words otherwise."
            hint = f"pip install {stored.segmenter_version.replace(' ', '==')}, or prepare and fit again."
            raise DataError(what, where=str(directory / "preparation.json"), hint=hint)
        stop_words = {code: frozenset(listed) for code, listed in stored.stop_words.items()}
        words = Words(stored.whole, stored.segmenter, here, stored.lexicon, stored.phrases, stop_words, stored.corpus_stop_words)
        try:
            return cls(stored.config, words, Vocabulary(stored.terms, stored.languages), embedder)
        except ContractError as error:
            raise DataError(f"{error}.", where=str(directory / "preparation.json"), hint="Fetch or fit it again.") from error


def _named_terms(themes: Themes, lexicon: Iterable[str]) -> set[Phrase]:
    """Terms that the user names, each choice and each side of a gap by itself; those with a wildcard are left to what is learned."""
    asked = (one for theme in themes for listed in theme.terms.values() for term in listed for one in alternatives(term))
    pieces = (piece for one in asked for piece in " ".join(term_words(one)).split(GAP) if "*" not in piece)
    return {found for found in map(tuple, map(words, (*pieces, *lexicon))) if found}


@dataclass(frozen=True)
class _EmbeddedTexts:
    """What a model reads of each document: title and kept text, a line for each paragraph; nothing where its language is empty."""

    corpus: Corpus
    languages: tuple[str, ...]

    def __iter__(self) -> Iterator[str]:
        for document, language in zip(self.corpus, self.languages, strict=True):
            lines = (" ".join(line.split()) for line in text_of(document).split("\n")) if language else ()
            yield "\n".join(line for line in lines if line)


@dataclass(frozen=True)
class _Training:
    """One copy of each story, in the languages that take part."""

    corpus: Corpus
    leave_out: frozenset[str]

    def __iter__(self) -> Iterator[Document]:
        return (document for document in self.corpus if document.info.canonical and document.info.language not in self.leave_out)

    def rows(self) -> npt.NDArray[np.bool_]:
        return np.array([info.canonical and info.language not in self.leave_out for info in self.corpus.infos], dtype=bool)

    def ids(self) -> tuple[str, ...]:
        return tuple(info.id for info in self.infos())

    def languages(self) -> list[str]:
        return [info.language for info in self.infos()]

    def infos(self) -> list[DocumentInfo]:
        return [info for info in self.corpus.infos if info.canonical and info.language not in self.leave_out]


@dataclass(frozen=True)
class _Texts:
    """The training texts of one language."""

    training: _Training
    language: str

    def __iter__(self) -> Iterator[str]:
        return (text_of(document) for document in self.training if document.info.language == self.language)


def fit_preparation(
    corpus: Corpus,
    config: PreprocessingConfig,
    embedding: EmbeddingConfig | PlacedEmbedding | SameEmbedder,
    themes: Themes,
    *,
    seed: int,
    engine: Engine | None = None,
) -> Preparation:
    """Fit on one copy of each story; `engine` is where texts are cut into terms, None for this process.

    Raises:
        UsageError: the embedding's folder is not there.
        DataError: every document is in a language that is left out, the filters leave no term, or the embedder cannot be used.
        MissingPartError: a library of the segmenter or the embedder is not installed.
    """
    languages: dict[str, Language] = discover("topics.preprocessing.languages", "LANGUAGE")
    training = _Training(corpus, frozenset(config.leave_out))
    _check_languages(corpus, training)
    placed = PlacedEmbedding(embedding) if isinstance(embedding, EmbeddingConfig) else embedding
    taking_part = Counter(info.language for info in corpus.infos if info.language not in config.leave_out)
    fit_embedder = placed.begin(seed, taking_part)
    segmenter, named = segmenter_of(config.segmenter), _named_terms(themes, config.lexicon)
    whole = tuple(sorted(term for term in named if len(term) > 1))
    texts = {code: _Texts(training, code) for code in languages if code in set(training.languages())}
    lexicon, phrases = learn_terms(texts, languages, whole, segmenter, phrases=config.phrases)
    found = Words(whole, segmenter.name, segmenter.version(), lexicon, phrases, _stop_words(config, languages), {})
    n_docs = sum(Counter(training.languages()).values())
    config = msgspec.structs.replace(config, min_df=config.min_df or min(MIN_DF, max(1, n_docs // DOCS_A_STEP)))
    counts, rows = corpus_counts(corpus, found, config.leave_out, engine or Engine()), training.rows()
    of_docs = [info.language for info in corpus.infos]
    vocabulary = counts.vocabulary(of_docs, rows, min_df=config.min_df or 1, max_df=config.max_df, max_terms=config.max_terms)
    counted = corpus, *counts.matrix(corpus.ids, vocabulary)
    dtm = DocTermMatrix(counted[1].counts[np.flatnonzero(rows)], training.ids(), vocabulary)
    proposed = unspecific_terms(dtm, training.languages(), {" ".join(term) for term in named})
    stop_words = _with(found.stop_words, proposed) if config.corpus_stop_words else found.stop_words
    if config.corpus_stop_words:
        dtm = _without(dtm, {term for listed in proposed.values() for term in listed})
    found = replace(found, corpus_stop_words=proposed, stop_words=stop_words)
    return Preparation(
        config, found, dtm.vocabulary, fit_embedder(_sampled(dtm, training, placed.sample)), None if config.corpus_stop_words else counted
    )


def _sampled(dtm: DocTermMatrix, training: _Training, most: int) -> DocTermMatrix:
    """The counts of at most so many training documents."""
    rows = stratified(training.infos(), most)
    return (
        dtm if len(rows) == len(dtm.doc_ids) else DocTermMatrix(dtm.counts[rows], tuple(dtm.doc_ids[row] for row in rows), dtm.vocabulary)
    )


def _check_languages(corpus: Corpus, training: _Training) -> None:
    """Raise `DataError` where no document is in a language that takes part."""
    if len(corpus) and not training.languages():
        found = ", ".join(f"{code} {n}" for code, n in Counter(info.language for info in corpus.infos).most_common())
        hint = 'If that is wrong, put language = "en" (or another) into the source; or change leave_out.'
        raise DataError(f"every document is in a language that takes no part ({found}).", where="[preprocessing] leave_out", hint=hint)


def _stop_words(config: PreprocessingConfig, languages: Mapping[str, Language]) -> StopWords:
    """Stop words of each language, and under `EVERY` those of all, for documents whose language is mixed or unknown."""
    listed = {code: (*language.stop_words(), *config.stop_words.get(code, [])) for code, language in languages.items()}
    own = {code: frozenset(fold_tones(unicodedata.normalize("NFC", word).lower()) for word in found) for code, found in listed.items()}
    return {**own, EVERY: frozenset().union(*own.values())}


def _with(stop_words: StopWords, found: Mapping[str, Iterable[str]]) -> StopWords:
    return {code: listed.union(*(found.values() if code == EVERY else (found.get(code, ()),))) for code, listed in stop_words.items()}


def _without(dtm: DocTermMatrix, dropped: set[str]) -> DocTermMatrix:
    terms, languages = dtm.vocabulary.terms, dtm.vocabulary.languages
    kept = [column for column, term in enumerate(terms) if term not in dropped]
    vocabulary = Vocabulary(tuple(terms[column] for column in kept), tuple(languages[column] for column in kept))
    return DocTermMatrix(sparse.csr_array(dtm.counts[:, kept]), dtm.doc_ids, vocabulary)
