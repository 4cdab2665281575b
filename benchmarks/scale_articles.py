"""Articles drawn from a planted model, fast enough for millions: topics with words of their own over a background of common words.

    python benchmarks/scale_articles.py 100000 FOLDER [--words 100] [--files 8]

Every second article is Vietnamese; a topic has words in both languages. The share of topic 0 rises, topic 1 has a pulse, all others hang
about; 1 in 20 articles is a copy of a recent one in another paper. Documents depend on their number and the seed alone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from generated import MARKED, SAMPLE, WORD  # the same sample words

TOPICS, TOPIC_WORDS, COMMON = 20, 400, 1500
BACKGROUND = 0.5  # of all words
SECOND = 0.25  # of a document's topic words come from a second topic
MONTHS, COPIES, BATCH, SENTENCE, PAPERS = 36, 0.05, 1000, 16, 40
START = date(2021, 1, 1)
ENDS = {"en": ("tion", "ing", "er", "al", "ment", "ance"), "vi": ("ánh", "ường", "iệc", "ộng", "ảo", "ượt")}


@dataclass(frozen=True, eq=False)
class Words:
    """Words of a language: common ones first, then those of each topic; `steps` are where a drawn number between t and t + 1 falls."""

    words: np.ndarray
    common: np.ndarray
    steps: np.ndarray


def words_of(language: str) -> Words:
    """The words of the sample in that language are the background, invented ones the topics."""
    counts: dict[str, int] = {}
    for path in sorted(SAMPLE.rglob("*.txt")):
        text = path.read_text(encoding="utf-8").lower()
        if bool(MARKED.search(text)) == (language == "vi"):
            for word in WORD.findall(text):
                counts[word] = counts.get(word, 0) + 1
    ranked = sorted(counts, key=lambda word: (-counts[word], word))[:COMMON]
    weights = np.array([counts[word] for word in ranked], dtype=np.float64)
    stems = sorted({word[:5] for word in ranked if len(word) > 3})
    n_stems, ends = len(stems), ENDS[language]
    invented = [f"{stems[n % n_stems]}{ends[n // n_stems % 6]}{chr(97 + n // (6 * n_stems) % 26)}" for n in range(TOPICS * TOPIC_WORDS)]
    of_topic = 1.0 / (np.arange(TOPIC_WORDS) + 5.0)
    steps = np.concatenate([topic + np.cumsum(of_topic) / of_topic.sum() for topic in range(TOPICS)])
    return Words(np.array([*ranked, *invented], dtype=object), np.cumsum(weights) / weights.sum(), steps)


def shares() -> np.ndarray:
    """(MONTHS, TOPICS) cumulative shares of the topics in each month."""
    logits = np.zeros((MONTHS, TOPICS))
    logits[:, 0] = np.linspace(-1.0, 1.0, MONTHS)
    logits[20:24, 1] = 1.5
    weights = np.exp(logits)
    return np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)


def _texts(rng: np.random.Generator, words: Words, topics: np.ndarray, n_words: int) -> list[str]:
    n = len(topics)
    second = (topics + rng.integers(1, TOPICS, n)) % TOPICS
    topic = np.where(rng.random((n, n_words)) < SECOND, second[:, None], topics[:, None])
    drawn = len(words.common) + np.searchsorted(words.steps, topic + rng.random((n, n_words)))
    common = np.searchsorted(words.common, rng.random((n, n_words)))
    chosen = words.words[np.where(rng.random((n, n_words)) < BACKGROUND, common, np.minimum(drawn, len(words.words) - 1))]
    return [
        "\n".join(" ".join(row[at : at + SENTENCE]).capitalize() + "." for at in range(0, n_words, SENTENCE)) for row in chosen.tolist()
    ]


def articles(n: int, n_words: int = 100, seed: int = 1) -> Iterator[dict[str, str]]:
    """Yield n articles; batch by batch, each from a generator of its own."""
    vocabularies, courses = {language: words_of(language) for language in ("en", "vi")}, shares()
    for start in range(0, n, BATCH):
        rng = np.random.default_rng([seed, start])
        days = rng.integers(0, MONTHS * 30, BATCH)
        topics = (rng.random(BATCH)[:, None] > courses[np.minimum(days // 30, MONTHS - 1)]).sum(axis=1)
        copied, papers = rng.random(BATCH) < COPIES, rng.integers(0, PAPERS, BATCH)
        texts = [""] * BATCH
        for which, language in enumerate(("en", "vi")):
            texts[which::2] = _texts(rng, vocabularies[language], topics[which::2], n_words)
        for place in range(min(BATCH, n - start)):
            source = place - 2 if copied[place] and place >= 2 else place
            day = START + timedelta(days=int(days[source]))
            yield {
                "id": str(start + place),
                "text": texts[source],
                "date": day.isoformat(),
                "source": f"paper{papers[place]}",
            }


def write(n: int, folder: Path, n_words: int, files: int) -> None:
    """Write JSON Lines files."""
    folder.mkdir(parents=True, exist_ok=True)
    size = -(-n // files)
    handle = None
    for number, made in enumerate(articles(n, n_words)):
        if number % size == 0:
            if handle:
                handle.close()
            handle = (folder / f"part{number // size:03d}.jsonl").open("w", encoding="utf-8")
        assert handle is not None
        handle.write(json.dumps(made, ensure_ascii=False) + "\n")
    if handle:
        handle.close()


def main() -> None:
    """Write articles as JSON Lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("n", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--words", type=int, default=100)
    parser.add_argument("--files", type=int, default=8)
    options = parser.parse_args()
    write(options.n, options.folder, options.words, options.files)


if __name__ == "__main__":
    main()
