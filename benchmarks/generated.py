"""Articles without meaning, as many as wanted: words by their frequency in the sample corpus, dates, names, planted copies."""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

SAMPLE = Path(__file__).resolve().parents[1] / "corpus" / "sample"
WORD = re.compile(r"[^\W\d_]+")
MARKED = re.compile("[ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]")
COPIES = 0.05  # of all articles
RARE = 40_000  # words that the sample lacks, each seen now and then
SENTENCE, PARAGRAPH = 18, 4


def _vocabulary(language: str) -> tuple[list[str], np.ndarray]:
    """Words and their probabilities: the sample's, and a long tail of invented ones."""
    counts: Counter[str] = Counter()
    for path in sorted(SAMPLE.rglob("*.txt")):
        text = path.read_text(encoding="utf-8").lower()
        if bool(MARKED.search(text)) == (language == "vi"):
            counts.update(WORD.findall(text))
    words = [word for word, _ in counts.most_common()]
    ends = ("tion", "ing", "er", "al", "ment") if language == "en" else ("ánh", "ường", "iệc", "ộng", "ảo")
    rare = [f"{words[n % len(words)][:4]}{ends[n % 5]}{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}" for n in range(RARE)]
    weights = np.array([*counts.values(), *(0.3 / (n + 10) ** 0.5 for n in range(RARE))], dtype=np.float64)
    weights[: len(words)] = sorted(counts.values(), reverse=True)
    return words + rare, np.cumsum(weights / weights.sum())


def _article(rng: np.random.Generator, words: list[str], steps: np.ndarray, n_words: int) -> str:
    chosen = np.minimum(np.searchsorted(steps, rng.random(n_words)), len(words) - 1)
    sentences = [" ".join(words[at] for at in chosen[start : start + SENTENCE]).capitalize() + "." for start in range(0, n_words, SENTENCE)]
    return "\n".join(" ".join(sentences[start : start + PARAGRAPH]) for start in range(0, len(sentences), PARAGRAPH))


def articles(n: int, seed: int = 1, n_bytes: int = 3000) -> Iterator[dict[str, str]]:
    """Yield n articles of about n_bytes, half of them Vietnamese; one in twenty repeats an earlier one with another first line."""
    rng = np.random.default_rng(seed)
    vocabularies = {language: _vocabulary(language) for language in ("en", "vi")}
    n_words = {"en": n_bytes * 100 // 640, "vi": n_bytes * 100 // 590}
    recent: list[dict[str, str]] = []
    for number in range(n):
        day = date(2020, 1, 1) + timedelta(days=int(rng.integers(0, 2000)))
        if recent and rng.random() < COPIES:
            made = dict(recent[int(rng.integers(0, len(recent)))], id=str(number), source=f"paper{number % 97}")
            made["text"] = f"Copied by desk {number % 1000}.\n{made['text']}"
        else:
            language = ("en", "vi")[number % 2]
            words, steps = vocabularies[language]
            body = _article(rng, words, steps, n_words[language])
            lead = f"HANOI, {day:%d/%m/%Y} (Wire) - " if language == "en" else f"Sáng {day.day}/{day.month}, "
            text = (
                f"{' '.join(words[:3]).title()} {number}\n{lead}{body}\nTừ tháng {day.month}/{day.year - 1}."
                if language == "vi"
                else f"{lead}{body}"
            )
            made = {"id": str(number), "text": text, "date": day.isoformat(), "source": f"paper{number % 97}"}
            recent = [*recent[-199:], made] if number % 5 == 0 else recent
        yield made


def main() -> None:
    """Write articles as JSON Lines."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("n", type=int)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    with options.out.open("w", encoding="utf-8") as handle:
        for made in articles(options.n):
            handle.write(json.dumps(made, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
