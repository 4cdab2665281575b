"""One number changed by hand, wherever it stands, is objected to by the name of the claim, the cell and both values."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.claims.planted import SETTING, changed, rows_of, text_of
from topics.artifacts.manifest import Provenance, make_manifest, read_manifest, write_manifest
from topics.claims.check import check_cells, check_page, check_statistics, check_tables, made_with, objections, verify_report
from topics.claims.make import claim_tables, kinds, make_claims
from topics.claims.reading import Tables, stem_of
from topics.claims.records import Claim
from topics.core.errors import DataError

Claims = tuple[Claim, ...]
Edit = Callable[[Path], tuple[str, ...]]


@pytest.fixture
def report(sample_run: Path, tmp_path: Path) -> Path:
    """A copy of the report of the sample study."""
    folder = tmp_path / "report"
    shutil.copytree(sample_run, folder)
    return folder


@pytest.fixture
def light(sample_run: Path, tmp_path: Path) -> Path:
    """The same without what claims do not read."""
    folder = tmp_path / "light"
    shutil.copytree(sample_run, folder, ignore=shutil.ignore_patterns("artifacts", "figures"))
    return folder


def edit(folder: Path, name: str, claim: dict[str, str], column: str, value: str) -> str:
    """Change one cell of a table; return what it was."""
    path = folder / "tables" / f"{name}.csv"
    rows = rows_of(path.read_text(encoding="utf-8"))
    row = next(row for row in rows if all(row[key] == text for key, text in claim.items()))
    old, row[column] = row[column], value
    path.write_text(text_of(rows), encoding="utf-8")
    return old


def claim_of(folder: Path, **wanted: str) -> dict[str, str]:
    rows = rows_of((folder / "tables" / "claims.csv").read_text(encoding="utf-8"))
    return next(row for row in rows if all(row[key] == value for key, value in wanted.items()))


BURST = {"statistic": "burst", "source": "combined", "series": "restructuring", "language": "all"}
GROWTH = {"statistic": "growth", "source": "combined", "series": "training"}
KEY = {"kind": "theme", "series": "training", "language": "all"}


def in_statistics(folder: Path) -> tuple[str, ...]:
    old = edit(folder, "statistics_combined", {**KEY, "statistic": "growth"}, "value", "0.7")
    return claim_of(folder, **GROWTH)["claim"], "tables/statistics_combined.csv, row theme|training|all|growth, column value", old, "0.7"


def in_bursts(folder: Path) -> tuple[str, ...]:
    claim = claim_of(folder, **BURST)
    old = edit(folder, "bursts_combined", {"series": "restructuring", "language": "all", "start": claim["start"]}, "q", "0.0125")
    return claim["claim"], "tables/bursts_combined.csv", "column q", old, "0.0125"


def in_the_shares(folder: Path) -> tuple[str, ...]:
    old = edit(folder, "trends_combined", {**KEY, "period": "2025-05"}, "share", "0.123")
    return claim_of(folder, **GROWTH)["claim"], "tables/trends_combined.csv, row theme|training|all|2025-05, column share", old, "0.123"


def in_what_shares_rest_on(folder: Path) -> tuple[str, ...]:
    edit(folder, "trends_combined", {**KEY, "period": "2024-02"}, "n_info", "900")
    value = claim_of(folder, **GROWTH)["value"]
    return claim_of(folder, **GROWTH)["claim"], "row theme|training|all|growth, column value, from trends", value


def in_the_claim(folder: Path) -> tuple[str, ...]:
    claim = claim_of(folder, **GROWTH)
    edit(folder, "claims", {"claim": claim["claim"]}, "value", "0.7")
    return claim["claim"], f"tables/claims.csv, row {claim['claim']}, column value", "0.7", claim["value"]


def in_the_claims_sentence(folder: Path) -> tuple[str, ...]:
    claim = claim_of(folder, **GROWTH)
    forged = claim["sentence_vi"].replace("khoảng tin cậy 95 % từ 0", "khoảng tin cậy 95 % từ 1")
    edit(folder, "claims", {"claim": claim["claim"]}, "sentence_vi", forged)
    return claim["claim"], "column sentence_vi", claim["sentence_vi"], forged


def in_the_claims_cell(folder: Path) -> tuple[str, ...]:
    claim = claim_of(folder, **GROWTH)
    old = edit(folder, "claim_cells", {"claim": claim["claim"], "column": "value"}, "value", "0.7")
    return claim["claim"], "tables/statistics_combined.csv, row theme|training|all|growth, column value", "0.7", old


def in_the_variants(folder: Path) -> tuple[str, ...]:
    claim = claim_of(folder, **BURST)["claim"]
    old = edit(folder, "robustness", {"claim": claim, "source": "lda", "period": "quarter"}, "value", "-0.5")
    return claim, "tables/robustness.csv", "column value", old, "-0.5"


def in_the_reports_sentence(folder: Path) -> tuple[str, ...]:
    claim, path = claim_of(folder, **GROWTH), folder / "index.html"
    ratio = f"odds ratio {float(claim['value']):.2f} a year"
    text = path.read_text(encoding="utf-8")
    assert ratio in text
    path.write_text(text.replace(ratio, "odds ratio 0.99 a year"), encoding="utf-8")
    return claim["claim"], "index.html, sentence [en]", ratio, "odds ratio 0.99 a year"


def in_the_vietnamese_sentence(folder: Path) -> tuple[str, ...]:
    claim, path = claim_of(folder, **BURST), folder / "index.vi.html"
    text = path.read_text(encoding="utf-8")
    assert claim["sentence_vi"] in text
    forged = re.sub(r"\d+%", "99%", claim["sentence_vi"], count=1)
    path.write_text(text.replace(claim["sentence_vi"], forged), encoding="utf-8")
    return claim["claim"], "index.vi.html, sentence [vi]", forged


EDITS = (
    in_statistics, in_bursts, in_the_shares, in_what_shares_rest_on, in_the_claim, in_the_claims_sentence,
    in_the_claims_cell, in_the_variants, in_the_reports_sentence, in_the_vietnamese_sentence,
)  # fmt: skip


@pytest.mark.parametrize("forge", EDITS, ids=[item.__name__ for item in EDITS])
def test_a_number_changed_by_hand_is_objected_to(light: Path, forge: Edit) -> None:
    expected = forge(light)
    said = "\n".join(item.sentence() for item in objections(light))
    assert f"claim {expected[0]}: " in said
    assert all(part in said for part in expected), said


@pytest.mark.parametrize("resealed", [False, True])
@pytest.mark.parametrize("forge", [in_the_shares, in_the_reports_sentence], ids=["shares", "report"])
def test_verifying_objects_whether_or_not_the_manifest_was_forged_too(report: Path, forge: Edit, resealed: bool) -> None:
    claim = forge(report)[0]
    if resealed:
        old = read_manifest(report)
        origin = Provenance(msgspec.Raw(old.config.encode()), old.seed, old.inputs, old.versions)
        write_manifest(report, make_manifest(report, "report", origin))
    with pytest.raises(DataError) as error:
        verify_report(report)
    assert "the claim says" in str(error.value)
    assert any(item.claim == claim for item in objections(report))


def test_an_untouched_report_verifies(sample_run: Path) -> None:
    assert verify_report(sample_run).kind == "report"
    assert objections(sample_run) == []
    assert verify_report(sample_run / "artifacts" / "lda").kind == "lda"


def test_the_command_names_claim_cell_and_both_values(report: Path) -> None:
    claim, place, old, new = in_statistics(report)
    done = subprocess.run(
        [sys.executable, "-m", "topics", "verify", str(report)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 3
    assert f"claim {claim}: {place}: the claim says '{old}', found is '{new}'" in done.stderr


def test_a_file_that_no_claim_reads_is_named_as_before(report: Path) -> None:
    (report / "tables" / "documents.csv").write_text("id\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"tables/documents\.csv.*differs from the manifest"):
        verify_report(report)


@pytest.mark.parametrize("name", ["tables/claims.csv", "tables/trends_lda.csv", "index.html"])
def test_a_missing_or_broken_file_is_named(report: Path, name: str) -> None:
    (report / name).write_bytes(b"\xff\xfe broken\n1,2,3,4,5,6,7\n")
    with pytest.raises(DataError):
        verify_report(report)
    (report / name).unlink()
    with pytest.raises(DataError):
        verify_report(report)


# --- each kind of claim ---------------------------------------------------------------------------------------------------------------


def test_statistics_follow_from_the_trends_beside_them(tables: dict[str, str], claims: Claims) -> None:
    assert list(check_statistics(Tables(tables), claims, SETTING)) == []


FORGED = {
    "growth": ("statistics_combined", {"series": "water", "language": "all", "statistic": "growth"}, "high", "9.9"),
    "change_point": ("change_points_combined", {"series": "fire", "language": "all"}, "before", "0.01"),
    "burst": ("bursts_combined", {"series": "spark", "language": "all"}, "usual", "0.011"),
    "emergence": ("emergence_combined", {"series": "spark", "language": "all"}, "growth", "2.5"),
    "lead": ("lead_lag_combined", {"series": "tide"}, "lag", "1"),
    "event": ("event_effects_combined", {"series": "fire", "language": "all", "effect": "level"}, "low", "1.01"),
    "change_parts": ("change_parts_combined", {"series": "water", "part": "theme"}, "value", "0.02"),
}


def test_there_is_a_forgery_of_each_kind() -> None:
    assert set(FORGED) == set(kinds())


@pytest.mark.parametrize("statistic", FORGED)
def test_a_statistic_that_does_not_follow_from_its_trends_is_objected_to(tables: dict[str, str], statistic: str) -> None:
    """Whoever changes a table and makes the claims anew from it is still found out by the trends."""
    name, where, column, value = FORGED[statistic]
    forged = changed(tables, name, where, **{column: value})
    only = {key: text for key, text in forged.items() if stem_of(key) in ("", "trends", "side_trends") or key == name}
    anew = make_claims(only, SETTING)
    found = list(check_statistics(Tables(forged), anew, SETTING))
    assert {item.claim.split("-")[0] for item in found} == {statistic}
    assert all(name in item.where for item in found)
    assert any(value in (item.said, item.found) or statistic == "change_parts" for item in found)


@pytest.mark.parametrize("statistic", FORGED)
def test_a_changed_cell_is_objected_to_by_its_place(tables: dict[str, str], claims: Claims, statistic: str) -> None:
    name, where, column, value = FORGED[statistic]
    stored = rows_of(dict(claim_tables(claims))["claim_cells.csv"])
    assert list(check_cells(Tables(tables), stored)) == []
    found = list(check_cells(Tables(changed(tables, name, where, **{column: value})), stored))
    assert found
    assert all(item.where.startswith(f"tables/{name}.csv, row ") and item.where.endswith(f", column {column}") for item in found)
    assert {item.found for item in found} == {value}
    assert statistic in {item.claim.split("-")[0] for item in found}


def test_a_claim_that_was_added_or_left_out_is_objected_to(claims: Claims) -> None:
    made = {name.removesuffix(".csv"): text for name, text in claim_tables(claims)}
    less = {name.removesuffix(".csv"): text for name, text in claim_tables(claims[1:])}
    assert {item.said for item in check_tables(less, made)} == {"is missing"}
    assert {item.said for item in check_tables(made, less)} == {"stands there"}
    assert {item.claim for item in check_tables(made, less)} == {claims[0].name}
    assert list(check_tables(made, made)) == []


def test_a_sentence_that_is_missing_or_of_no_claim_is_objected_to(claims: Claims) -> None:
    (item, *_) = claims
    page = f'<span data-claim="{item.name}" lang="en">{item.sentences["en"]}</span>'
    assert list(check_page("index.html", page, "en", claims[:1])) == []
    found = list(check_page("index.vi.html", page, "vi", claims[:1]))
    assert [(one.claim, one.where, one.found) for one in found] == [(item.name, "index.vi.html, sentence [vi]", "no such sentence")]
    found = list(check_page("index.html", '<span data-claim="growth-0" lang="en">Everything rises.</span>', "en", ()))
    assert [(one.claim, one.said, one.found) for one in found] == [("growth-0", "no such sentence", "Everything rises.")]


def test_a_report_of_other_versions_says_so(report: Path) -> None:
    in_statistics(report)
    with pytest.raises(DataError, match="changed by hand, or made by a topics of another day"):
        verify_report(report)
    path = report / "manifest.json"
    stated = json.loads(path.read_text(encoding="utf-8"))
    assert dict(stated["versions"]) == dict(made_with())
    stated["versions"] = [[name, "0.0.1" if name == "scipy" else version] for name, version in stated["versions"]]
    path.write_text(json.dumps(stated), encoding="utf-8")
    with pytest.raises(DataError, match=r"made with scipy 0\.0\.1 \(here .*\), which may decide otherwise"):
        verify_report(report)


def test_a_finding_that_is_kept_back_is_named(light: Path) -> None:
    """Its row is changed to none, and it is gone from the tables of claims: nothing there names it any more."""
    claim = claim_of(light, **BURST)
    for column, value in (("p", "0.35"), ("q", "0.945"), ("decision", "no more than chance gives")):
        edit(light, "bursts_combined", {"series": "restructuring", "language": "all", "start": claim["start"]}, column, value)
    for name in ("claims", "claim_cells", "robustness"):
        path = light / "tables" / f"{name}.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith(claim["claim"])), encoding="utf-8")
    for name in ("index.html", "index.vi.html"):
        page = (light / name).read_text(encoding="utf-8")
        (light / name).write_text(page.replace(f'data-claim="{claim["claim"]}"', ""), encoding="utf-8")
    (found,) = objections(light)
    row = f"tables/bursts_combined.csv, row theme|restructuring|all|{claim['start']}"
    assert found.sentence() == f"{row}: the table says 'no finding', from the trends follows 'a finding'"
