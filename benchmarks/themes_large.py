"""Time and memory of scoring 100,000 documents for ten themes, with evidence, once the scorers are fitted.

    python benchmarks/themes_large.py --data FOLDER [--documents 100000] [--engine processes]

Documents are those of vn_daily_news, en_daily_rss and newsgroups20 as a study reads them, in this order, as many as are asked for; themes
are the three of `reports/themes`, and the four of vn_daily_news and three of bbc_raw in `themes.toml`. `terms`: their terms looked for in
all texts; `scores`: the four scorers; `evidence`: the best sentence of each document and theme that a scorer finds. Each in seconds of wall
time; user seconds of all processes; the peak of this one in MB. Reading, preparing and fitting come before and are kept in OUT.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import sys
import time
import tomllib
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from topics.engine import Engine
from topics.findings import find_themes
from topics.pipeline import Study
from topics.study import open_study
from topics.theming import theme_documents

ROOT = Path(__file__).resolve().parents[1]
SETS = ("vn_daily_news", "en_daily_rss", "newsgroups20")


def write_study(data: Path, out: Path, n: int) -> Path:
    """Write the documents into one file, and a study that reads it."""
    out.mkdir(parents=True, exist_ok=True)
    files = [path for name in SETS for path in sorted((data / name).glob("*.jsonl.gz"))]
    lines = (line for path in files for line in gzip.decompress(path.read_bytes()).decode("utf-8").split("\n") if line)
    with (out / "documents.jsonl").open("w", encoding="utf-8") as written:
        for line in islice(lines, n):
            row = json.loads(line)
            written.write(json.dumps({key: row[key] for key in ("text", "date", "source") if row.get(key)}, ensure_ascii=False) + "\n")
    listed = tomllib.loads((ROOT / "benchmarks" / "themes.toml").read_text(encoding="utf-8"))
    themes = {**listed["vn_daily_news"], **{key: listed["bbc_raw"][key] for key in ("business", "politics", "sport")}}
    tables = "".join(
        f"[[themes]]\nkey = {json.dumps(key)}\nlabel = {{ en = {json.dumps(key)} }}\n[themes.terms]\n"
        + "".join(f"{code} = {json.dumps(listed, ensure_ascii=False)}\n" for code, listed in terms.items())
        for key, terms in themes.items()
    )
    ready = json.dumps([str(path) for path in sorted((ROOT / "reports" / "themes").glob("*.toml"))])
    study = out / "study.toml"
    head = f'[study]\nname = "themes_large"\ntheme_files = {ready}\n[[sources]]\npath = "documents.jsonl"\nformat = "jsonl"\n'
    study.write_text(head + tables + "[models.lda]\ntopics = 30\n", encoding="utf-8")
    return study


def measure(study: Study, engine: Engine) -> list[float]:
    """Seconds of looking for terms, scoring, and looking for evidence."""
    preparation, prepared, model = study.preparation, study.prepared, study.themed.model
    times = [time.perf_counter()]
    documents = theme_documents(study.corpus, study.themes, prepared, engine)
    times.append(time.perf_counter())
    model.score(documents)
    times.append(time.perf_counter())
    find_themes(study.corpus, model, documents, preparation)  # scores once more
    times.append(time.perf_counter())
    return [times[1] - times[0], times[2] - times[1], times[3] - times[2] - (times[2] - times[1])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the sets")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "out" / "themes_large", help="the study and its artefacts")
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--engine", choices=["local", "processes"], default="processes")
    args = parser.parse_args()
    path = args.out / "study.toml"
    if not path.is_file():
        path = write_study(args.data, args.out, args.documents)
    engine = Engine(args.engine)
    study = open_study(path)
    study.engine = engine
    before = sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    study.themed  # noqa: B018 - fits, or finds what is kept
    fitted = sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    terms, scores, evidence = measure(study, engine)
    used = sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) - fitted
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write("documents\tthemes\tterms\tscores\tevidence\ttogether\tuser\tuser before\tpeak MB\n")
    row = (len(study.corpus), len(study.themes), terms, scores, evidence, terms + scores + evidence, used, fitted - before, peak)
    sys.stdout.write("\t".join(f"{value:,.1f}" if isinstance(value, float) else str(value) for value in row) + "\n")


if __name__ == "__main__":
    main()
