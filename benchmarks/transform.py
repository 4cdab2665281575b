"""New documents through fitted models: documents a second of one thread beside gensim, tomotopy and BERTopic; memory by their number.

    python benchmarks/transform.py --data FOLDER [--sets bbc unc vnd] [--topics 20] [--docs 4000]
    python benchmarks/transform.py --part memory [--sizes 10000 100000] [--kinds lda bertopic]      generated articles
    python benchmarks/transform.py --part calibration --data FOLDER [--sets bbc unc vnd]

Half of a set is fitted on, the other half sent through. All tools see the same tokens, and BERTopic the same vectors. gensim has our topics
(so its shares can be compared with ours: mean L1 distance and equal heaviest topics), tomotopy topics of its own. Perplexity is that of
every second token of a document whose other tokens were seen. Seconds are processor time. tomotopy is not locked: pip install --target
FOLDER tomotopy, and put FOLDER on PYTHONPATH; without it its row is left out and said so.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

sys.path[0] = str(Path(__file__).resolve().parents[1])  # in place of this folder, which holds a bertopic.py

FILES = {
    "bbc": ("bbc_raw/bbc.jsonl.gz",),
    "unc": ("unc_dantri/unc_public.jsonl.gz",),
    "vnd": ("vn_daily_news/vn_daily_2025H2.jsonl.gz",),
}
Shares = npt.NDArray[np.floating[Any]]
LEAST = 2.0  # seconds of a measurement, repeated until it takes as long


def lines_of(name: str, data: Path, n: int) -> list[str]:
    """Some records of a set, drawn by chance."""
    lines: list[str] = []
    for file in FILES[name]:
        with gzip.open(data / file, "rt", encoding="utf-8") as handle:
            lines += handle
    random.Random(1).shuffle(lines)
    return lines[:n]


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of one call, the first thrown away: kernels are compiled in it."""
    work()
    begin, n = resource.getrusage(resource.RUSAGE_SELF).ru_utime, 0
    while True:
        work()
        n += 1
        took = resource.getrusage(resource.RUSAGE_SELF).ru_utime - begin
        if took >= LEAST:
            return took / n


def halves(counts: sparse.csr_array) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Every second token of each document to see, the others to tell."""
    before = np.cumsum(counts.data) - counts.data
    offset = np.repeat(before[np.minimum(counts.indptr[:-1], counts.nnz - 1)], np.diff(counts.indptr))
    seen = (counts.data + ((before - offset) % 2 == 0)) // 2
    parts = []
    for data in (seen, counts.data - seen):
        part = sparse.csr_array((data.astype(np.int32), counts.indices.copy(), counts.indptr.copy()), shape=counts.shape)
        part.eliminate_zeros()
        parts.append(part)
    return parts[0], parts[1]


def perplexity(shares: Shares, topics: Shares, told: sparse.csr_array) -> float:
    """Of the tokens to tell."""
    from topics.models._fold_in import log_probability

    return float(np.exp(-log_probability(told, shares.astype(np.float32), topics.astype(np.float64)) / told.data.sum()))


def by_gensim(model: Any, counts: sparse.csr_array) -> Shares:  # noqa: ANN401
    """Shares by `inference`, in its chunks."""
    spans = [slice(a, b) for a, b in zip(counts.indptr, counts.indptr[1:], strict=False)]
    bags = [list(zip(counts.indices[span].tolist(), counts.data[span].tolist(), strict=True)) for span in spans]
    gamma = np.vstack([model.inference(bags[begin : begin + 2000])[0] for begin in range(0, len(bags), 2000)])
    return np.asarray(gamma / gamma.sum(axis=1, keepdims=True))


def words(counts: sparse.csr_array, terms: Sequence[str]) -> list[list[str]]:
    """Documents as lists of terms."""
    names = np.array(terms)
    pairs = zip(counts.indptr, counts.indptr[1:], strict=False)
    return [np.repeat(names[counts.indices[a:b]], counts.data[a:b]).tolist() for a, b in pairs]


def tomotopy_rows(train: list[list[str]], seen: list[list[str]], whole: list[list[str]], n_topics: int) -> tuple[Any, Shares, float]:
    """The trained model, its shares of what is seen, and the seconds for whole documents."""
    import tomotopy

    model = tomotopy.LDAModel(k=n_topics, seed=1)
    for document in train:
        if document:
            model.add_doc(document)
    model.train(500, workers=1)

    def infer(documents: list[list[str]]) -> Shares:
        made = [model.make_doc(document) for document in documents]
        return np.array(model.infer(made, workers=1)[0])

    return model, infer(seen), seconds(lambda: infer(whole))


def show(name: str, tool: str, n: int, took: float, *more: object) -> None:
    """One row of the table."""
    print(name, tool, n, f"{n / took:,.0f}", *more, sep="\t", flush=True)


def speed(args: argparse.Namespace) -> None:
    """One set after the other."""
    from topics.models import bertopic, lda
    from topics.preprocessing.embedding import EmbeddingConfig
    from topics.preprocessing.prepare import PreprocessingConfig, fit_preparation
    from topics.reading import read_paths

    print("set", "tool", "documents", "a second", "perplexity", "L1 to ours", "same topic", sep="\t")
    for name in args.sets:
        lines = lines_of(name, args.data, args.docs)
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder, f"{half}.jsonl") for half in range(2)]
            for half, path in enumerate(paths):
                path.write_text("".join(lines[half::2]), encoding="utf-8")
            old, new = (read_paths([path], zone="UTC", as_of=None)[0] for path in paths)
            preparation = fit_preparation(old, PreprocessingConfig(), EmbeddingConfig(), (), seed=1)
            train, held = preparation.apply(old), preparation.apply(new)
            show(name, "words, counts and vectors of texts", len(new), seconds(lambda new=new, apply=preparation.apply: apply(new)))
        model = lda.fit(train, lda.LdaConfig(topics=args.topics), (), 1)
        compare_lda(name, model, train.dtm.counts, held, args.topics)
        compare_bertopic(name, bertopic.fit(train, bertopic.MODEL.config(), (), 1), train, held)


def compare_lda(name: str, model: Any, train: sparse.csr_array, held: Any, n_topics: int) -> None:  # noqa: ANN401
    """Our inference, gensim's with our topics, tomotopy's with its own."""
    from dataclasses import replace

    counts = sparse.csr_array(held.dtm.counts)
    seen, told = halves(counts)
    half = replace(held, dtm=replace(held.dtm, counts=seen))
    topics, n = model.result.topics.weights, counts.shape[0]
    ours = model.transform(held).weights
    show(name, "topics lda", n, seconds(lambda: model.transform(held)), f"{perplexity(model.transform(half).weights, topics, told):.1f}")
    live, _ = model.to_gensim()
    theirs = by_gensim(live, counts)
    agree = (f"{np.abs(theirs - ours).sum(axis=1).mean():.3f}", f"{(theirs.argmax(axis=1) == ours.argmax(axis=1)).mean():.3f}")
    told_by = f"{perplexity(by_gensim(live, seen), topics, told):.1f}"
    show(name, "gensim inference", n, seconds(lambda: by_gensim(live, counts)), told_by, *agree)
    terms = held.dtm.vocabulary.terms
    try:
        other, shares, took = tomotopy_rows(words(train, terms), words(seen, terms), words(counts, terms), n_topics)
    except ImportError:
        print(name, "tomotopy is not there", sep="\t")
        return
    placed = np.full((n_topics, len(terms)), 1e-12)
    column = {term: at for at, term in enumerate(terms)}
    rows = np.array([other.get_topic_word_dist(topic) for topic in range(n_topics)])
    placed[:, [column[term] for term in other.used_vocabs]] = rows
    show(name, "tomotopy infer", n, took, f"{perplexity(shares, placed, told):.1f}")


def compare_bertopic(name: str, model: Any, train: Any, held: Any) -> None:  # noqa: ANN401
    """Our rule, and the transform of the ordinary object by UMAP and HDBSCAN, with the same vectors."""
    from bertopic import BERTopic
    from hdbscan import HDBSCAN
    from sklearn.feature_extraction.text import CountVectorizer
    from umap import UMAP

    vectors, n = held.embeddings.vectors, len(held.corpus)
    show(name, f"topics bertopic, {model.result.n_topics} topics", n, seconds(lambda: model.transform(held)))
    row = {name: at for at, name in enumerate(train.corpus.ids)}
    trained = train.embeddings.vectors[[row[name] for name in model.live_documents]]
    reduce = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=1)
    cluster = HDBSCAN(min_cluster_size=10, prediction_data=True)
    peer = BERTopic(umap_model=reduce, hdbscan_model=cluster, vectorizer_model=CountVectorizer(), embedding_model=None)
    peer.fit(list(model.live_documents.values()), trained)
    texts = [" "] * n
    show(name, "BERTopic.transform", n, seconds(lambda: peer.transform(texts, embeddings=vectors)))


def memory(args: argparse.Namespace) -> None:
    """Peak memory of the command by the number of documents."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        made = [sys.executable, str(Path(__file__).with_name("generated.py")), str(max(args.sizes) + 4000), "made.jsonl"]
        subprocess.run(made, cwd=home, check=True, capture_output=True)
        lines = (home / "made.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (home / "old.jsonl").write_text("".join(lines[-4000:]), encoding="utf-8")
        study = f'[study]\nname = "old"\ntimezone = "UTC"\n[[sources]]\npath = "old.jsonl"\n[models.lda]\ntopics = {args.topics}\n'
        (home / "old.toml").write_text(study + "[models.bertopic]\n", encoding="utf-8")
        topics = [sys.executable, "-m", "topics"]
        print("model", "documents", "peak MB", "seconds", sep="\t")
        for kind in args.kinds:
            subprocess.run([*topics, "fit", kind, "old.toml", "--out", kind], cwd=home, check=True, capture_output=True)
            for size in args.sizes:
                (home / "new.jsonl").write_text("".join(lines[:size]), encoding="utf-8")
                command = [*topics, "transform", kind, "new.jsonl", "--out", f"out_{kind}_{size}"]
                script = (
                    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True);"
                    "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_maxrss // 1024, round(used.ru_utime))"
                )
                done = subprocess.run([sys.executable, "-c", script, *command], cwd=home, check=True, capture_output=True, text=True)
                print(kind, size, *done.stdout.split(), sep="\t", flush=True)


def calibration(args: argparse.Namespace) -> None:
    """Novelty of the other half of a set, whole and cut short, and how often samples of it are called a reason to fit again."""
    from scipy.stats import kstest

    from topics.quality.novelty import NOVEL
    from topics.reading import read_paths
    from topics.reuse import load_artifact
    from topics.reuse.report import Tally
    from topics.study import open_study

    print("set", "model", "documents", "distance to uniform", "novel", "first 40 words", "first 15 words", "alarms of 200", sep="\t")
    for name in args.sets:
        lines = lines_of(name, args.data, args.docs)
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            (home / "old.jsonl").write_text("".join(lines[::2]), encoding="utf-8")
            for file, words in (("new", 0), ("40", 40), ("15", 15)):
                cut = [item | {"text": " ".join(item["text"].split(" ")[: words or None])} for item in map(json.loads, lines[1::2])]
                (home / f"{file}.jsonl").write_text("\n".join(map(json.dumps, cut)), encoding="utf-8")
            study = f'[study]\nname = "old"\ntimezone = "UTC"\n[[sources]]\npath = "old.jsonl"\n[models.lda]\ntopics = {args.topics}\n'
            (home / "old.toml").write_text(study + "[models.bertopic]\n", encoding="utf-8")
            opened = open_study(home / "old.toml")
            for kind in args.kinds:
                opened.fit(kind, home / kind)
                artifact, shares = load_artifact(home / kind), []
                corpora = {file: read_paths([home / f"{file}.jsonl"], zone="UTC", as_of=None)[0] for file in ("new", "40", "15")}
                for file in ("new", "40", "15"):
                    shares.append((artifact.transform(corpora[file]).novelty >= NOVEL).mean())
                found, alarms = artifact.transform(corpora["new"]), 0
                for number in range(200):
                    rng = np.random.default_rng(number)
                    rows = rng.choice(len(corpora["new"]), min(int(rng.choice([50, 100, 300])), len(corpora["new"]) // 2), replace=False)
                    tally = Tally(artifact)
                    tally.add(artifact.transform(corpora["new"].some(rows.tolist())))
                    alarms += tally.report().refit_advised
                apart = kstest(found.novelty, "uniform").statistic
                print(name, kind, len(found.corpus), f"{apart:.3f}", *(f"{share:.3f}" for share in shares), alarms, sep="\t", flush=True)


def main() -> None:
    """Run a part and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("TOPICS_DATA", ".")))
    parser.add_argument("--part", choices=["speed", "memory", "calibration"], default="speed")
    parser.add_argument("--sets", nargs="+", choices=sorted(FILES), default=sorted(FILES))
    parser.add_argument("--topics", type=int, default=20)
    parser.add_argument("--docs", type=int, default=4000)
    parser.add_argument("--kinds", nargs="+", choices=["lda", "bertopic"], default=["lda", "bertopic"])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    args = parser.parse_args()
    for_python = {"PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    os.environ.update(for_python if "PYTHONPATH" not in os.environ else {})
    args.data = args.data.resolve()
    print(json.dumps({"part": args.part, "topics": args.topics, "docs": args.docs}))
    if args.part != "speed":
        {"memory": memory, "calibration": calibration}[args.part](args)
        return
    import numba
    from threadpoolctl import threadpool_limits

    numba.set_num_threads(1)
    with threadpool_limits(limits=1):
        speed(args)


if __name__ == "__main__":
    main()
