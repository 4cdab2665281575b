"""Time and peak memory of one fit to many documents with given vectors, each tool in a process of its own.

    python benchmarks/bertopic_large.py --data FOLDER [--set newsgroups20] [--documents 100000] [--tools topics bertopic]

Documents are drawn from a set again and again; each has the terms of the one it was drawn from and its vector with noise, such that the
cosine of the two is about .8. `wall` and `user`: seconds of the fit, imports and compiling done before it. `peak MB`: of the process that
holds the documents and fits them; `before`: what it held when the fit began. Ours writes into its card how the topics came about.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bertopic_peers import FITS
from bertopic_sets import FILES, Choice, Data, load

from topics.core.documents import Corpus, DocumentInfo
from topics.core.errors import TopicsError
from topics.core.matrices import DocTermMatrix, Embeddings, PreparedCorpus, Vocabulary
from topics.models._compiled import keep_compiled

NOISE = 0.75  # length of the noise beside a vector of length 1
NAMES = ("counts.npz", "vectors.npy", "terms.json", "labels.npy")


def write(data: Data, n: int, folder: Path) -> None:
    """Draw `n` documents and keep them, so that the process that fits holds nothing else."""
    random = np.random.default_rng(1)
    rows = random.integers(len(data.labels), size=n)
    vectors = data.vectors[rows].astype(np.float32)
    vectors += random.standard_normal(vectors.shape, dtype=np.float32) * np.float32(NOISE / vectors.shape[1] ** 0.5)
    vectors /= np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    folder.mkdir(parents=True, exist_ok=True)
    sparse.save_npz(folder / NAMES[0], sparse.csr_matrix(data.prepared.dtm.counts[rows]))
    np.save(folder / NAMES[1], vectors)
    (folder / NAMES[2]).write_text(json.dumps([data.prepared.dtm.vocabulary.terms, data.prepared.dtm.vocabulary.languages]))
    np.save(folder / NAMES[3], data.labels[rows])


def read(folder: Path, *, as_lists: bool) -> Data:
    """The documents as they were drawn; lists of terms for tools that read them."""
    counts = sparse.csr_array(sparse.load_npz(folder / NAMES[0]), dtype=np.int32)
    vectors, labels = np.load(folder / NAMES[1]), np.load(folder / NAMES[3])
    terms, languages = json.loads((folder / NAMES[2]).read_text())
    infos = tuple(DocumentInfo(id=f"{n:08}", content_hash=f"{n:08}", file="f", record=1, language=languages[0]) for n in range(len(labels)))
    corpus = Corpus(infos, ())
    dtm = DocTermMatrix(counts, corpus.ids, Vocabulary(tuple(terms), tuple(languages)))
    named, ends = np.array(terms), counts.indptr
    documents = [np.repeat(named[counts.indices[a:b]], counts.data[a:b]).tolist() for a, b in pairwise(ends)]
    prepared = PreparedCorpus(corpus, dtm, Embeddings(vectors, corpus.ids, "given"), np.zeros(len(labels), dtype=np.float32), "large")
    return Data(prepared, documents if as_lists else [], labels, np.zeros((0, vectors.shape[1]), dtype=np.float32))


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def child(tool: str, folder: Path) -> None:
    from sklearn.metrics import adjusted_mutual_info_score

    warnings.filterwarnings("ignore")
    keep_compiled()
    data = read(folder, as_lists=tool != "topics")
    try:
        FITS[tool](data.first(1000), 1, 0)
    except TopicsError as error:
        sys.stderr.write(f"{tool}, small fit: {error}\n")
    before, used, start = peak(), resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.perf_counter()
    labels, _ = FITS[tool](data, 1, 0)
    wall, user = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_utime - used
    after, ami = peak(), float(adjusted_mutual_info_score(data.labels, labels))
    row = [tool, len(labels), int(labels.max()) + 1, f"{(labels < 0).mean():.3f}", f"{ami:.3f}"]
    sys.stdout.write("\t".join(map(str, [*row, f"{wall:.0f}", f"{user:.0f}", f"{before:.0f}", f"{after:.0f}"])) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the sets")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "out", help="the documents drawn")
    parser.add_argument("--set", default="newsgroups20", choices=list(FILES))
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--tools", nargs="+", default=["topics", "bertopic"], choices=list(FITS))
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    args = parser.parse_args()
    folder = args.out / f"large_{args.set}_{args.documents}"
    if args.child:
        child(args.child, folder)
        return
    if not all((folder / name).is_file() for name in NAMES):
        write(load(args.set, Choice(args.data, args.out)), args.documents, folder)
    sys.stdout.write("tool\tdocuments\ttopics\toutliers\tami\twall\tuser\tbefore\tpeak MB\n")
    sys.stdout.flush()
    for tool in args.tools:
        # A process started from a small one: a child's ru_maxrss is never less than what its parent held.
        command = [sys.executable, __file__, "--out", str(args.out), "--set", args.set, "--documents", str(args.documents), "--child", tool]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
