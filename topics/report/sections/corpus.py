"""The corpus card: what was read, how it is dated, what was removed and refused."""

from __future__ import annotations

from collections import Counter

from topics.ingest.dates.audit import CONFIDENCE_OF, NOTE_SENTENCES
from topics.ingest.notes import describe, is_score, recognised_encodings
from topics.report.material import Material
from topics.report.sections.values import Fact
from topics.report.told import counted, told
from topics.trends.periods import period_of

FILES_SHOWN = 20
SOURCES_SHOWN = 8


def corpus_facts(material: Material) -> tuple[Fact, ...]:
    """Return the corpus card."""
    study, say = material.study, material.say
    account, infos = study.account, study.corpus.infos
    sources = Counter(info.source for info in infos)
    points = sorted(info.date.point for info in infos if info.date.point)
    stories = len({info.story for info in infos})
    listed = ", ".join(f"{name} {say.number(n)}" for name, n in sources.most_common(SOURCES_SHOWN))
    languages = Counter(info.language for info in infos).most_common()
    values = {
        "seen": say.number(account.seen),
        "accepted": say.number(account.accepted),
        "quarantined": say.number(len(account.quarantined)),
        "duplicates": say.number(account.duplicates),
        "stories": say("corpus.copies", stories=stories, copies=account.accepted - stories),
        "languages": ", ".join(f"{code} {say.number(n)}" for code, n in languages),
        "sources": f"{say.number(len(sources))}: {listed}" + (" …" if len(sources) > SOURCES_SHOWN else ""),
        "days": say("corpus.span", first=points[0], last=points[-1]) if points else say("corpus.no_days"),
        "up_to": str(study.as_of) if study.as_of else say("corpus.unknown"),
    }
    return tuple(Fact(say(f"corpus.{name}"), value) for name, value in values.items())


def date_facts(material: Material) -> tuple[Fact, ...]:
    """Return the date audit: how many articles are dated, how finely and by what."""
    study, say, unit = material.study, material.say, material.unit_word
    infos, audit = study.corpus.infos, study.account.audit
    n, placed = len(infos), sum(period_of(info.date, material.unit) is not None for info in infos)
    precision, method = counted(say, audit.by_precision), counted(say, ((name.replace("_", " "), n) for name, n in audit.by_method))
    facts = [
        Fact(say("corpus.placed", unit=unit), say("corpus.placed_value", placed=placed, n=n, share=say.percent(placed / n))),
        Fact(say("corpus.precision"), precision.text, precision.foreign),
        Fact(say("corpus.found_by"), method.text, method.foreign),
    ]
    if audit.n_points:
        tenths = ", ".join(f"{say.marks(name)} {say.number(count)}" for name, count in audit.by_confidence)
        facts.append(_fact(material, say("corpus.confidence"), f"{tenths} ({CONFIDENCE_OF})"))
    facts.append(Fact(say("corpus.bad_fields"), say.number(study.account.bad_date_fields)))
    facts += [_fact(material, say("corpus.partial"), f"{period}: {why}") for period, why in audit.partial]
    facts += [_fact(material, say("corpus.suspicious"), finding.sentence()) for finding in audit.findings]
    return tuple(facts)


def _fact(material: Material, label: str, english: str) -> Fact:
    """What deeper code says, in the language of the page where that is known."""
    found = told(material.say, english)
    return Fact(label, found.text, found.foreign)


def note_facts(material: Material) -> tuple[Fact, ...]:
    """Return what reading did to documents or found odd about them; what concerns dates stands with the dates."""
    study, say = material.study, material.say
    files = recognised_encodings(study.corpus.infos)
    noted = [(code, n) for code, n in study.account.notes if code not in NOTE_SENTENCES and not is_score(code)]
    facts = [_fact(material, say("corpus.documents", n=n), describe(code)) for code, n in noted]
    facts += [_fact(material, found.file, found.sentence()) for found in files[:FILES_SHOWN]]
    if len(files) > FILES_SHOWN:
        facts.append(Fact(say("corpus.further_files"), say("corpus.further_value", n=len(files) - FILES_SHOWN)))
    return tuple(facts)


def removed_facts(material: Material) -> tuple[Fact, ...]:
    """Return how many spans of each kind cleaning took out."""
    say = material.say
    return tuple(Fact(told(say, reason.replace("_", " ")).text, say.number(n)) for reason, n in material.study.account.removed)
