"""The tools of `benchmarks/bertopic.py`: documents and vectors to topics, each at its defaults, or with the number of topics told."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bertopic_sets import Data, Labels, Vectors

Array = npt.NDArray[np.float64]
Found = tuple[Labels, Array]  # (n_docs,) topics, -1 for none; (n_topics, n_terms) weights


def by_topics(data: Data, seed: int, told: int = 0) -> Found:
    from topics.models.bertopic import BertopicConfig, fit

    result = fit(data.prepared, BertopicConfig(topics=told or None), (), seed).result
    return result.documents.labels(), result.topics.weights


def by_bertopic(data: Data, seed: int, told: int = 0) -> Found:
    """BERTopic's defaults, with a seed, and its words found in our terms."""
    here = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != here]  # "bertopic" is the library, not the script
    from bertopic import BERTopic
    from sklearn.feature_extraction.text import CountVectorizer
    from umap import UMAP

    vectorizer = CountVectorizer(vocabulary=data.joined, tokenizer=str.split, token_pattern=None, lowercase=False)
    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    # nr_topics counts the documents in none as a topic
    model = BERTopic(language="multilingual", umap_model=umap, vectorizer_model=vectorizer, nr_topics=told + 1 if told else None)
    labels = np.asarray(model.fit_transform(data.texts, embeddings=data.vectors)[0], dtype=np.int64)
    columns = model.vectorizer_model.vocabulary_
    weights = model.c_tf_idf_.toarray()[-(int(labels.max()) + 1) :]
    return labels, np.asarray(weights[:, [columns[term] for term in data.joined]])


def by_topica(data: Data, seed: int, told: int = 0) -> Found:
    import topica

    model = topica.BERTopic(seed=seed)
    kept = set(data.prepared.dtm.vocabulary.terms)
    model.fit([[term for term in document if term in kept] for document in data.documents], data.vectors.astype(np.float64))
    weights = np.zeros((model.num_topics, len(kept)))
    columns = data.prepared.dtm.vocabulary.index
    for column, term in enumerate(model.vocabulary):
        weights[:, columns[term]] = np.asarray(model.topic_word)[: model.num_topics, column]
    return np.asarray(model.labels, dtype=np.int64), weights


def by_top2vec(data: Data, seed: int, told: int = 0) -> Found:
    """Top2Vec's way (Angelov 2020) on given vectors: UMAP, HDBSCAN, every document to the nearest centroid; words by c-TF-IDF."""
    from hdbscan import HDBSCAN
    from umap import UMAP

    from topics.models._assignment import centroids_of, nearest

    reduced = UMAP(n_neighbors=15, n_components=5, metric="cosine", random_state=seed).fit_transform(data.vectors)
    found = np.asarray(HDBSCAN(min_cluster_size=15).fit_predict(reduced), dtype=np.int64)
    labels, _ = nearest(data.vectors, centroids_of(data.vectors, found))
    return labels, _words(data, labels)


def by_kmeans(data: Data, seed: int, told: int = 0) -> Found:
    """k-means that is told the number of labels."""
    from sklearn.cluster import KMeans

    found = KMeans(told or int(data.labels.max()) + 1, n_init=10, random_state=seed).fit(data.vectors).labels_
    labels = found.astype(np.int64)
    return labels, _words(data, labels)


def _words(data: Data, labels: Labels) -> Array:
    from topics.models._ctfidf import topic_weights

    return topic_weights(data.prepared.dtm.counts, labels, int(labels.max()) + 1)


@dataclass(frozen=True)
class GivenTerms:
    """An encoder that knows the terms of one vocabulary: Turftopic compares words with documents."""

    vectors: dict[str, Vectors]

    def encode(self, texts: list[str], **_: object) -> Vectors:
        return np.stack([self.vectors[text] for text in texts])


def by_turftopic(kind: str, data: Data, seed: int, told: int) -> Found:
    """A model of Turftopic on our terms and vectors; a document's topic is the one it holds most of, none where it holds nothing.

    KeyNMF and S3 must be told a number of topics: that of the labels, as k-means is, which favours them.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from turftopic import KeyNMF, SemanticSignalSeparation, Topeax

    vectorizer = CountVectorizer(vocabulary=data.joined, tokenizer=str.split, token_pattern=None, lowercase=False)
    encoder = GivenTerms(dict(zip(data.joined, data.term_vectors, strict=True)))
    number = told or int(data.labels.max()) + 1
    if kind == "KeyNMF":
        model = KeyNMF(number, encoder=encoder, vectorizer=vectorizer, random_state=seed)
    elif kind == "S3":
        model = SemanticSignalSeparation(number, encoder=encoder, vectorizer=vectorizer, random_state=seed)
    else:
        model = Topeax(encoder=encoder, vectorizer=vectorizer, random_state=seed)
    held = np.asarray(model.fit_transform(data.texts, embeddings=data.vectors))
    places = {term: column for column, term in enumerate(data.joined)}
    weights = np.zeros((len(model.components_), len(places)))
    weights[:, [places[term] for term in model.get_vocab()]] = model.components_  # KeyNMF knows the terms that are keywords
    labels = np.where(held.any(axis=1), held.argmax(axis=1), -1)
    used = np.unique(labels[labels >= 0])
    order = np.full(weights.shape[0] + 1, -1)
    order[used] = np.arange(len(used))
    return order[labels].astype(np.int64), weights[used]


FITS: dict[str, Callable[[Data, int, int], Found]] = {
    "topics": by_topics,
    "bertopic": by_bertopic,
    "topica": by_topica,
    "top2vec_like": by_top2vec,
    "keynmf": lambda data, seed, told: by_turftopic("KeyNMF", data, seed, told),
    "topeax": lambda data, seed, told: by_turftopic("Topeax", data, seed, told),
    "s3": lambda data, seed, told: by_turftopic("S3", data, seed, told),
    "kmeans_told": by_kmeans,
}
TELLABLE = ("topics", "bertopic", "keynmf", "s3")
