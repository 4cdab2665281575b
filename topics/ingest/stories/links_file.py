"""What is known of copies, kept beside the sketches, so that added documents cost only themselves."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np

from topics.core.errors import DataError
from topics.ingest.stories.links import Links
from topics.ingest.stories.rules import CLOSE, LOOSE

_HINT = "Delete the file; copies are found anew from the sketches."
_ARRAYS = tuple(sorted(field.name for field in fields(Links) if field.name != "n_compared"))


def write_links(path: Path, links: Links) -> None:
    """Write links as safetensors."""
    from safetensors.numpy import save_file

    save_file({name: np.ascontiguousarray(getattr(links, name)) for name in _ARRAYS}, str(path))


def read_links(path: Path) -> Links:
    """Read what `write_links` wrote.

    Raises:
        DataError: missing, damaged, or no links at all.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        arrays = load_file(str(path))
    except (OSError, SafetensorError) as error:
        raise DataError(f"not readable as safetensors: {error}.", where=str(path), hint=_HINT) from error
    wanted = {name: np.dtype(np.int64) for name in _ARRAYS}
    if {name: array.dtype for name, array in arrays.items()} != wanted or any(array.ndim != 1 for array in arrays.values()):
        raise DataError(f"holds {sorted(arrays)}, expected one row each of {', '.join(_ARRAYS)}.", where=str(path), hint=_HINT)
    links = Links(**arrays)
    pairs = len(links.first) == len(links.second) and len(links.undated) == len(links.holder) == len(links.closeness)
    named = np.concatenate([links.first, links.second, links.undated, links.holder])
    known = len(links.rows) == len(links.days) == len(np.unique(links.rows)) and bool(np.isin(named, links.rows).all())
    if not (pairs and known and bool((links.rows >= 0).all()) and bool(np.isin(links.closeness, (LOOSE, CLOSE)).all())):
        raise DataError("rows, pairs and similarities do not fit together.", where=str(path), hint=_HINT)
    return links
