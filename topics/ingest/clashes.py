"""Records under one given id: copies of one article, or articles of which only the user can say which one is meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from topics.core.contracts import Rejected
from topics.core.hashing import digest
from topics.ingest.documents import Made, Settings
from topics.ingest.spool import Spool

PLACES = 5  # named in a message
SUFFIX_DIGITS = 8
HINT = 'Give each article its own id, or set clashing_ids = "suffix" for the source.'


@dataclass(frozen=True, slots=True)
class _Holder:
    """A record that holds an id; `same` is equal for copies, whatever the source is called."""

    place: tuple[str, int, int, int]  # file, record, first and last byte
    number: int
    same: str
    content_hash: str
    raw: bytes


def _holder(number: int, made: Made) -> _Holder:
    info, origin, text = made.document.info, made.origin, made.document.text
    when = (info.date.point, info.date.earliest, info.date.latest, origin.dated.waiting)
    same = digest([text, origin.fields.get("title", ""), str(when)])
    return _Holder((info.file, info.record, origin.byte_start, origin.byte_end), number, same, info.content_hash, text.encode()[:200])


def settle_ids(spool: Spool, settings: Mapping[str, Settings]) -> tuple[int, list[Rejected]]:
    """Leave at most one candidate under each id, and return the number of copies dropped and what had to be rejected.

    Copies of one article count once. Different articles are rejected, all of them: none can be the one that is meant; those of a source
    with `clashing_ids = "suffix"` get their ids lengthened instead, by their content, so that no order matters.

    Args:
        spool: candidates, one of each content.
        settings: by file key.
    """
    names = dict(spool.clashes())
    groups: dict[str, dict[str, _Holder]] = defaultdict(dict)
    lengthened: set[int] = set()
    for number, made in spool.documents(list(names)):
        holder = _holder(number, made)
        group = groups[names[number]]
        group[holder.same] = min(holder, group.get(holder.same, holder), key=lambda one: (one.place, one.number))
        if settings[made.origin.file_key].source.clashing_ids == "suffix":
            lengthened.add(number)
    kept: list[tuple[int, str]] = []
    rejected: list[Rejected] = []
    for name, group in sorted(groups.items()):
        clashing = [one for one in group.values() if len(group) > 1]
        kept += [(one.number, f"{name}-{one.content_hash[:SUFFIX_DIGITS]}") for one in clashing if one.number in lengthened]
        rest = [one for one in group.values() if len(group) == 1 or one.number not in lengthened]
        kept += [(one.number, name) for one in rest if len(rest) == 1]
        rejected += _reject(name, sorted(rest, key=lambda one: one.place)) if len(rest) > 1 else []
    spool.admit(kept)
    return len(names) - len(kept) - len(rejected), rejected


def _reject(name: str, holders: Sequence[_Holder]) -> list[Rejected]:
    places = ", ".join(f"{one.place[0]}:{one.place[1]}" for one in holders[:PLACES])
    more = f" and {len(holders) - PLACES:,} more" if len(holders) > PLACES else ""
    message = f"the id {name!r} stands for {len(holders):,} different articles: {places}{more}"
    return [Rejected(*one.place, "duplicate_id", message, HINT, one.raw) for one in holders]
