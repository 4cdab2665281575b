"""Documents of planted themes: words of their own, few of which the analyst names."""

from __future__ import annotations

import numpy as np

from tests.conftest import corpus_from, make_document
from topics.core.documents import Corpus
from topics.core.themes import Theme

OWN = {
    "harbours": ["harbour", "crane", "berth", "pilot", "cargo", "quay", "dredger", "anchor", "freight", "tugboat"],
    "orchards": ["orchard", "apple", "blossom", "pruning", "cider", "pear", "harvest", "ladder", "basket", "grafting"],
}
OTHERS = ["council", "budget", "school", "bridge", "library", "museum", "tram", "festival", "stadium", "clinic", "tax", "permit"]
COMMON = ["monday", "people", "said", "year", "plan", "city", "report", "group", "week", "money"]
THEMES = tuple(Theme(key, {}, {"en": words[:2]}) for key, words in OWN.items())  # two words of ten are named


def planted(n: int = 240, seed: int = 1, length: int = 24) -> tuple[Corpus, np.ndarray]:
    """Return a corpus of `n` documents, a third a theme and a third without, and (n, 2) which theme each is of.

    One document in ten of a theme has none of its terms; three in ten of the others mention one in passing.
    """
    random = np.random.default_rng(seed)
    texts, kinds = [], []
    for number in range(n):
        kind = number % 3
        own = (*OWN.values(), OTHERS)[kind]
        words = [str(random.choice(own if random.random() < 0.5 else COMMON)) for _ in range(length)]
        if kind == len(OWN) and random.random() < 0.3:
            words[int(random.integers(length))] = str(random.choice([word for own in OWN.values() for word in own[:2]]))
        texts.append(". ".join(" ".join(words[at : at + 8]).capitalize() for at in range(0, length, 8)) + f". {number} end.")
        kinds.append(kind)
    documents = [make_document(text, source=str(number)) for number, text in enumerate(texts)]
    kind_of = {document.info.id: kind for document, kind in zip(documents, kinds, strict=True)}
    corpus = corpus_from(documents)
    return corpus, np.array([[kind_of[identifier] == theme for theme in range(2)] for identifier in corpus.ids])
