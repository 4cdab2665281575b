"""The words of the report: the same in both languages, all used, numbers as the language writes them."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

from topics.report.wording import Wording

REPORT = Path(__file__).resolve().parents[2] / "topics" / "report"


def texts(language: str) -> dict[str, str | dict[str, str] | list[str]]:
    sections = tomllib.loads((REPORT / "words" / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{name}": text for section, entries in sections.items() for name, text in entries.items()}


def fields(text: str | dict[str, str] | list[str]) -> set[str | None]:
    forms = [text] if isinstance(text, str) else text.values() if isinstance(text, dict) else text
    return {field for form in forms for _, field, _, _ in string.Formatter().parse(form) if field}


def test_both_languages_say_the_same_things_with_the_same_values() -> None:
    english, vietnamese = texts("en"), texts("vi")
    assert list(english) == list(vietnamese)
    for name, text in english.items():
        assert fields(text) == fields(vietnamese[name]), name
        assert text != vietnamese[name], name
        if isinstance(text, list):
            assert len(text) == len(vietnamese[name]) == 2, name


def test_every_text_is_used_and_every_text_used_is_there() -> None:
    code = "".join(path.read_text(encoding="utf-8") for suffix in ("*.py", "*.j2") for path in sorted(REPORT.rglob(suffix)))
    asked = set(re.findall(r"""\bsay\(f?["']([a-z_]+\.[a-z_]*\{?)""", code))
    for name, text in texts("en").items():
        said = name in asked or any(start.endswith("{") and name.startswith(start[:-1]) for start in asked)
        assert said or isinstance(text, list), f"{name} is never said"
    plain = {name for name in asked if "{" not in name}
    assert plain <= set(texts("en")), plain - set(texts("en"))


@pytest.mark.parametrize(
    ("language", "whole", "decimal", "percent"), [("en", "12,345", "1,234.50", "12.3%"), ("vi", "12.345", "1.234,50", "12,3%")]
)
def test_numbers_are_written_as_the_language_does(language: str, whole: str, decimal: str, percent: str) -> None:
    say = Wording(language)  # type: ignore[arg-type]
    assert (say.number(12345), say.decimal(1234.5), say.percent(0.1234, 1)) == (whole, decimal, percent)
    assert (say.share(0.1234), say.share(0.0), say.share(0.0995)) == ("12%", "0%", "10%")
    assert say.share(0.0042) == percent.replace("12", "0").replace("3", "4")
    assert whole in say("corpus.quarantine", n=12345)


def test_one_and_many() -> None:
    say = Wording("en")
    assert say("theme.present", n=1, stories=1) == "Present in 1 article (1 story)."
    assert say("theme.present", n=2000, stories=2) == "Present in 2,000 articles (2 stories)."
    assert say("figure.documents", unit="month", n=1, periods=1).endswith("by language: 1 article in 1 month.")
    assert say("figure.documents", unit="week", n=3, periods=12).endswith("by language: 3 articles in 12 weeks.")
    assert Wording("vi")("theme.present", n=1, stories=1) == "Có trong 1 bài (1 tin)."


def test_a_text_or_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        Wording("en")("theme.nothing")
    with pytest.raises(KeyError):
        Wording("en")("theme.present", n=2)
    with pytest.raises(KeyError):
        Wording("en")("glossary.topic")
