"""Which stories of a corpus may be one event told in two languages."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from topics.core.documents import Corpus, DocumentInfo
from topics.engine import chunked
from topics.ingest.stories.events import EventPair, find_events, name_events
from topics.ingest.stories.mentions import MentionSets, mention_sets

CHUNK = 500


def propose_events(corpus: Corpus, languages: Collection[str]) -> tuple[EventPair, ...]:
    """Return pairs of stories of two of the languages, best first; none where the corpus has fewer. Nothing is merged.

    The texts are streamed twice: once for what they mention, once for the words of the proposed ones.
    """
    infos: list[DocumentInfo] = [info for info in corpus.infos if info.canonical and info.language in languages]
    if len({info.language for info in infos}) < 2:
        return ()
    rows = {info.id: number for number, info in enumerate(infos)}
    told = (document for document in corpus if document.info.id in rows)
    parts = [mention_sets([document.kept() for document in chunk]) for chunk in chunked(told, CHUNK)]
    sets = MentionSets(np.concatenate([part.keys for part in parts]), np.concatenate([part.sizes for part in parts]))
    candidates = find_events(infos, sets)
    wanted = {infos[found.b].id for found in candidates}
    texts = {rows[document.info.id]: document.kept() for document in corpus if document.info.id in wanted}
    return name_events(candidates, infos, sets, texts)
