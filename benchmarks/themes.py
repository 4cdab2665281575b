"""Themes by a few terms: this project's scorers beside keyATM, seededlda, BERTopic and plain keywords, on labelled sets.

    python benchmarks/themes.py --data FOLDER --out OUT [--sets bbc_raw unc_dantri] [--tools topics keyatm seededlda]

Every tool gets the same documents, the same prepared terms (LSA vectors of them where it needs vectors) and the terms of `themes.toml`, as
they stand in the vocabulary. A document's label is one of the themes. `main`: macro F1 of the theme with the highest score. `AP`: mean
average precision of the scores, theme by theme. `present`: macro F1 of decisions theme by theme, where a tool makes any: the others' are
their main themes. `unseen`: share of documents without any term of any theme whose main theme is right. Every fit is kept in
OUT/themes.json. benchmarks/README.md says which sets had a part in which choice.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import resource
import sys
import tomllib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pandas

import topics
from topics.core.themes import Theme
from topics.preprocessing.embedding import EmbeddingConfig
from topics.preprocessing.prepare import Preparation, PreprocessingConfig, fit_preparation
from topics.theming import fit_themes, projection, theme_columns, theme_documents

HERE = Path(__file__).resolve().parent
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]  # "bertopic" is the library, not a file here
Array = npt.NDArray[np.float64]
FILES = {
    "bbc_raw": "bbc.jsonl.gz",
    "unc_dantri": "*.jsonl.gz",
    "newsgroups20": "newsgroups20.jsonl.gz",
    "vn_daily_news": "vn_daily_2025H2.jsonl.gz",
    "sib200_en_vi": "*.jsonl.gz",
}
TOOLS = ["topics", "keywords", "seededlda", "keyatm", "bertopic_zeroshot", "bertopic_guided"]


@dataclass(frozen=True)
class Data:
    """A set: prepared documents, the theme of each, terms as columns, and whether any term stands in a document."""

    preparation: Preparation
    prepared: topics.core.matrices.PreparedCorpus
    themes: tuple[Theme, ...]
    labels: npt.NDArray[np.int64]
    columns: list[npt.NDArray[np.int64]]
    occurrences: Array

    @property
    def documents(self) -> list[list[str]]:
        """Documents as lists of terms."""
        counts, terms = self.prepared.dtm.counts, np.array(self.prepared.dtm.vocabulary.terms)
        rows = (slice(counts.indptr[row], counts.indptr[row + 1]) for row in range(counts.shape[0]))
        return [np.repeat(terms[counts.indices[row]], counts.data[row]).tolist() for row in rows]

    @property
    def seeds(self) -> dict[str, list[str]]:
        """Terms of each theme that stand in the vocabulary."""
        terms = self.prepared.dtm.vocabulary.terms
        return {theme.key: [terms[column] for column in columns] for theme, columns in zip(self.themes, self.columns, strict=True)}


def key_of(label: str) -> str:
    return re.sub(r"\W+", "_", label.lower())


def read(name: str, folder: Path) -> list[tuple[str, str, str]]:
    """(text, language, label) of every labelled document, equal texts once."""
    rows: dict[tuple[str, str], str] = {}
    for path in sorted((folder / name).glob(FILES[name])):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["label"]:
                    texts = [(row["text"], row["lang"])] if "text" in row else [(row["en"], "en"), (row["vi"], "vi")]
                    for text, language in texts:
                        rows.setdefault((text, language), key_of(row["label"]))
    return [(text, language, label) for (text, language), label in rows.items() if text.strip()]


def load(name: str, folder: Path) -> Data:
    listed = tomllib.loads((HERE / "themes.toml").read_text(encoding="utf-8"))[name]
    themes = tuple(Theme(key, {}, terms) for key, terms in listed.items())
    rows = read(name, folder)
    columns = {"id": [str(number) for number in range(len(rows))], "text": [row[0] for row in rows], "language": [row[1] for row in rows]}
    corpus, _ = topics.from_frame(pandas.DataFrame(columns), source=name)
    numbers = [theme.key for theme in themes]
    labels = np.array([numbers.index(rows[int(identifier)][2]) for identifier in corpus.ids])
    preparation = fit_preparation(corpus, PreprocessingConfig(), EmbeddingConfig(), themes, seed=1)
    prepared = preparation.apply(corpus)
    occurrences = theme_documents(corpus, themes, None).occurrences
    return Data(preparation, prepared, themes, labels, theme_columns(themes, prepared.dtm.vocabulary), occurrences)


Found = dict[str, tuple[Array, npt.NDArray[np.bool_] | None]]  # scores (n_docs, n_themes), decisions


def by_topics(data: Data, seed: int) -> Found:
    corpus = data.prepared.corpus
    documents = theme_documents(corpus, data.themes, data.prepared)
    canonical = np.flatnonzero([info.canonical for info in corpus.infos])
    model = fit_themes(documents.rows(canonical), data.themes, data.prepared.dtm.vocabulary, seed, projection(data.preparation))
    return {f"topics {name}": found for name, found in model.score(documents).items()}


def by_keywords(data: Data, seed: int) -> Found:
    return {"keywords": (data.occurrences, data.occurrences > 0)}


def by_topica(data: Data, seed: int, tool: str, others: int) -> Array:
    import topica

    n = len(data.themes)
    if tool == "seededlda":
        model = topica.SeededLDA(data.seeds, residual=others, seed=seed)
    else:
        model = topica.KeyATM(data.seeds, num_topics=n + others, seed=seed)
    model.fit(data.documents, keep_theta_draws=False)
    return np.asarray(model.doc_topic, dtype=np.float64)[:, :n]


def by_seededlda(data: Data, seed: int) -> Found:
    return {f"seededlda +{others}": (by_topica(data, seed, "seededlda", others), None) for others in (0, 5)}


def by_keyatm(data: Data, seed: int) -> Found:
    return {f"keyatm +{others}": (by_topica(data, seed, "keyatm", others), None) for others in (0, 5)}


def _backend(data: Data) -> object:
    """The same LSA for what BERTopic embeds itself: texts of joined terms."""
    from bertopic.backend import BaseEmbedder

    vocabulary = data.prepared.dtm.vocabulary
    project = projection(data.preparation)
    assert project is not None

    class Backend(BaseEmbedder):  # type: ignore[misc]
        def embed(self, documents: list[str], verbose: bool = False) -> npt.NDArray[np.float32]:
            from scipy import sparse

            counts = sparse.lil_array((len(documents), len(vocabulary)), dtype=np.int32)
            for row, text in enumerate(documents):
                for word in text.split():
                    if (column := vocabulary.index.get(word.replace("_", " "))) is not None:
                        counts[row, column] += 1
            return project(sparse.csr_array(counts), ("",) * len(documents))

    return Backend()


def _bertopic(data: Data, seed: int, **options: object) -> tuple[object, list[int]]:
    from bertopic import BERTopic
    from sklearn.feature_extraction.text import CountVectorizer
    from umap import UMAP

    joined = [term.replace(" ", "_") for term in data.prepared.dtm.vocabulary.terms]
    vectorizer = CountVectorizer(vocabulary=joined, tokenizer=str.split, token_pattern=None, lowercase=False)
    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    model = BERTopic(language="multilingual", umap_model=umap, vectorizer_model=vectorizer, embedding_model=_backend(data), **options)
    texts = [" ".join(term.replace(" ", "_") for term in document) for document in data.documents]
    assert data.prepared.embeddings is not None
    found, _ = model.fit_transform(texts, embeddings=data.prepared.embeddings.vectors)
    return model, found


def _seed_texts(data: Data) -> list[str]:
    return [" ".join(term.replace(" ", "_") for term in terms) for terms in data.seeds.values()]


def by_bertopic_zeroshot(data: Data, seed: int) -> Found:
    names = _seed_texts(data)
    model, found = _bertopic(data, seed, zeroshot_topic_list=names, zeroshot_min_similarity=0.7)
    labels = model.topic_labels_  # type: ignore[attr-defined]
    scores = np.zeros((len(found), len(names)))
    for row, topic in enumerate(found):
        if labels.get(topic) in names:
            scores[row, names.index(labels[topic])] = 1.0
    return {"bertopic_zeroshot": (scores, None)}


def by_bertopic_guided(data: Data, seed: int) -> Found:
    """Its topics carry no theme: each is taken for the theme whose terms weigh most in it."""
    seeds = [text.split() for text in _seed_texts(data)]
    model, found = _bertopic(data, seed, seed_topic_list=seeds)
    weights = model.c_tf_idf_.toarray()[-(max(found) + 1) :]  # type: ignore[attr-defined]
    place = model.vectorizer_model.vocabulary_  # type: ignore[attr-defined]
    carried = np.array([[row[[place[word] for word in words]].mean() for words in seeds] for row in weights])
    scores = np.zeros((len(found), len(seeds)))
    for row, topic in enumerate(found):
        if topic >= 0 and carried[topic].max() > 0:
            scores[row, carried[topic].argmax()] = 1.0
    return {"bertopic_guided": (scores, None)}


def measured(data: Data, scores: Array, present: npt.NDArray[np.bool_] | None) -> dict[str, float]:
    from sklearn.metrics import average_precision_score, f1_score

    n = len(data.themes)
    main = np.where(scores.max(axis=1) > scores.min(axis=1), scores.argmax(axis=1), -1)
    truth = data.labels[:, None] == np.arange(n)
    said = present if present is not None else main[:, None] == np.arange(n)
    both = (said & truth).sum(axis=0)
    unseen = data.occurrences.sum(axis=1) == 0
    return {
        "main": float(f1_score(data.labels, main, average="macro", labels=range(n), zero_division=0)),
        "AP": float(np.mean([average_precision_score(truth[:, theme], scores[:, theme]) for theme in range(n)])),
        "present": float(np.mean(2 * both / np.maximum(said.sum(axis=0) + truth.sum(axis=0), 1))),
        "unseen": float((main == data.labels)[unseen].mean()) if unseen.any() else float("nan"),
        "unseen_documents": float(unseen.mean()),
    }


def main() -> None:
    """Run the tools on the sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--out", type=Path, default=HERE / "out")
    parser.add_argument("--sets", nargs="+", default=list(FILES), choices=list(FILES))
    parser.add_argument("--tools", nargs="+", default=TOOLS, choices=TOOLS)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    warnings.filterwarnings("ignore")
    args.out.mkdir(parents=True, exist_ok=True)
    path = args.out / "themes.json"
    done: dict[str, dict[str, dict[str, float]]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    print("set\ttool\tmain\tAP\tpresent\tunseen\tuser_s", flush=True)
    for name in args.sets:
        data: Data | None = None
        for tool in args.tools:
            key = f"{name} {tool} {args.seed}"
            if key not in done:
                data = data or load(name, args.data)
                by: Callable[[Data, int], Found] = globals()[f"by_{tool}"]
                begin = resource.getrusage(resource.RUSAGE_SELF).ru_utime
                found = by(data, args.seed)
                spent = resource.getrusage(resource.RUSAGE_SELF).ru_utime - begin
                done[key] = {each: {**measured(data, *result), "user": spent} for each, result in found.items()}
                path.write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")
            for each, row in done[key].items():
                numbers = "\t".join(f"{row[column]:.3f}" for column in ("main", "AP", "present", "unseen"))
                print(f"{name}\t{each}\t{numbers}\t{row['user']:.0f}", flush=True)


if __name__ == "__main__":
    main()
