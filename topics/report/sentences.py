"""Sentences of the report, each made from cells and never typed in."""

from __future__ import annotations

import math

from topics.core.registry import discover
from topics.core.series import StatisticTable, TrendSeries
from topics.pipeline import Study
from topics.preprocessing.prepare import Preparation
from topics.preprocessing.unspecific import MIN_DOCS as MIN_STORIES
from topics.themes.calibration import FALSE_POSITIVES
from topics.theming import COMBINED, EMBEDDING, GUIDED, MIN_HITS, TERMS
from topics.theming import MIN_DOCS as THEME_STORIES
from topics.trends.observations import MIN_DOCS, MIN_PERIODS

SMALL = 50
DOMINANT = 0.9
WORDS_SHOWN = 12


def silence(key: str, series: TrendSeries, table: StatisticTable) -> str:
    """Return why nothing can be said of a theme's course; empty where a claim says something."""
    cells = [cell for cell in series.of(key) if cell.n_docs]
    if not cells:
        return "No dated article, so nothing can be said of its course."
    row = next(row for row in table.rows if row.series == key and row.statistic == "growth" and row.language == "all")
    return f"Its course over time was {row.decision}." if math.isnan(row.value) else ""


def headlines(study: Study) -> tuple[str, ...]:
    """Return the opening sentences: what was read, how far it reaches, what was found and what it cannot carry."""
    account, n = study.account, len(study.corpus)
    stories = len(study.training_rows)
    sentences = [
        f"{n:,} articles were read ({account.seen:,} records seen, {len(account.quarantined):,} quarantined, "
        f"{account.duplicates:,} exact duplicates dropped); they tell {stories:,} distinct stories."
    ]
    points = sorted(info.date.point for info in study.corpus.infos if info.date.point)
    undated = n - len(points)
    if points:
        sentences.append(
            f"The day is known for {len(points):,} of them, from {points[0]} to {points[-1]}; for {undated:,} it is not, "
            "and none was invented."
        )
    for theme, column in zip(study.themes, range(len(study.themes)), strict=True):
        found = int(study.theme_scores.present[:, column].sum())
        if n < SMALL:
            sentences.append(f"{theme.name('en')}: in {found:,} of {n:,} articles.")
    for name in study.fitted:
        result = study.model(name).result
        title = discover("topics.models", "MODEL")[name].title
        sentences.append(f"{title} describes them by {result.n_topics} topics.")
    return tuple(sentences)


def limits(study: Study) -> tuple[str, ...]:
    """Return what these data cannot show."""
    n, stories = len(study.corpus), len(study.training_rows)
    sentences: list[str] = []
    if stories < SMALL:
        sentences.append(
            f"{stories} articles can show which themes each of them speaks of, in which language and when, with the sentences that say so. "
            "They cannot show topics: any grouping of so few would be an invention, so none is given."
        )
    if n < MIN_DOCS or _n_complete(study) < MIN_PERIODS:
        sentences.append(
            f"They cannot show a trend: that takes at least {MIN_DOCS} dated articles in {MIN_PERIODS} complete periods; "
            f"here are {n:,} articles, and the number of complete periods with any is {_n_complete(study)}. "
            "Shares and their intervals are in tables/trends_combined.csv, nothing is tested."
        )
    sources: dict[str, int] = {}
    for info in study.corpus.infos:
        sources[info.source] = sources.get(info.source, 0) + 1
    name, most = max(sources.items(), key=lambda item: (item[1], item[0]))
    if most > DOMINANT * n and n >= SMALL:
        sentences.append(f"{most / n:.0%} of the articles come from one source ({name}): shares describe that source more than the news.")
    sentences.append("Shares are shares of the articles gathered here, not of all news; a share can rise because others fall.")
    if study.fitted:
        sentences.append(
            "Topics are words that occur together; their labels are their heaviest words, not a judgement of what the articles mean."
        )
    if "bertopic" in study.fitted and not study.preparation.embedder.aligned:
        sentences.append(
            "The vectors behind BERTopic cannot be compared across languages, so its topics stay within one language; "
            "themes join the languages."
        )
    return tuple(sentences)


def _n_complete(study: Study) -> int:
    series = study.trends(COMBINED)
    names = series.names()
    return sum(cell.complete and cell.n_docs > 0 for cell in series.of(names[0])) if names else 0


def methods(study: Study) -> tuple[str, ...]:
    """Return the method box, filled from the run."""
    config = study.config
    source = "the share of a period's articles" if config.trends.weighting == "articles" else "the share of a period's stories"
    sentences = [
        "Text was decoded (UTF-8, or the encoding that was declared or recognised), normalised to NFC and freed of credits, captions, "
        "bylines, agency lines, table debris and lines that a source prints everywhere; "
        "dates were looked for before that.",
        "Copies with at least half of their word triples in common within 30 days form one story; models are trained on one copy of each.",
        *(preparation_sentences(study.preparation) if study.fitted else ()),
        *((study.preparation.embedder.description, *study.prepared.embeddings.notes) if study.fitted and study.prepared.embeddings else ()),
    ]
    for name in study.fitted:
        card = study.model(name).result.card
        versions = ", ".join(f"{package} {version}" for package, version in card.versions)
        sentences.append(f"Model {name}: settings {card.config}, seed {card.seed}, {versions}.")
    sentences += [
        *theme_methods(study),
        f"A trend is {source}, with a 95 % Jeffreys interval on the effective number of stories; months without articles stay empty. "
        "Growth is the odds ratio a year by generalised least squares on the logit, with the sampling noise of each period and noise that "
        "hangs on from period to period; q-values follow Benjamini and Hochberg over the series of a figure.",
    ]
    return tuple(sentences)


def theme_methods(study: Study) -> tuple[str, ...]:
    """Return how themes were found, and how often chance alone would give one."""
    model = study.themed.model
    if not study.themes:
        return ()
    evidence = "Its evidence is the sentence with most of its terms or, without any, the one whose words speak most for it."
    if COMBINED not in model.calibrations:
        return (
            "A theme is present where at least one of its terms stands in an article, since the articles are too few for more.",
            evidence,
        )
    parts = {
        TERMS: "its terms (BM25)",
        GUIDED: "an LDA that its terms guide",
        EMBEDDING: "the direction from articles without its terms to those with them in vector space",
    }
    summed = ", ".join(parts[name] for name in (TERMS, GUIDED, EMBEDDING) if name in model.calibrations or name == TERMS)
    chance = max((float(values.max(initial=0.0)) for values in model.by_chance.values()), default=0.0)
    return (
        f"A theme is present where the sum of standardised scores - {summed} - exceeds that of {1 - FALSE_POSITIVES:.0%} of documents "
        f"made of words drawn by chance, language by language (of these, up to {chance:.0%} hold a term of a theme); "
        "an article without any of its terms must also look like articles at least half of which use them. "
        f"Where a language has fewer than {THEME_STORIES} stories, or a theme's terms stand in fewer than {MIN_HITS}, terms alone decide.",
        evidence,
    )


def preparation_sentences(preparation: Preparation) -> tuple[str, ...]:
    """Return how words became numbers."""
    used = preparation.config
    return (
        f"The vocabulary holds {len(preparation.vocabulary):,} terms (in at least {used.min_df} documents, at most {used.max_df:.0%} of a "
        f"language's), with {preparation.words.n_phrases:,} known phrases joined; diacritics were kept.",
        _corpus_stop_words(preparation),
    )


def _corpus_stop_words(preparation: Preparation) -> str:
    """Which words of this corpus carry no topic, and what became of them."""
    listed = {code: terms for code, terms in sorted(preparation.words.corpus_stop_words.items()) if terms}
    if not listed:
        return (
            f"No word was found that stands all over the corpus and belongs to no topic (looked for from {MIN_STORIES} stories a language)."
        )
    some = "; ".join(
        f"{code}: {', '.join(terms[:WORDS_SHOWN])}" + (" …" if len(terms) > WORDS_SHOWN else "") for code, terms in listed.items()
    )
    kept = "they were dropped" if preparation.config.corpus_stop_words else "they were kept; corpus_stop_words = true drops them"
    n = sum(map(len, listed.values()))
    return f"{n:,} words stand all over the corpus and belong to no topic ({some}); {kept}. All are in tables/corpus_stop_words.csv."
