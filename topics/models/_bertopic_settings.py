"""Settings of BERTopic."""

from __future__ import annotations

from typing import Annotated

import msgspec

from topics.core.sampling import SAMPLE

SHARE, ROOT = 0.015, 2.0  # a cluster is 1.5 % of the documents of its language, in large corpora twice their square root
TopicCount = Annotated[int, msgspec.Meta(ge=2)]


class BertopicConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[models.bertopic]` of a study.

    Args:
        topics: how many topics, or the least and most; by default as many as modularity finds.
        min_topic_size: fewest documents of a cluster that HDBSCAN proposes, and so of a topic; 0 grows it with the documents of the
            language: 1.5 % of them, from 18,000 on 2 sqrt(n), at least 5; less where many `topics` are asked for, and halved while
            HDBSCAN finds fewer clusters than those. HDBSCAN takes no less than 2, so 1 means 2.
        n_neighbors: UMAP's neighbourhood: larger means broader topics.
        n_components: UMAP's dimensions.
        sample: most distinct articles that UMAP and HDBSCAN are fitted on, drawn evenly from every month, source and language; the rule
            that places new articles places all others.
    """

    topics: TopicCount | tuple[TopicCount, ...] | None = None  # msgspec reads wrong memory for a pair of bounded numbers in a union
    min_topic_size: Annotated[int, msgspec.Meta(ge=0)] = 0
    n_neighbors: Annotated[int, msgspec.Meta(ge=2, le=200)] = 15
    n_components: Annotated[int, msgspec.Meta(ge=2, le=50)] = 5
    sample: Annotated[int, msgspec.Meta(ge=50)] = SAMPLE

    def __post_init__(self) -> None:
        if isinstance(self.topics, tuple) and (len(self.topics) != 2 or self.topics[0] > self.topics[1]):
            raise ValueError(f"topics is {list(self.topics)}, allowed are one number, or the least and the most")

    @property
    def bounds(self) -> tuple[int, int] | None:
        """The least and most topics, None where modularity decides."""
        return (self.topics, self.topics) if isinstance(self.topics, int) else (self.topics[0], self.topics[1]) if self.topics else None

    @property
    def asked(self) -> str:
        """The number of topics, or the range, in words; empty where modularity decides."""
        least, most = self.bounds or (0, 0)
        return f"{least} to {most}" if least < most else str(most or "")

    def topic_size(self, n_docs: int, n_all: int | None = None) -> int:
        """Return the minimum that holds for so many documents of a language, of `n_all` in all."""
        if self.min_topic_size:
            return max(2, self.min_topic_size)
        size = max(5, round(min(SHARE * n_docs, ROOT * n_docs**0.5)))
        room = (n_all or n_docs) // (4 * self.bounds[1]) if self.bounds else size  # about four times as many clusters fit as are asked for
        return int(max(2, min(size, room)))
