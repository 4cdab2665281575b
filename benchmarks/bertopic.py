"""BERTopic of this project beside BERTopic, topica's BERTopic and Top2Vec's way, each fit in a process of its own.

    python benchmarks/bertopic.py --data FOLDER [--sets bbc_raw unc_dantri] [--tools topics bertopic] [--seeds 3] [--model PACKAGE]

Every tool is told nothing but the documents, at its defaults. AMI and ARI: against the set's labels, documents in no topic as one more
class (`ami`), and with each of these in the topic whose centroid is nearest (`near`, `ari`, the same rule for all tools). NPMI over whole
documents and diversity: 10 words. `kmeans_told` is k-means that is told the number of labels: no peer, but a mark. Vectors: LSA of the
terms, or a model's where `--model` names one (English sets). Time: user CPU of fitting alone, after one small fit that compiles. Every fit
is kept in OUT/bertopic.json. Peers are the extra `peers`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import queue
import resource
import sys
import time
import unicodedata
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from lda import words
from lda_sets import Set
from segmenters import prepare

from topics.core.errors import TopicsError
from topics.core.matrices import PreparedCorpus
from topics.core.registry import discover
from topics.preprocessing.terms import TermMaker, learn_terms, segmenter_of

HERE = Path(__file__).resolve().parent
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]  # "bertopic" is the library, not this file
Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
FILES = {
    "bbc_raw": ("bbc.jsonl.gz", "en"),
    "newsgroups20": ("newsgroups20.jsonl.gz", "en"),
    "unc_dantri": ("*.jsonl.gz", "vi"),
    "vn_daily_news": ("vn_daily_2025H2.jsonl.gz", "vi"),
}
TOOLS = ["topics", "bertopic", "topica", "top2vec_like", "kmeans_told"]
KEYS = ("topics", "outliers", "ami", "near", "ari", "npmi", "diversity", "user")


@dataclass(frozen=True)
class Data:
    """A labelled set: documents prepared, with vectors, and the number of each one's label."""

    prepared: PreparedCorpus
    documents: list[list[str]]
    labels: Labels


Found = tuple[Labels, Array]  # (n_docs,) topics, -1 for none; (n_topics, n_terms) weights


def load(name: str, data: Path, dimensions: int, model: str) -> Data:
    """Distinct texts of a set, cut into words by this project; vectors by LSA or a model."""
    pattern, code = FILES[name]
    rows: dict[str, str] = {}
    for path in sorted((data / name).glob(pattern)):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                rows.setdefault(unicodedata.normalize("NFC", row["text"]), str(row["label"]))
    texts = [text for text in rows if text.strip()]
    language = discover("topics.preprocessing.languages", "LANGUAGE")[code]
    segmenter = segmenter_of("default")
    lexicon, phrases = learn_terms({code: texts}, {code: language}, (), segmenter, phrases=True)
    make, stop = TermMaker((), segmenter, lexicon, phrases), language.stop_words()
    documents = [[term for term in make(text, code) if term not in stop] for text in texts]
    prepared = prepare(documents, code)
    vectors = _by_model(texts, model) if model else _by_lsa(prepared, dimensions)
    prepared = replace(prepared, embeddings=replace(prepared.embeddings, vectors=vectors))
    _, labels = np.unique([rows[text] for text in texts], return_inverse=True)
    return Data(prepared, documents, labels.astype(np.int64))


def _by_lsa(prepared: PreparedCorpus, dimensions: int) -> npt.NDArray[np.float32]:
    from topics.preprocessing.embedders.lsa import fit_lsa

    return fit_lsa(prepared.dtm.counts, dimensions, 1).project(prepared.dtm).vectors


def _by_model(texts: Sequence[str], model: str) -> npt.NDArray[np.float32]:
    """What BERTopic's users do: the model's own encoding, cut where the model cuts."""
    import importlib

    from sentence_transformers import SentenceTransformer

    folder = Path(str(importlib.import_module(model).__file__)).parent / "model"
    encoder = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    return np.asarray(encoder.encode(list(texts), batch_size=32, normalize_embeddings=True), dtype=np.float32)


def _vectors(data: Data) -> npt.NDArray[np.float32]:
    assert data.prepared.embeddings is not None
    return data.prepared.embeddings.vectors


def by_topics(data: Data, seed: int) -> Found:
    from topics.models.bertopic import BertopicConfig, fit

    result = fit(data.prepared, BertopicConfig(), (), seed).result
    return result.documents.labels(), result.topics.weights


def by_bertopic(data: Data, seed: int) -> Found:
    """BERTopic's defaults, with a seed, and its words found in our terms."""
    from bertopic import BERTopic
    from sklearn.feature_extraction.text import CountVectorizer
    from umap import UMAP

    terms = data.prepared.dtm.vocabulary.terms
    joined = [term.replace(" ", "_") for term in terms]
    vectorizer = CountVectorizer(vocabulary=joined, tokenizer=str.split, token_pattern=None, lowercase=False)
    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    model = BERTopic(language="multilingual", umap_model=umap, vectorizer_model=vectorizer)
    texts = [" ".join(term.replace(" ", "_") for term in document) for document in data.documents]
    labels = np.asarray(model.fit_transform(texts, embeddings=_vectors(data))[0], dtype=np.int64)
    columns = model.vectorizer_model.vocabulary_
    weights = model.c_tf_idf_.toarray()[-(int(labels.max()) + 1) :]
    return labels, np.asarray(weights[:, [columns[term] for term in joined]])


def by_topica(data: Data, seed: int) -> Found:
    import topica

    model = topica.BERTopic(seed=seed)
    kept = set(data.prepared.dtm.vocabulary.terms)
    model.fit([[term for term in document if term in kept] for document in data.documents], _vectors(data).astype(np.float64))
    weights = np.zeros((model.num_topics, len(kept)))
    columns = data.prepared.dtm.vocabulary.index
    for column, term in enumerate(model.vocabulary):
        weights[:, columns[term]] = np.asarray(model.topic_word)[: model.num_topics, column]
    return np.asarray(model.labels, dtype=np.int64), weights


def by_top2vec(data: Data, seed: int) -> Found:
    """Top2Vec's way (Angelov 2020) on given vectors: UMAP, HDBSCAN, every document to the nearest centroid; words by c-TF-IDF."""
    from hdbscan import HDBSCAN
    from umap import UMAP

    from topics.models._assignment import centroids_of, nearest

    vectors = _vectors(data)
    reduced = UMAP(n_neighbors=15, n_components=5, metric="cosine", random_state=seed).fit_transform(vectors)
    found = np.asarray(HDBSCAN(min_cluster_size=15).fit_predict(reduced), dtype=np.int64)
    labels, _ = nearest(vectors, centroids_of(vectors, found))
    return labels, _words(data, labels)


def by_kmeans(data: Data, seed: int) -> Found:
    from sklearn.cluster import KMeans

    found = KMeans(int(data.labels.max()) + 1, n_init=10, random_state=seed).fit(_vectors(data)).labels_
    labels = found.astype(np.int64)
    return labels, _words(data, labels)


def _words(data: Data, labels: Labels) -> Array:
    from topics.models._ctfidf import topic_weights

    return topic_weights(data.prepared.dtm.counts, labels, int(labels.max()) + 1)


FITS: dict[str, Callable[[Data, int], Found]] = {
    "topics": by_topics, "bertopic": by_bertopic, "topica": by_topica, "top2vec_like": by_top2vec, "kmeans_told": by_kmeans,
}  # fmt: skip


def judge(data: Data, found: Found) -> dict[str, float]:
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    from topics.models._assignment import centroids_of, nearest

    labels, weights = found
    near = np.where(labels >= 0, labels, nearest(_vectors(data), centroids_of(_vectors(data), labels))[0])
    counts = data.prepared.dtm.counts
    npmi, diversity = words(Set(counts, counts, counts, data.prepared.dtm.vocabulary.terms), weights)
    return {
        "topics": int(labels.max()) + 1,
        "outliers": float((labels < 0).mean()),
        "ami": float(adjusted_mutual_info_score(data.labels, labels)),
        "near": float(adjusted_mutual_info_score(data.labels, near)),
        "ari": float(adjusted_rand_score(data.labels, near)),
        "npmi": npmi,
        "diversity": diversity,
    }


def _child(tool: str, data: Data, seed: int, results: multiprocessing.Queue[dict[str, float]]) -> None:
    warnings.filterwarnings("ignore")
    rows = np.arange(min(300, len(data.labels)))
    few = Data(_first(data.prepared, len(rows)), data.documents[: len(rows)], data.labels[: len(rows)])
    try:
        FITS[tool](few, seed)  # imports and compiles
    except TopicsError as error:  # too few documents of the set's beginning; any other fault ends the fit
        sys.stderr.write(f"{tool}, small fit: {error}\n")
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    found = FITS[tool](data, seed)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    used = {"user": after.ru_utime - before.ru_utime, "wall": wall}
    results.put({**judge(data, found), **used})


def _result(process: multiprocessing.process.BaseProcess, results: multiprocessing.Queue[dict[str, float]]) -> dict[str, float]:
    while True:
        try:
            found = results.get(timeout=5)
        except queue.Empty:
            if not process.is_alive():
                raise SystemExit("a fit ended without a result") from None
            continue
        process.join()
        return found


def _first(prepared: PreparedCorpus, n: int) -> PreparedCorpus:
    from topics.core.documents import Corpus

    assert prepared.embeddings is not None
    ids = prepared.dtm.doc_ids[:n]
    corpus = Corpus(prepared.corpus.infos[:n], ())
    dtm = replace(prepared.dtm, counts=prepared.dtm.counts[:n], doc_ids=ids)
    return PreparedCorpus(
        corpus, dtm, replace(prepared.embeddings, vectors=prepared.embeddings.vectors[:n], doc_ids=ids), prepared.unknown[:n], "few"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the sets")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "out", help="results")
    parser.add_argument("--sets", nargs="+", default=["bbc_raw", "unc_dantri", "newsgroups20"], choices=list(FILES))
    parser.add_argument("--tools", nargs="+", default=TOOLS, choices=TOOLS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--dimensions", type=int, default=200)
    parser.add_argument("--model", default="", help="an installed package that carries a sentence-transformers model")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    path = args.out / "bertopic.json"
    kept: dict[str, dict[str, float]] = json.loads(path.read_text()) if path.is_file() else {}
    context = multiprocessing.get_context("spawn")
    vectors = args.model or f"lsa{args.dimensions}"
    sys.stdout.write("\t".join(["set", "vectors", "tool", *KEYS]) + "\n")
    for name in args.sets:
        data: Data | None = None
        for tool in args.tools:
            keys = [f"{name} {vectors} {tool} {seed}" for seed in range(1, args.seeds + 1)]
            for seed, key in enumerate(keys, start=1):
                if key not in kept:
                    data = data or load(name, args.data, args.dimensions, args.model)
                    results: multiprocessing.Queue[dict[str, float]] = context.Queue()
                    process = context.Process(target=_child, args=(tool, data, seed, results))
                    process.start()
                    kept[key] = _result(process, results)
                    path.write_text(json.dumps(kept, indent=1))
            means = [f"{np.mean([kept[key][figure] for key in keys]):.3f}" for figure in KEYS]
            sys.stdout.write("\t".join([name, vectors, tool, *means]) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
