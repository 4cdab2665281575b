"""Names that people give hold characters alone, so that no terminal obeys them and no figure aborts."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from topics.config import read_study
from topics.core.labels import is_text, only_text, shown_text, with_shown_names

ODD = ("\x00", "\x07", "\x1b", "\x7f", "\x85", "\ufffe", "\uffff")


@pytest.mark.parametrize("sign", ODD)
def test_what_is_no_character_becomes_a_space(sign: str) -> None:
    assert shown_text(f"a{sign}b") == "a b"
    assert not is_text({"a": ["x", f"a{sign}b"]})
    assert is_text({"a": ["x\ty\nz", 1, None, float("nan")]})
    assert only_text({"a": [f"a{sign}b", 1]}) == {"a": ["a b", 1]}


def test_letters_stay_and_are_nfc() -> None:
    text = "Công nghiệp lưỡng dụng \u2028 \u202e 👩‍👩‍👧‍👦"
    assert shown_text(unicodedata.normalize("NFD", text)) == text


def test_only_names_are_changed() -> None:
    settings = {"title": "a\x1b", "sources": [{"path": "a\x1b", "columns": {"title": "b\x1b"}}], "themes": [{"label": {"en": "c\x1b"}}]}
    shown = {"title": "a ", "sources": [{"path": "a\x1b", "columns": {"title": "b\x1b"}}], "themes": [{"label": {"en": "c "}}]}
    assert with_shown_names(settings) == shown


def test_names_of_a_study_are_shown_in_nfc_and_without_escapes(tmp_path: Path) -> None:
    label = unicodedata.normalize("NFD", "Đổi mới")
    study = '[study]\nname = "x"\ntitle = "a\\u001b[31mb"\n[[sources]]\npath = "in"\n[[themes]]\nkey = "t"\n'
    study += f'label = {{ vi = "{label}" }}\nterms = {{ vi = ["x"] }}\n'
    (tmp_path / "s.toml").write_text(study, encoding="utf-8")
    config = read_study(tmp_path / "s.toml").config
    assert config.study.title == "a [31mb"
    assert config.themes[0].label == {"vi": "Đổi mới"}
    assert unicodedata.is_normalized("NFC", config.themes[0].label["vi"])


def test_a_figure_with_control_characters_is_drawn_and_the_process_lives() -> None:
    code = (
        "import altair as alt, pandas as pd\n"
        "from topics.viz.style import png, svg\n"
        "frame = pd.DataFrame({'a': [1, 2], 'b': ['x\\x1by', 'x\\uffffy']})\n"
        "drawn = svg(alt.Chart(frame).mark_bar().encode(x='a', y='b').properties(title='t\\x07u'))\n"
        "assert 't u' in drawn and 'x y' in drawn and png(drawn)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # without this, it aborts
    assert done.returncode == 0, done.stderr[-300:]
