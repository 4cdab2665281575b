"""The method box, filled from the run, and where everything comes from."""

from __future__ import annotations

from collections.abc import Iterator

from topics.artifacts.manifest import read_manifest
from topics.core.registry import discover
from topics.preprocessing.prepare import Preparation
from topics.preprocessing.unspecific import MIN_DOCS as MIN_STORIES
from topics.report.material import Material
from topics.report.sections.values import Fact
from topics.report.told import told
from topics.report.wording import Wording
from topics.themes.calibration import FALSE_POSITIVES
from topics.theming import COMBINED, EMBEDDING, GUIDED, MIN_HITS, TERMS
from topics.theming import MIN_DOCS as THEME_STORIES

WORDS_SHOWN = 12


def methods(material: Material) -> tuple[str, ...]:
    """Return the method box."""
    study, say = material.study, material.say
    sentences = [say("methods.decoded"), say("methods.copies")]
    if study.fitted:
        sentences += preparation_sentences(study.preparation, say)
    if study.fitted and study.prepared.embeddings:
        sentences += [told(say, said).text for said in (study.preparation.embedder.description, *study.prepared.embeddings.notes)]
    sentences += [_model(material, name) for name in study.fitted]
    return (*sentences, *theme_methods(material), say(f"methods.trend_{study.config.trends.weighting}"), *_statistics(say))


def _model(material: Material, name: str) -> str:
    card = material.study.model(name).result.card
    versions = ", ".join(f"{package} {version}" for package, version in card.versions)
    return material.say("methods.model", name=name, settings=card.config, seed=str(card.seed), versions=versions)


def _statistics(say: Wording) -> Iterator[str]:
    for name, statistic in sorted(discover("topics.trends.statistics", "STATISTIC").items()):
        title = told(say, name.replace("_", " ")).text
        yield f"{title[:1].upper()}{title[1:]}: {told(say, statistic.description).text}."


def theme_methods(material: Material) -> tuple[str, ...]:
    """Return how themes were found, and how often chance alone would give one."""
    study, say = material.study, material.say
    model = study.themed.model
    if not study.themes:
        return ()
    if COMBINED not in model.calibrations:
        return say("methods.theme_terms"), say("methods.theme_evidence")
    used = {TERMS: "terms", GUIDED: "guided", EMBEDDING: "embedding"}
    parts = ", ".join(say(f"methods.part_{word}") for name, word in used.items() if name in model.calibrations or name == TERMS)
    chance = max((float(values.max(initial=0.0)) for values in model.by_chance.values()), default=0.0)
    numbers = {"level": say.percent(1 - FALSE_POSITIVES), "chance": say.percent(chance)}
    scored = say("methods.theme_scores", parts=parts, stories=THEME_STORIES, hits=MIN_HITS, **numbers)
    return scored, say("methods.theme_evidence")


def preparation_sentences(preparation: Preparation, say: Wording) -> tuple[str, ...]:
    """Return how words became numbers."""
    used, words = preparation.config, preparation.words
    counts = {"terms": len(preparation.vocabulary), "least": used.min_df, "phrases": words.n_phrases}
    return say("methods.vocabulary", most=say.percent(used.max_df), **counts), _corpus_stop_words(preparation, say)


def _corpus_stop_words(preparation: Preparation, say: Wording) -> str:
    """Which words of this corpus carry no topic, and what became of them."""
    listed = {code: terms for code, terms in sorted(preparation.words.corpus_stop_words.items()) if terms}
    if not listed:
        return say("methods.no_stop_words", n=MIN_STORIES)
    some = "; ".join(
        f"{code}: {', '.join(terms[:WORDS_SHOWN])}" + (" …" if len(terms) > WORDS_SHOWN else "") for code, terms in listed.items()
    )
    fate = "dropped" if preparation.config.corpus_stop_words else "kept"
    return say(f"methods.stop_words_{fate}", n=sum(map(len, listed.values())), words=some)


def provenance(material: Material) -> tuple[Fact, ...]:
    """Return the hashes of what the report rests on, and the commands that rebuild and check it."""
    study, say = material.study, material.say
    facts = [Fact(say("provenance.study"), study.file.path.name), Fact(say("provenance.corpus"), study.corpus.fingerprint)]
    if study.fitted:
        facts.append(Fact(say("provenance.preparation"), study.preparation.key))
    for name in study.fitted:
        facts.append(Fact(say("provenance.model", name=name), read_manifest(study.artifacts / name).key))
    rebuild, check = f"topics run {study.file.path.name}", f"topics verify {say('provenance.this_folder')}"
    return (*facts, Fact(say("provenance.rebuild"), rebuild), Fact(say("provenance.check"), check))
