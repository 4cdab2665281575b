"""What every column of a run's tables holds: its type and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from topics.core.errors import require

FieldType = Literal["string", "integer", "number", "boolean", "date"]


@dataclass(frozen=True, slots=True)
class Field:
    """A column: type and description in the terms of Frictionless' Table Schema."""

    type: FieldType
    description: str


_STRINGS = {
    "by": "Where documents are counted: all, language, source or period.",
    "claim": "Name of the claim.",
    "column": "Column of the cell.",
    "date_method": "How the day was found.",
    "date_precision": "How exact the date is: day, month, year, before and the like.",
    "decision": "What the test says in words, or why it was not made.",
    "earliest": "Label of the first period in which the change can lie.",
    "effect": "Which effect is measured.",
    "end": "Label of the last period.",
    "event": "Name of the event, as the study gives it.",
    "evidence": "The sentence that shows the theme; addresses and numbers are hidden where the study asks for it.",
    "fact": "Name of the strongest claim that tells the same; its own where none is stronger.",
    "file": "File that the document was read from.",
    "id": "Id of the document.",
    "kind": "What the series is: topic or theme.",
    "label": "Name that is shown to readers.",
    "language": "Code of the language; all stands for all languages together.",
    "latest": "Label of the last period in which the change can lie.",
    "metric": "Name of the measure.",
    "model": "Name of the model, or of the scorer of themes.",
    "notes": "Codes of what reading did to the document, parted by spaces.",
    "part": "Which part of the whole is measured.",
    "period": "Label of the period.",
    "row": "What names the row of the cell, parted by bars.",
    "sentence_en": "The claim in English.",
    "sentence_vi": "The claim in Vietnamese.",
    "series": "Name of the theme, or number of the topic.",
    "shared": "Names and numbers that both stories hold.",
    "since": "Label of the period in which it began.",
    "source": "Source that published the document; of a trend, the model or scorer that it follows.",
    "start": "Label of the first period.",
    "statistic": "Name of the statistic.",
    "story": "Id of the document that stands for all copies of this one.",
    "term": "Term of the vocabulary; a phrase is its words parted by spaces.",
    "term_language": "Language of the term; empty for the theme as a whole.",
    "terms": "Heaviest terms.",
    "theme": "Key of the theme.",
    "title": "Title of the document.",
    "topics": "Numbers of the topics below, parted by spaces.",
    "weighting": "Whose share it is: of articles or of stories.",
    "name": "Name of the topic.",
    "new_name": "Name of the topic of the new model.",
    "old_name": "Name of the topic of the earlier model.",
    "a": "Id of the story in one language.",
    "b": "Id of the story in the other language.",
}
_INTEGERS = {
    "bertopic_topic": "Number of the topic of BERTopic; empty where it has no match.",
    "carried_id": "Id of the topic, which outlives fits.",
    "documents": "Articles that have both as main topic; of a topic that ended or was born, its own.",
    "evidence_end": "Place after the last character of the evidence in the text.",
    "evidence_start": "Place of the first character of the evidence in the text, from 0.",
    "frex_rank": "Place by FREX within the topic, from 1.",
    "language_rank": "Place by weight among the terms of its language, from 1.",
    "lda_topic": "Number of the topic of LDA; empty where it has no match.",
    "left": "First node that this one joins; empty for the finest.",
    "mmr_rank": "Place among ten terms that differ from each other, from 1; empty outside.",
    "n_agree": "Variants with the direction of the claim.",
    "n_calls": "Series that were called emerging.",
    "n_docs": "Number of documents.",
    "n_docs_elsewhere": "Other documents of the language that have the term.",
    "n_forecasts": "Number of forecasts that were tried.",
    "n_held": "Calls that held.",
    "n_known": "Articles of the period that the earlier model was fitted on.",
    "n_occurrences": "How often the term occurs.",
    "n_only": "Documents that would not show the theme without the term; of a theme, without one of its terms.",
    "n_placebos": "Other dates at which the same was asked.",
    "n_sources": "Distinct sources of the documents.",
    "n_stories": "Number of stories; copies count once.",
    "n_tokens": "Words of the text.",
    "n_variants": "Other ways of looking that were tried.",
    "nearest": "Nearest topic, also of a document in no topic; -1 for one that the curation file hides.",
    "new_id": "Id of the topic of the new model; empty where it ended.",
    "node": "Number of the node.",
    "null": "What the number of shared articles does not exceed by chance.",
    "old_id": "Id of the topic of the earlier model; empty where it was born.",
    "rank": "Place in the list, from 1.",
    "record": "Number of the record in its file, from 1.",
    "refit": "Number of the refit, from 1; where shares stand, 0 is the first fit.",
    "relevance_rank": "Place by relevance within the topic, from 1.",
    "right": "Second node that this one joins; empty for the finest.",
    "seed": "Random seed of the fit.",
    "sign": "Direction of the claim: 1 up, -1 down, 0 none.",
    "topic": "Number of the topic, from 0; -1 for those that the curation file hides, together; empty for none.",
}
_NUMBERS = {
    "above_chance": "Deviations above what chance gives.",
    "adjusted_high": "Upper bound of the adjusted share, at 95 %.",
    "adjusted_low": "Lower bound of the adjusted share, at 95 %.",
    "adjusted_share": "Share corrected for the errors that labels tell of the scorer.",
    "after": "Value after the change, or in the second span.",
    "articles_high": "Upper bound of the share of articles, at 95 %.",
    "articles_low": "Lower bound of the share of articles, at 95 %.",
    "articles_share": "Share where every article has a vote.",
    "base_rate": "Share of series that emerged, called or not.",
    "before": "Value before the change, or in the first span.",
    "brier": "Brier score of the calls.",
    "brier_of_base": "Brier score of always saying the base rate.",
    "confidence": "Weight of the nearest topic beside the other topics and none, 0 to 1.",
    "correlation": "Correlation of the two sides at this lag.",
    "date_confidence": "How sure the day is, 0 to 1.",
    "document_agreement": "Share of documents in which the two topics agree.",
    "exclusivity": "Share of the term's weight that lies in this topic.",
    "fit": "Cosine of the document's words with those that its topics expect.",
    "fixed_mix_high": "Upper bound of the share at a fixed mix, at 95 %.",
    "fixed_mix_low": "Lower bound of the share at a fixed mix, at 95 %.",
    "fixed_mix_share": "Share if sources and languages had the same part in every period.",
    "frex": "FREX: harmonic mean of the ranks by frequency and by exclusivity.",
    "gain": "Gain in modularity of joining.",
    "gap": "Share by the new model less that by the earlier one; empty where only one of them knows the topic.",
    "growth": "How the odds of the share grew.",
    "high": "Upper bound at 95 %.",
    "lag": "Periods by which the left side comes before the right.",
    "log_odds": "Log-odds ratio, natural logarithm.",
    "low": "Lower bound at 95 %.",
    "mass": "Summed weight.",
    "n_eff": "Equal, independent stories that weigh as much.",
    "n_info": "Independent stories with a plain yes or no that would tell as much of the share.",
    "new_high": "Upper bound of the share by the new model, at 95 %.",
    "new_low": "Lower bound of the share by the new model, at 95 %.",
    "new_share": "Share by the new model.",
    "novelty": "How unlike what was before it is.",
    "novelty_p": "p-value of the novelty.",
    "old_high": "Upper bound of the share by the earlier model, at 95 %.",
    "old_low": "Lower bound of the share by the earlier model, at 95 %.",
    "old_share": "Share by the earlier model, over the whole time.",
    "p": "p-value of the test.",
    "placebo_p": "p-value against the same question at other dates.",
    "probability": "Probability that the call holds.",
    "q": "q-value over the family of tests.",
    "q_by": "q-value of Benjamini and Yekutieli, which holds whatever hangs together.",
    "relevance": "Relevance of the term to the topic.",
    "resonance": "Novelty less transience.",
    "resonance_p": "p-value of the resonance.",
    "score": "Score, the higher the surer.",
    "share": "Share, 0 to 1.",
    "similarity": "Likeness of the two topics, 0 to 1.",
    "sources": "Sources that tell of it, as many as if all told alike much.",
    "stories_high": "Upper bound of the share of stories, at 95 %.",
    "stories_low": "Lower bound of the share of stories, at 95 %.",
    "stories_share": "Share where every story has a vote.",
    "transience": "How unlike the periods after it is.",
    "usual": "Share outside the burst.",
    "value": "Value of the statistic or measure.",
    "votes": "What the share is a share of.",
    "weight": "Weight, 0 or more.",
    "z": "Value in standard errors.",
}
_BOOLEANS = {
    "agrees": "Whether this look has the direction of the claim.",
    "canonical": "Whether the document stands for its story.",
    "carries": "Whether the topic carries the theme.",
    "complete": "Whether the data cover the period wholly.",
    "dropped": "Whether the word was left out of the vocabulary.",
    "present": "Whether the document shows the theme.",
    "robust": "Whether the claim holds in the other looks.",
}
_DATES = {
    "date": "Day of publication; empty where it is not known.",
    "date_earliest": "Earliest day on which it can have been published.",
    "date_latest": "Latest day on which it can have been published.",
}
_BY_TYPE: dict[FieldType, dict[str, str]] = {
    "string": _STRINGS,
    "integer": _INTEGERS,
    "number": _NUMBERS,
    "boolean": _BOOLEANS,
    "date": _DATES,
}
FIELDS = {name: Field(kind, description) for kind, described in _BY_TYPE.items() for name, description in described.items()}
"""By the name of a column, which mostly means the same in every table."""
OF_TABLE: dict[tuple[str, str], Field] = {
    ("claim_cells", "file"): Field("string", "Table of the cell."),
    ("claim_cells", "value"): Field("string", "The cell as it is written there."),
    ("claims", "source"): Field("string", "Model or scorer that the series is of."),
    ("curation", "name"): Field("string", "Name that readers see; of a hidden topic its own."),
    ("curation", "note"): Field("string", "Remark on the topic."),
    ("curation", "shown_as"): Field("string", "Number of the topic that it is shown as, its own or one it was merged into; or hidden."),
    ("event_effects", "date"): Field("date", "Day of the event."),
    ("lead_lag", "left"): Field("string", "One side: a language or a source."),
    ("lead_lag", "right"): Field("string", "The other side."),
    ("robustness", "fit"): Field("integer", "Number of the fit; empty for the model itself."),
    ("robustness", "source"): Field("string", "Model or scorer whose shares are looked at."),
    ("topic_events", "event"): Field("string", "What became of it: kept, split, merged, ended or born."),
    ("topic_events", "new_share"): Field("number", "Part of the new topic that the shared articles are."),
    ("topic_events", "old_share"): Field("number", "Part of the old topic that the shared articles are."),
    ("topic_seam", "topic"): Field("integer", "Id of the topic, which outlives fits."),
    ("theme_coverage", "value"): Field("string", "The language, source or period; empty for all documents."),
    ("theme_evidence", "present"): Field("boolean", "Whether the document shows the theme; false for the nearest miss."),
}
"""By the first part of a table's name and the column, where it means something else."""
OF_FRAME: dict[tuple[str, str], Field] = {
    ("articles", "text"): Field("string", "Text of the document, as it was read."),
    ("overview", "coherence"): Field("number", "NPMI of the topic's ten heaviest terms over whole articles, -1 to 1."),
    ("overview", "n_docs"): Field("integer", "Documents whose main topic it is."),
    ("overview", "share"): Field("number", "Mean weight over all documents, 0 to 1."),
    ("overview", "terms"): Field("string", "Its ten heaviest terms."),
    ("transform", "novelty"): Field("number", "Share of training documents of its language and length that surprised the model less."),
    ("transform", "themes"): Field("string", "Keys of the themes that it shows, parted by spaces."),
    ("transform", "unknown_share"): Field("number", "Share of its words that the model does not know."),
}
"""The same of frames that no run writes."""


def field_of(table: str, column: str) -> Field:
    """Return what a column of a table holds.

    Args:
        table: its name without suffix.
        column: name.

    Raises:
        ContractError: nobody described it.
    """
    stems = (stem for stem, name in OF_TABLE if name == column)
    own = next((OF_TABLE[stem, column] for stem in stems if f"{table}_".startswith(f"{stem}_")), OF_FRAME.get((table, column)))
    require(own is not None or column in FIELDS, f"the column {column!r} of {table} is not described", where="exchange.fields")
    return own or FIELDS[column]
