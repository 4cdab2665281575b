"""By which rule do documents belong to clustered topics? Four ways on the same topics, each document placed by a rule that has not seen it.

    python benchmarks/bertopic_rules.py --data FOLDER [--sets bbc_raw unc_dantri newsgroups20] [--seeds 3]

Topics are ours: UMAP, HDBSCAN, merges. Of five folds of the documents each is placed by what the other four taught. `agree`: share of the
documents that HDBSCAN put into a cluster that come to the topic which holds that cluster. `ami`: of all documents, each at its best topic,
against the set's labels. `left` and `ami left`: with a threshold for each topic that 95 % of the documents taught reach, the share that the
rule leaves in none (to be 5 %), and AMI with these as one more class. Every figure is a mean over the seeds.

centroid: the most similar centroid of the topic's documents once they are refined (what this project does). clustered centroid: the same of
the clustered documents alone. neighbours 15, 50: most of the similarity among so many clustered documents. c-TF-IDF: cosine of the terms
with the topic's, as BERTopic's approximation. mix: centroid and c-TF-IDF, log-likelihoods added, each at the sharpness that fits best.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bertopic_sets import FILES, Choice, Data, Labels, load
from scipy import sparse
from scipy.optimize import minimize_scalar

from topics.models._assignment import SHARPEST, TAIL, centroids_of, without_own
from topics.models._bertopic_model import by_size
from topics.models._ctfidf import class_counts
from topics.models.bertopic import BertopicConfig, _levels, _proposed, _refined

Scores = npt.NDArray[np.float64]
FOLDS, BATCH = 5, 1000


@dataclass(frozen=True)
class Topics:
    """Topics of some documents: `refined` (n_docs,) of all of them, `clustered` (n_docs,) as density sees it, -1 for none."""

    data: Data
    refined: Labels
    clustered: Labels

    @property
    def number(self) -> int:
        return int(self.refined.max()) + 1


def topics_of(data: Data, seed: int) -> Topics:
    """What `topics.models.bertopic.fit` does before it learns its rule."""
    config, everyone = BertopicConfig(), np.arange(len(data.labels), dtype=np.int64)
    proposals, sizes = _proposed(data.vectors, (everyone,), config, seed)
    topic_of = proposals.topics_at(_levels(proposals, config, min(sizes)))
    refined, order = by_size(_refined(data.vectors, topic_of[proposals.leaves]))
    return Topics(data, refined, np.where(proposals.found >= 0, order[topic_of][proposals.found], -1))


Rule = Callable[[Topics, Labels, Labels], Scores]  # (topics, rows taught, rows asked) to (n_asked, n_topics)


def by_centroid(topics: Topics, taught: Labels, asked: Labels) -> Scores:
    return _similar(topics.data.vectors, topics.refined, taught, asked)


def by_clustered_centroid(topics: Topics, taught: Labels, asked: Labels) -> Scores:
    return _similar(topics.data.vectors, topics.clustered, taught, asked)


def _similar(vectors: npt.NDArray[np.float32], labels: Labels, taught: Labels, asked: Labels) -> Scores:
    """Similarity to centroids; documents that taught them are judged without their own share, as neighbours are."""
    if asked is taught:
        return without_own(vectors[taught], labels[taught], np.arange(len(taught)))
    return np.asarray(vectors[asked].astype(np.float64) @ centroids_of(vectors[taught], labels[taught]).T)


def by_neighbours(k: int) -> Rule:
    def rule(topics: Topics, taught: Labels, asked: Labels) -> Scores:
        taught = taught[topics.clustered[taught] >= 0]
        vectors, out = topics.data.vectors, np.zeros((len(asked), topics.number))
        for start in range(0, len(asked), BATCH):
            rows = asked[start : start + BATCH]
            similar = vectors[rows] @ vectors[taught].T
            similar[rows[:, None] == taught[None, :]] = -1.0  # a document is no neighbour of its own
            best = np.argpartition(-similar, k, axis=1)[:, :k]
            for place, columns in enumerate(best):
                np.add.at(out[start + place], topics.clustered[taught[columns]], np.maximum(similar[place, columns], 0.0))
        return out / k

    return rule


def by_ctfidf(topics: Topics, taught: Labels, asked: Labels) -> Scores:
    counts = topics.data.prepared.dtm.counts
    classes = class_counts(counts[taught], topics.refined[taught], topics.number)
    totals = classes.sum(axis=0)
    idf = np.log1p(np.divide(classes.sum(axis=1).mean(), totals, out=np.zeros_like(totals), where=totals > 0))
    documents = sparse.csr_array(counts[asked] * idf[None, :])
    own = classes / classes.sum(axis=1, keepdims=True) * idf
    lengths = np.sqrt((documents * documents).sum(axis=1))
    similar = np.asarray(documents @ (own / np.sqrt((own * own).sum(axis=1, keepdims=True))).T)
    return np.asarray(np.divide(similar, lengths[:, None], out=np.zeros_like(similar), where=lengths[:, None] > 0))


def by_mix(topics: Topics, taught: Labels, asked: Labels) -> Scores:
    total = np.zeros((len(asked), topics.number))
    clustered = taught[topics.clustered[taught] >= 0]
    for rule in (by_centroid, by_ctfidf):
        scores = rule(topics, taught, clustered)
        total += _sharpness(scores, topics.clustered[clustered]) * rule(topics, taught, asked)
    return total


def _sharpness(scores: Scores, labels: Labels) -> float:
    apart = scores - scores[np.arange(len(scores)), labels][:, None]

    def surprise(log: float) -> float:
        return float(np.logaddexp.reduce(np.exp(log) * apart, axis=1).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(0.0, float(np.log(SHARPEST))), method="bounded").x))


RULES: dict[str, Rule] = {
    "centroid": by_centroid,
    "clustered centroid": by_clustered_centroid,
    "neighbours 15": by_neighbours(15),
    "neighbours 50": by_neighbours(50),
    "c-TF-IDF": by_ctfidf,
    "mix": by_mix,
}


def placed(topics: Topics, rule: Rule) -> tuple[Labels, Labels]:
    """Return each document's topic by what the other folds taught, at its best topic, and with -1 below the threshold."""
    rows = np.arange(len(topics.refined))
    best, kept = np.full(len(rows), -1), np.full(len(rows), -1)
    for fold in range(FOLDS):
        asked, taught = rows[rows % FOLDS == fold], rows[rows % FOLDS != fold]
        scores, known = rule(topics, taught, asked), rule(topics, taught, taught)
        winners = known.argmax(axis=1)
        own = [known[winners == topic, topic] for topic in range(topics.number)]
        thresholds = np.array([np.quantile(values, TAIL, method="weibull") if values.size else np.inf for values in own])
        best[asked] = scores.argmax(axis=1)
        kept[asked] = np.where(scores.max(axis=1) >= thresholds[best[asked]], best[asked], -1)
    return best, kept


def main() -> None:
    from sklearn.metrics import adjusted_mutual_info_score

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the sets")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "out", help="what a model encoded")
    parser.add_argument("--sets", nargs="+", default=["bbc_raw", "unc_dantri", "newsgroups20"], choices=list(FILES))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--model", default="", help="an installed package that carries a sentence-transformers model")
    parser.add_argument("--sample", type=int, default=0, help="at most so many documents of a set, drawn by hash")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    sys.stdout.write("set\trule\tagree\tami\tleft\tami left\n")
    for name in args.sets:
        data = load(name, Choice(args.data, args.out, model=args.model, sample=args.sample))
        figures: dict[str, list[tuple[float, ...]]] = {rule: [] for rule in RULES}
        for seed in range(1, args.seeds + 1):
            topics = topics_of(data, seed)
            inside = topics.clustered >= 0
            for rule, scores in RULES.items():
                best, kept = placed(topics, scores)
                agree = float((best[inside] == topics.clustered[inside]).mean())
                ami, left = (float(adjusted_mutual_info_score(data.labels, labels)) for labels in (best, kept))
                figures[rule].append((agree, ami, float((kept < 0).mean()), left))
        for rule, rows in figures.items():
            sys.stdout.write("\t".join([name, rule, *(f"{mean:.3f}" for mean in np.mean(rows, axis=0))]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
