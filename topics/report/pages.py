"""Which files a report consists of: a page for each language, its figures, and what the study asks for besides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from topics.claims.reading import Tables
from topics.claims.records import Claim
from topics.pipeline import Study
from topics.report.figures import Figure, make_figures
from topics.report.material import Material
from topics.report.pdf import write_pdf
from topics.report.render import Place, render_report
from topics.report.wording import Wording
from topics.report.workbook import check_workbook, write_workbook
from topics.viz.style import png

FILES = ("index.html", "index.vi.html", "index.pdf", "index.vi.pdf", "tables.xlsx")  # that a report may have at its top


def write_pages(study: Study, tables: Tables, claims: Sequence[Claim], folder: Path) -> None:
    """Write the report: `index.html`, in a second language `index.vi.html`, and their figures; workbook and PDF where they are asked for.

    Args:
        study: a finished one.
        tables: its tables of trends and labels.
        claims: made from these.
        folder: has `tables/` already.

    Raises:
        MissingPartError: a PDF is asked for and WeasyPrint or the system's pango is missing.
        DataError: a workbook is asked for and a table has more rows than a sheet holds; nothing was drawn.
    """
    if study.config.report.workbook:
        check_workbook(folder / "tables")
    report, names = study.config.report, sorted(path.name for path in (folder / "tables").iterdir())
    for number, (name, language) in enumerate(report.pages.items()):
        material = Material(study, tables, claims, Wording(language))
        figures = make_figures(material)
        place = Place(
            folder=f"figures/{language}" if number else "figures",
            tables=names,
            other_page=next((other for other in report.pages if other != name), ""),
            pdf=str(Path(name).with_suffix(".pdf")) if report.pdf else "",
        )
        _write_figures(figures, folder / place.folder)
        page = render_report(material, figures, place)
        (folder / name).write_text(page, encoding="utf-8", newline="\n")
        if place.pdf:
            write_pdf(page, folder / place.pdf)
    if report.workbook:
        write_workbook(folder / "tables", folder / "tables.xlsx")


def _write_figures(figures: dict[str, Figure], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for figure in figures.values():
        drawn = figure.svg
        (folder / f"{figure.name}.svg").write_text(drawn + "\n", encoding="utf-8", newline="\n")
        (folder / f"{figure.name}.png").write_bytes(png(drawn))
        (folder / f"{figure.name}.csv").write_text(figure.numbers.csv(), encoding="utf-8", newline="\n")
