"""LDA of this project beside gensim, tomotopy and topica: same tokens, number of topics and threads, each fit in a process of its own.

    python benchmarks/lda.py --data FOLDER [--sets bbc_news dblp] [--topics 20 50 200] [--tools topics gensim]
    python benchmarks/lda.py --part stability --data FOLDER --sets bbc_news --topics 20 --seeds 5
    python benchmarks/lda.py --part protocol --data FOLDER         BERTopic's paper: K = 10..50, 3 seeds, bbc_news
    python benchmarks/lda.py --part threads --data FOLDER          one and two threads, on free cores
    python benchmarks/lda.py --part size                           memory and time of generated documents, up to a million

Perplexity: document completion. A tenth of the documents is held out; topic shares come from every second token by the same fold-in for
all tools, with each tool's own document prior; the other tokens are told. NPMI (whole training documents) and diversity: 10 words.
Time: of fitting alone, user CPU beside the wall; `reach` is how many times longer a tool's whole fit takes than ours takes to its
perplexity. Every fit is kept in OUT/lda.json as soon as it is done, so an interrupted run goes on. Peers are the extra `peers`.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lda_sets import FILES, Set, load

Array = npt.NDArray[np.float64]
Fit = tuple[Array, Array]  # topics (n_topics, n_terms), document prior
TOP = 10
PASSES = 500
CHECKS = [5, 10, 15, 20, 25, 30, 35, 40, 50, 60, 80, 100, 130, 160, 200, 250, 300, PASSES]
SAMPLED = (20, 50, 100)  # sampled sweeps after which
KEYS = ("user", "wall", "perplexity", "npmi", "diversity")


def clock() -> Array:
    """User CPU and wall seconds."""
    return np.array([resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.perf_counter()])


@dataclass(frozen=True)
class Task:
    """One fit."""

    name: str
    n_topics: int
    tool: str
    seed: int
    threads: int

    @property
    def key(self) -> str:
        return f"{self.name} {self.n_topics} {self.tool} {self.seed} {self.threads}"


def by_gensim(data: Set, task: Task) -> tuple[Fit, Array]:
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    rows = list(Sparse2Corpus(sparse.csc_matrix(data.train), documents_columns=False))
    options = {"passes": 20, "alpha": "auto", "eta": "auto", "random_state": task.seed, "eval_every": None}
    begin = clock()
    model = LdaModel(rows, id2word=dict(enumerate(data.terms)), num_topics=task.n_topics, **options)
    return (model.get_topics().astype(np.float64), np.asarray(model.alpha, dtype=np.float64)), clock() - begin


def _placed(data: Set, terms: Iterable[str], rows: Array) -> Array:
    column = {term: at for at, term in enumerate(data.terms)}
    topics = np.zeros((len(rows), len(data.terms)))
    topics[:, [column[term] for term in terms]] = rows
    return topics / topics.sum(axis=1, keepdims=True)


def by_tomotopy(data: Set, task: Task) -> tuple[Fit, Array]:
    import tomotopy

    model = tomotopy.LDAModel(k=task.n_topics, seed=task.seed)
    for document in data.documents:
        model.add_doc(document)
    begin = clock()
    model.train(1000, workers=task.threads)
    took = clock() - begin
    rows = np.array([model.get_topic_word_dist(topic) for topic in range(task.n_topics)], dtype=np.float64)
    return (_placed(data, model.used_vocabs, rows), np.asarray(model.alpha, dtype=np.float64)), took


def by_topica(data: Set, task: Task) -> tuple[Fit, Array]:
    import topica

    sampler = task.tool.removeprefix("topica_")
    documents = data.documents
    model = topica.LDA(task.n_topics, seed=task.seed, sampler=sampler, num_threads=task.threads)
    begin = clock()
    model.fit(documents, iters=200 if sampler == "cvb0" else 1000, keep_theta_draws=False)
    took = clock() - begin
    topics = _placed(data, model.vocabulary, np.asarray(model.topic_word, dtype=np.float64))
    return (topics, np.asarray(model.alpha, dtype=np.float64)), took


def by_topics(data: Set, task: Task) -> tuple[Fit, Array, list[list[float]]]:
    """Our own, in legs: the state at the end of one begins the next, which changes no byte, and topics can be looked at between."""
    from topics.models._cvb0_settings import Settings
    from topics.models._inference import default_samples, fit_lda
    from topics.models.lda import ETA, LdaConfig

    samples, tolerance = default_samples(data.train), LdaConfig().tolerance
    fit_lda(data.train[:50], Settings(2, 20, tolerance, None, ETA, 1, start="nmf"))  # imports and compiles
    trace: list[list[float]] = []
    took, state, settled = np.zeros(2), None, False
    legs = [(passes, 0) for passes in CHECKS] + [(CHECKS[-1], number) for number in SAMPLED if number <= samples]
    for passes, sampled in legs:
        if settled and not sampled:
            continue
        times = [clock()]
        found = fit_lda(
            data.train,
            Settings(task.n_topics, passes, tolerance, None, ETA, task.seed, start="nmf", samples=sampled),
            state=state,
            report=lambda *_, times=times: times.append(clock()),  # type: ignore[misc]
        )
        spent = times[-1] - times[0] if state is None else (times[-1] - times[1]) * (len(times) - 1) / max(len(times) - 2, 1)
        took, state = took + spent, found.state
        fit = (found.topic_counts / found.topic_counts.sum(axis=1, keepdims=True), found.alpha)
        settled = found.settled
        trace.append([found.passes + sampled, *took.tolist(), perplexity(data, fit)])
    return fit, took, trace


def perplexity(data: Set, fit: Fit) -> float:
    from topics.models._fold_in import fold_in, log_probability

    shares = fold_in(data.seen, *fit)
    shares[shares.sum(axis=1) == 0] = (fit[1] / fit[1].sum()).astype(np.float32)
    return math.exp(-log_probability(data.told, shares, fit[0]) / float(data.told.sum()))


def words(data: Set, topics: Array) -> tuple[float, float]:
    """Mean NPMI of the top words over whole training documents, and the share of different words among them."""
    present = (data.train > 0).astype(np.float64).tocsc()
    top = np.argsort(-topics, axis=1, kind="stable")[:, :TOP]
    values = []
    for columns in top:
        block = present[:, columns].toarray()
        joint = block.T @ block / present.shape[0]
        single = np.diag(joint)
        for a in range(TOP):
            for b in range(a):
                both = joint[a, b]
                values.append(-1.0 if both <= 0 else 1.0 if both >= 1 else math.log(both / (single[a] * single[b])) / -math.log(both))
    return float(np.mean(values)), len(set(top.ravel().tolist())) / top.size


def _child(task: Task, folders: tuple[Path, Path, Path], results: multiprocessing.Queue[dict[str, object]]) -> None:
    data = load(task.name, folders[0], folders[1])
    trace: list[list[float]] = []
    if task.tool == "topics":
        fit, took, trace = by_topics(data, task)
    else:
        tool: Callable[[Set, Task], tuple[Fit, Array]] = {"gensim": by_gensim, "tomotopy": by_tomotopy}.get(task.tool, by_topica)
        fit, took = tool(data, task)
    npmi, diversity = words(data, fit[0])
    np.savez_compressed(folders[2] / f"{task.key.replace(' ', '_')}.npz", topics=fit[0].astype(np.float32), alpha=fit[1])
    row = {"user": took[0], "wall": took[1], "perplexity": perplexity(data, fit), "npmi": npmi, "diversity": diversity, "trace": trace}
    results.put(row)


class Runs:
    """Fits that are done, on disk; those that are not are made when asked for."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.path, self.topics = args.out / "lda.json", args.out / "topics"
        self.folders = (args.data, args.out / "sets", self.topics)
        self.topics.mkdir(parents=True, exist_ok=True)
        self.done: dict[str, dict[str, object]] = json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else {}

    def get(self, task: Task) -> dict[str, object] | None:
        """Return the row of a fit, None where it failed."""
        if task.key not in self.done:
            threads = {"NUMBA_NUM_THREADS": task.threads, "OMP_NUM_THREADS": task.threads, "OPENBLAS_NUM_THREADS": task.threads}
            os.environ.update({name: str(value) for name, value in threads.items()})
            context = multiprocessing.get_context("spawn")
            results: multiprocessing.Queue[dict[str, object]] = context.Queue()
            process = context.Process(target=_child, args=(task, self.folders, results))
            process.start()
            while process.is_alive() and results.empty():
                process.join(0.2)
            if results.empty():
                print(f"{task.key}: failed", file=sys.stderr)
                return None
            self.done[task.key] = results.get()
            process.join()
            self.path.write_text(json.dumps(self.done, indent=1) + "\n", encoding="utf-8")
        return self.done[task.key]


def reached(trace: list[list[float]], target: float) -> float:
    """User seconds of ours until its perplexity is at most `target`."""
    return next((row[1] for row in trace if row[3] <= target), math.inf)


def quality(runs: Runs, args: argparse.Namespace) -> None:
    print("set\tK\ttool\t" + "\t".join(KEYS) + "\treach", flush=True)
    ratios: dict[str, list[float]] = {}
    for name in args.sets:
        for n_topics in args.topics:
            trace: list[list[float]] = []
            for tool in sorted(args.tools, key=lambda tool: tool != "topics"):
                rows = [row for seed in range(1, args.seeds + 1) if (row := runs.get(Task(name, n_topics, tool, seed, args.threads)))]
                if not rows:
                    continue
                trace = rows[0]["trace"] or trace  # type: ignore[assignment]
                mean = {key: float(np.mean([row[key] for row in rows])) for key in KEYS}  # type: ignore[arg-type]
                ratio = mean["user"] / reached(trace, mean["perplexity"]) if trace and tool != "topics" else math.nan
                if not math.isnan(ratio):
                    ratios.setdefault(tool, []).append(ratio)
                shown = "\t".join(f"{mean[key]:.3f}" if mean[key] < 10 else f"{mean[key]:.1f}" for key in KEYS)
                print(f"{name}\t{n_topics}\t{tool}\t{shown}\t{ratio:.1f}", flush=True)
    for tool, found in ratios.items():
        met = [value for value in found if value > 0]
        mean = math.exp(np.mean(np.log(met))) if met else math.nan
        print(f"{tool}: ours reaches its perplexity in {len(met)} of {len(found)}, there {mean:.1f} times faster (geometric mean)")


def stability(runs: Runs, args: argparse.Namespace) -> None:
    """Correlation of matched document columns over all pairs of seeds, less that after shuffling the documents of one."""
    from scipy.optimize import linear_sum_assignment

    from topics.models._fold_in import fold_in

    def agreement(first: Array, second: Array) -> float:
        similarity = np.nan_to_num(np.corrcoef(first.T, second.T)[: first.shape[1], first.shape[1] :])
        return float(similarity[linear_sum_assignment(-similarity)].mean())

    print("set\tK\ttool\tstability\tshuffled")
    for name in args.sets:
        data = load(name, runs.folders[0], runs.folders[1])
        for n_topics in args.topics:
            for tool in args.tools:
                shares = []
                for seed in range(1, args.seeds + 1):
                    task = Task(name, n_topics, tool, seed, args.threads)
                    if runs.get(task):
                        with np.load(runs.topics / f"{task.key.replace(' ', '_')}.npz") as kept:
                            shares.append(fold_in(data.train, kept["topics"].astype(np.float64), kept["alpha"]).astype(np.float64))
                pairs = [(a, b) for number, a in enumerate(shares) for b in shares[:number]]
                order = np.random.default_rng(1).permutation(data.train.shape[0])
                null = float(np.mean([agreement(a, b[order]) for a, b in pairs]))
                print(f"{name}\t{n_topics}\t{tool}\t{np.mean([agreement(a, b) for a, b in pairs]) - null:.3f}\t{null:.3f}", flush=True)


def threads(runs: Runs, args: argparse.Namespace) -> None:
    """Wall time of one and of two threads, alternately, three times each; the best of each is compared."""
    print("set\tK\tsweep_1\tsweep_2\tratio")
    for name in args.sets:
        for n_topics in args.topics:
            best = {1: math.inf, 2: math.inf}
            for turn in range(3):
                for number, value in best.items():
                    task = Task(name, n_topics, "topics", 1000 + turn, number)
                    row = runs.get(task)
                    if row:
                        trace: list[list[float]] = row["trace"]  # type: ignore[assignment]
                        best[number] = min(value, (trace[-1][2] - trace[0][2]) / (trace[-1][0] - trace[0][0]))
            print(f"{name}\t{n_topics}\t{best[1]:.4f}\t{best[2]:.4f}\t{best[1] / best[2]:.2f}", flush=True)


def generated(n_docs: int, n_terms: int = 50_000, length: int = 100, n_topics: int = 100) -> sparse.csr_array:
    """Documents drawn from planted topics with Zipf's word frequencies, made in blocks so that making them takes little memory."""
    generator = np.random.default_rng(1)
    chances = np.cumsum(1.0 / np.arange(1, n_terms + 1))
    chances /= chances[-1]
    places = np.stack([generator.permutation(n_terms) for _ in range(n_topics)]).astype(np.int32)
    indices, data, sizes = [], [], []
    for begin in range(0, n_docs, 10_000):
        n = min(10_000, n_docs - begin)
        mixed = generator.integers(0, n_topics, (n, 3))
        topics = np.take_along_axis(mixed, generator.integers(0, 3, (n, length)), axis=1)
        terms = places[topics, np.searchsorted(chances, generator.random((n, length)))]
        pairs, times = np.unique(np.arange(n)[:, None] * n_terms + terms, return_counts=True)
        indices.append((pairs % n_terms).astype(np.int32))
        data.append(times.astype(np.int32))
        sizes.append(np.bincount(pairs // n_terms, minlength=n))
    indptr = np.concatenate([[0], np.cumsum(np.concatenate(sizes))])
    return sparse.csr_array((np.concatenate(data), np.concatenate(indices), indptr), shape=(n_docs, n_terms))


def _size(n_docs: int, passes: int, results: multiprocessing.Queue[tuple[float, ...]]) -> None:
    from topics.models._cvb0_settings import Settings
    from topics.models._inference import fit_lda

    counts = generated(n_docs)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    settings = Settings(100, passes, 1e-3, None, 0.03, 1, max_stored=0, start="nmf")
    fit_lda(counts[:200], settings)
    times = [clock()]
    fit_lda(counts, settings, report=lambda *_: times.append(clock()))
    sweep = (times[-1] - times[1]) / (len(times) - 2)
    results.put((counts.nnz, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, *sweep, *(times[1] - times[0])))


def size(runs: Runs, args: argparse.Namespace) -> None:
    """Without stored responsibilities throughout, as a million documents need, so that sizes compare."""
    context, seen = multiprocessing.get_context("spawn"), []
    print("documents\tpairs\tMB of the corpus\tpeak MB\tuser s a sweep\twall s a sweep\tuser s of start and first sweep\twall")
    for n_docs in args.documents:
        results: multiprocessing.Queue[tuple[float, ...]] = context.Queue()
        process = context.Process(target=_size, args=(n_docs, args.passes, results))
        process.start()
        row = results.get()
        process.join()
        seen.append((n_docs, row[3]))
        print(f"{n_docs}\t" + "\t".join(f"{value:,.1f}" for value in row), flush=True)
    if len(seen) > 1:
        exponent = np.polyfit(*np.log(np.array(seen).T), 1)[0]
        print(f"growth exponent of user time in documents: {exponent:.3f}")


def main() -> None:
    """Run one part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=["quality", "stability", "protocol", "threads", "size"], default="quality")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the sets")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "out", help="results and cache")
    parser.add_argument("--sets", nargs="+", default=list(FILES), choices=list(FILES))
    parser.add_argument("--topics", type=int, nargs="+", default=[20, 50, 200])
    parser.add_argument("--tools", nargs="+", default=["topics", "gensim", "tomotopy", "topica_sparse", "topica_cvb0"])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--documents", type=int, nargs="+", default=[62_500, 250_000, 1_000_000])
    parser.add_argument("--passes", type=int, default=4, help="sweeps of --part size")
    args = parser.parse_args()
    parts = {"quality": quality, "stability": stability, "protocol": quality, "threads": threads, "size": size}
    if args.part == "protocol":
        args.sets, args.topics, args.seeds = ["bbc_news"], [10, 20, 30, 40, 50], 3
    parts[args.part](Runs(args), args)


if __name__ == "__main__":
    main()
