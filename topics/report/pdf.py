"""The report as PDF, by WeasyPrint: an extra, since it needs a library of the system."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from topics.core.errors import MissingPartError

_BESIDE = re.compile(r' href="(?!#|https?://)[^"]*"')  # files beside the report: a PDF would hold the folder of this machine


def write_pdf(page: str, target: Path) -> None:
    """Write a page as it prints, tagged for screen readers; the same page gives the same bytes.

    Raises:
        MissingPartError: WeasyPrint or the system's pango is missing.
    """
    check_pdf()
    from weasyprint import HTML

    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of every rule of style that is for screens
    HTML(string=_BESIDE.sub("", page)).write_pdf(target, pdf_variant="pdf/ua-1")


def check_pdf() -> None:
    """Raise `MissingPartError` where WeasyPrint or the system's pango is missing."""
    try:
        import weasyprint  # noqa: F401 - loads the system's libraries
    except (ImportError, OSError) as error:
        raise MissingPartError(
            "the report as PDF needs WeasyPrint and the system's pango.",
            where="[report] pdf",
            hint="Install topics-trends[pdf] and pango (Debian: apt install libpango-1.0-0 libpangoft2-1.0-0), or set pdf = false.",
        ) from error
