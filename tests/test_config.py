"""The study file is strict: every error names the file, the key and what was expected."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from topics.config import StudyFile, read_study
from topics.core.errors import UsageError
from topics.models.lda import LdaConfig
from topics.themes.matching import ThemeMatcher

ROOT = Path(__file__).resolve().parents[1]
HEAD = '[study]\nname = "s"\n'
SOURCE = '[[sources]]\npath = "src"\n'
MINIMAL = HEAD + SOURCE
THEME = '[[themes]]\nkey = "navy"\nlabel = { en = "Navy" }\nterms = { en = ["ship", "navy"] }\n'
SPOKEN = 'definition = { en = "Sea" }\nexamples = { en = ["They sail."] }\ncounterexamples = { vi = ["Họ đi bộ."] }\n'


def study(tmp_path: Path, text: str) -> StudyFile:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return read_study(path)


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(UsageError) as caught:
        study(tmp_path, text)
    assert caught.value.where == str(tmp_path / "study.toml")
    assert caught.value.hint
    return str(caught.value)


UNKNOWN_KEYS = [
    ("study", HEAD + "sed = 1\n" + SOURCE, "'sed' in study", "'seed'"),
    ("top", MINIMAL + "[trend]\n", "'trend'", "'trends'"),
    ("source", MINIMAL + "colums = {}\n", "'colums' in sources[1]", "'columns'"),
    ("second source", MINIMAL + SOURCE + 'pth = "x"\n', "'pth' in sources[2]", "'path'"),
    ("column", MINIMAL + 'columns = { txt = "body" }\n', "'txt'", "'text'"),
    ("preprocessing", MINIMAL + "[preprocessing]\nmin_fd = 2\n", "'min_fd' in preprocessing", "'min_df'"),
    ("embedding", MINIMAL + "[embedding]\ndimension = 2\n", "'dimension' in embedding", "'dimensions'"),
    ("trends", MINIMAL + '[trends]\nperiods = "month"\n', "'periods' in trends", "'period'"),
    ("theme", MINIMAL + THEME + "labl = {}\n", "'labl' in themes[1]", "'label'"),
    ("model setting", MINIMAL + "[models.lda]\ntopcs = 5\n", "'topcs' in models.lda", "'topics'"),
    ("model", MINIMAL + "[models.bertopc]\n", "model 'bertopc'", "'bertopic'"),
]


@pytest.mark.parametrize(("text", "named", "nearest"), [row[1:] for row in UNKNOWN_KEYS], ids=[row[0] for row in UNKNOWN_KEYS])
def test_an_unknown_key_is_named_with_the_nearest_one(tmp_path: Path, text: str, named: str, nearest: str) -> None:
    message = refusal(tmp_path, text)
    assert named in message
    assert f"Did you mean {nearest}?" in message
    assert "Known: " in message


WRONG = [
    ("no study", SOURCE, "study"),
    ("no name", "[study]\n" + SOURCE, "name"),
    ("empty name", '[study]\nname = ""\n' + SOURCE, "study.name"),
    ("name with a slash", '[study]\nname = "../x"\n' + SOURCE, "study.name"),
    ("hidden name", '[study]\nname = ".x"\n' + SOURCE, "study.name"),
    ("name of the wrong type", "[study]\nname = 3\n" + SOURCE, "study.name"),
    ("no sources", HEAD, "sources"),
    ("sources as text", 'sources = "src"\n' + HEAD, "sources"),
    ("empty path", HEAD + '[[sources]]\npath = ""\n', "sources[1].path"),
    ("seed as text", HEAD + 'seed = "x"\n' + SOURCE, "study.seed"),
    ("seed too small", HEAD + "seed = -1\n" + SOURCE, "study.seed"),
    ("seed too large", HEAD + "seed = 2147483648\n" + SOURCE, "study.seed"),
    ("min_df", MINIMAL + "[preprocessing]\nmin_df = 0\n", "preprocessing.min_df"),
    ("max_df zero", MINIMAL + "[preprocessing]\nmax_df = 0\n", "preprocessing.max_df"),
    ("max_df", MINIMAL + "[preprocessing]\nmax_df = 1.5\n", "preprocessing.max_df"),
    ("max_terms", MINIMAL + "[preprocessing]\nmax_terms = 9\n", "preprocessing.max_terms"),
    ("stop words", MINIMAL + '[preprocessing]\nstop_words = { en = "the" }\n', "preprocessing.stop_words"),
    ("dimensions", MINIMAL + "[embedding]\ndimensions = 1\n", "embedding.dimensions"),
    ("too few topics", MINIMAL + "[models.lda]\ntopics = 1\n", "models.lda.topics"),
    ("topics as text", MINIMAL + '[models.lda]\ntopics = "many"\n', "models.lda.topics"),
    ("passes", MINIMAL + "[models.lda]\npasses = 0\n", "models.lda.passes"),
    ("alpha zero", MINIMAL + "[models.lda]\nalpha = 0.0\n", "models.lda.alpha"),
    ("alpha nan", MINIMAL + "[models.lda]\nalpha = nan\n", "models.lda.alpha"),
    ("alpha infinite", MINIMAL + "[models.lda]\nalpha = inf\n", "models.lda.alpha"),
    ("neighbours", MINIMAL + "[models.bertopic]\nn_neighbors = 1\n", "models.bertopic.n_neighbors"),
    ("model as number", MINIMAL + "[models]\nlda = 3\n", "lda"),
    ("models as text", 'models = "lda"\n' + MINIMAL, "models"),
    ("themes as text", 'themes = "navy"\n' + MINIMAL, "themes"),
    ("terms as text", MINIMAL + '[[themes]]\nkey = "a"\nlabel = {}\nterms = { en = "ship" }\n', "themes[1].terms"),
    ("as_of as number", HEAD + "as_of = 2026\n" + SOURCE, "study.as_of"),
    ("as_of with a time", HEAD + "as_of = 2026-02-03T10:00:00Z\n" + SOURCE, "study.as_of"),
    ("as_of as text", HEAD + 'as_of = "soon"\n' + SOURCE, "study.as_of"),
]


@pytest.mark.parametrize(("text", "key"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_value_is_refused_by_its_key(tmp_path: Path, text: str, key: str) -> None:
    assert key in refusal(tmp_path, text).removeprefix(str(tmp_path / "study.toml"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MINIMAL + '[trends]\nperiod = "fortnight"\n', "quarter"),
        (MINIMAL + '[trends]\nweighting = "words"\n', "stories"),
        (MINIMAL + '[embedding]\nbackend = "bert"\n', "lsa"),
        (MINIMAL + '[preprocessing]\nsegmenter = "jieba"\n', "default"),
        (MINIMAL + '[models.lda]\neta = "auto"\n', "Choose one of: a number, learned."),
    ],
)
def test_a_wrong_choice_lists_the_choices(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path, text)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "/etc/localtime", "Asia", "GMT+25", "Asia/Hanoi\\u0000"])
def test_an_unknown_time_zone_is_refused(tmp_path: Path, zone: str) -> None:
    assert "time zone" in refusal(tmp_path, f'{HEAD}timezone = "{zone}"\n{SOURCE}')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MINIMAL + THEME + THEME, "two themes have the key 'navy'"),
        (MINIMAL + THEME + 'exclude = { en = ["Ship"] }\n', "both asks for and excludes ['ship']"),
        (MINIMAL + THEME.replace('"navy"', '"Big Navy"', 1), "theme key 'Big Navy'"),
        (MINIMAL + THEME.replace('"navy"', '"unassigned"', 1), "theme key 'unassigned' is what tables call the rest"),
        (MINIMAL + THEME.replace('["ship", "navy"]', "[]"), "theme 'navy' has no terms"),
        (MINIMAL + THEME.replace('"ship"', '"more"'), "the term 'more' of theme 'navy' holds nothing but stop words of English"),
        (MINIMAL + THEME.replace('"ship"', '"of the"'), "the term 'of the' of theme 'navy' holds nothing but stop words of English"),
        (
            MINIMAL + THEME.replace("terms = { en", "terms = { em"),
            "theme 'navy' has terms in 'em', which is no installed language. Known: en, vi.",
        ),
    ],
    ids=["one key twice", "asked for and excluded", "key", "reserved key", "no terms", "stop word", "stop words", "language"],
)
def test_contradicting_themes_are_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [("[study\n", "line 1"), (HEAD + "seed = \n", "line 3"), (HEAD + "as_of = 2026-02-30\n", "line 3"), (HEAD + 'name = "t"\n', "line 3")],
    ids=["broken", "no value", "no such day", "a key twice"],
)
def test_what_is_no_toml_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    message = refusal(tmp_path, text)
    assert "no valid TOML" in message
    assert said in message


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_bytes(MINIMAL.encode("utf-16"))
    with pytest.raises(UsageError, match="no valid TOML"):
        read_study(tmp_path / "s.toml")


@pytest.mark.parametrize("name", ["absent.toml", "folder"])
def test_an_unreadable_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="cannot be read") as caught:
        read_study(tmp_path / name)
    assert caught.value.where == str(tmp_path / name)


def test_a_minimal_study_has_every_model_and_the_documented_defaults(tmp_path: Path) -> None:
    read = study(tmp_path, MINIMAL)
    config = read.config
    assert list(read.models) == ["bertopic", "lda"]
    assert (config.study.seed, config.study.as_of, config.study.timezone) == (13, None, "Asia/Ho_Chi_Minh")
    assert (config.trends.period, config.trends.weighting, config.themes) == ("month", "articles", ())
    assert (read.base, read.default_out) == (tmp_path.resolve(), tmp_path.resolve() / "out" / "s")


def test_every_setting_is_read(tmp_path: Path) -> None:
    text = (
        '[study]\nname = "x-1"\ntitle = "Số"\nseed = 7\nas_of = 2026-06-30\ntimezone = "UTC"\n'
        '[[sources]]\npath = "a"\nformat = "jsonl"\nlanguage = "vi"\ncolumns = { text = "body" }\nexclude = ["x*"]\n'
        "[preprocessing]\nmin_df = 2\nmax_df = 0.9\nmax_terms = 99\nphrases = false\nstop_words = { en = ['said'] }\n"
        "[embedding]\ndimensions = 9\n[models.lda]\ntopics = 5\npasses = 2\nalpha = 0.1\neta = 0.2\n"
        '[trends]\nperiod = "week"\nweighting = "stories"\n'
    )
    read = study(tmp_path, text + THEME + 'exclude = { en = ["ship of fools"] }\n' + SPOKEN)
    config, source, theme = read.config, read.config.sources[0], read.config.themes[0]
    assert (config.study.name, config.study.title, config.study.seed) == ("x-1", "Số", 7)
    assert (config.study.as_of, config.study.timezone) == (date(2026, 6, 30), "UTC")
    assert (source.path, source.format, source.language, source.columns, source.exclude) == ("a", "jsonl", "vi", {"text": "body"}, ("x*",))
    words = config.preprocessing
    assert (words.min_df, words.max_df, words.max_terms, words.phrases, words.stop_words) == (2, 0.9, 99, False, {"en": ["said"]})
    assert (config.embedding.dimensions, config.trends.period, config.trends.weighting) == (9, "week", "stories")
    assert dict(read.models) == {"lda": LdaConfig(topics=5, passes=2, alpha=0.1, eta=0.2)}
    assert (theme.key, theme.label, theme.terms) == ("navy", {"en": "Navy"}, {"en": ["ship", "navy"]})
    assert (theme.exclude, theme.definition) == ({"en": ["ship of fools"]}, {"en": "Sea"})
    assert (theme.examples, theme.counterexamples) == ({"en": ["They sail."]}, {"vi": ["Họ đi bộ."]})


def test_the_sample_study_is_valid() -> None:
    read = read_study(ROOT / "reports" / "sample.toml")
    assert (read.config.study.name, set(read.models)) == ("sample", {"bertopic", "lda"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[study]\nseed = -1\n", "Expected `int` >= 0 - at `study.seed`; it is -1."),
        ("[models.lda]\ntopics = 'many'\n", "Expected `int`, got `str` - at `models.lda.topics`; it is 'many'."),
        ("[models.lda]\ntopics = 1\n", "models.lda.topics is 1, allowed are 2 to 5000"),
        ("[models.lda]\ninference = 'gensim'\nsamples = 5\n", "models.lda.samples is 5, which inference 'gensim' does not know"),
        ("[models.lda]\ntopics = []\n", "Expected `int`, got `array` - at `models.lda.topics`."),
    ],
)
def test_a_value_of_the_wrong_type_or_range_is_told(tmp_path: Path, text: str, said: str) -> None:
    study = text if "[study]" in text else f"[study]\n{text}"
    study = study.replace("[study]\n", '[study]\nname = "s"\n') + '[[sources]]\npath = "src"\n'
    (tmp_path / "s.toml").write_text(study, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_study(tmp_path / "s.toml")
    assert said in str(caught.value)


ARMY = THEME.replace("navy", "army").replace("ship", "tank")


def test_themes_come_from_files_and_then_the_study(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "army.toml").write_text(ARMY, encoding="utf-8")
    text = HEAD + 'theme_files = ["shared/army.toml"]\n' + SOURCE
    assert [theme.key for theme in study(tmp_path, text + THEME).config.themes] == ["army", "navy"]
    assert [theme.key for theme in study(tmp_path, text).config.themes] == ["army"]
    assert study(tmp_path, text).config.themes == study(tmp_path, MINIMAL + ARMY).config.themes


@pytest.mark.parametrize(
    ("content", "where", "said"),
    [
        (None, "t.toml", "the theme file cannot be read"),
        ("[themes\n", "t.toml", "no valid TOML"),
        ("", "t.toml", "`themes`"),
        ("themes = []\n", "t.toml", "themes"),
        (ARMY + "labl = {}\n", "t.toml", "'labl' in themes[1]. Did you mean 'label'?"),
        (ARMY.replace("army", "navy"), "study.toml", "two themes have the key 'navy': one stands in"),
        (ARMY.replace('"tank"', '"the"'), "t.toml", "the term 'the' of theme 'army' holds nothing but stop words"),
        (ARMY.replace('["tank", "army"]', "[]"), "t.toml", "theme 'army' has no terms"),
    ],
    ids=["absent", "no TOML", "empty", "no themes", "unknown key", "a key of the study", "stop word", "no terms"],
)
def test_a_faulty_theme_file_is_named(tmp_path: Path, content: str | None, where: str, said: str) -> None:
    if content is not None:
        (tmp_path / "t.toml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        study(tmp_path, HEAD + 'theme_files = ["t.toml"]\n' + SOURCE + THEME)
    assert caught.value.where == str(tmp_path / where)
    assert said in str(caught.value)


def test_a_theme_file_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text(ARMY, encoding="utf-8")
    assert "names 't.toml' twice" in refusal(tmp_path, HEAD + 'theme_files = ["t.toml", "t.toml"]\n' + SOURCE)


@pytest.mark.parametrize("name", ["digital_transformation", "dual_use_industry", "restructuring"])
def test_a_ready_theme_has_all_parts_in_both_languages_and_finds_its_own_examples(name: str) -> None:
    path = ROOT / "reports" / "themes" / f"{name}.toml"
    (theme,) = (item for item in read_study(ROOT / "reports" / "sample.toml").config.themes if item.key == name)
    assert f'key = "{name}"' in path.read_text(encoding="utf-8")
    matcher = ThemeMatcher(theme)
    for code in ("en", "vi"):
        assert theme.label[code]
        assert theme.definition[code]
        assert theme.examples[code]
        assert theme.counterexamples[code]
        assert [sentence for sentence in theme.examples[code] if not matcher.hits(sentence, code)] == []
        assert [sentence for sentence in theme.counterexamples[code] if matcher.hits(sentence, code)] == []
