"""Years in the names of events ("the 2024 Conference", "Hội nghị ... năm 2025") in the sentence that tells of a day without a year."""

from __future__ import annotations

import re
from typing import NamedTuple

from topics.core.documents import Evidence
from topics.ingest.dates.mentions import Mention
from topics.ingest.dates.reading import Reading
from topics.ingest.dates.tense import intends

_EN_EVENT = re.compile(
    r"\b(?:the|its|this year[’']s|an?|their)\s+(199\d|20\d\d)\b(?!\s*[–-]\s*\d)(?=[^.,;:!?]{0,60}\b(?:conference|forum|fair|exhibition|expo"
    r"|festival|meeting|congress|summit|contest|competition|championships?|games|final|meet|exercise|drill|dialogue|seminar|workshop"
    r"|ceremony|session|parade|show|awards?|trials?|camp|course|symposium|convention)\b)",
    re.IGNORECASE,
)
_VI_YEAR = re.compile(r"\bnăm\s+(199\d|20\d\d)\b(?!\s*[–-]\s*\d)", re.IGNORECASE)
_VI_EVENT = re.compile(
    r"\b(?:hội nghị|đại hội|hội thảo|diễn đàn|giải|lễ|cuộc thi|hội thi|kỳ thi|liên hoan|triển lãm|festival|ngày hội|kỳ họp|phiên họp"
    r"|hội chợ|đợt|diễn tập|lớp|khóa|hội thao|hội diễn|tọa đàm|tuần lễ|chương trình|họp|tổng kết|sơ kết"
    r"|huấn luyện|tập huấn)\b[^.;:!?\n]{0,90}$",
    re.IGNORECASE,
)
_NOT_ITS_YEAR = re.compile(
    r"\b(?:by|until|before|towards?|beyond|since|in|during|from|đến|tới|trước|hết|từ|vào|hồi|trong|so với|cùng kỳ|cuối"
    r"|(?<!tháng )đầu|sinh|kể từ)"
    r"\s+(?:the\s+)?(?:end of\s+|cuối\s+)?$",
    re.IGNORECASE,
)
_LOOKS_BACK = re.compile(r"\b(?:review|summary|tổng kết|sơ kết|nhìn lại|kết quả|rút kinh nghiệm)\b", re.IGNORECASE)
_STARTS = re.compile(r"\b(?:triển khai|phát động|nhiệm vụ|phương hướng|tasks?|plans?|budget|season)\b", re.IGNORECASE)
_PRIZE = re.compile(
    r"\b(?:trao (?:thưởng|giải)|giải (?:thưởng|báo chí|sách|văn học)|chung khảo|sơ khảo|bình chọn|vinh danh|xét (?:tặng|giải)|prizes?"
    r"|awards?|laureates?|shortlist\w*)\b",
    re.IGNORECASE,
)  # that of a year is judged and given in it or in the next
_DISCUSSES = re.compile(
    r"\b(?:bàn|thảo luận|góp ý|lấy ý kiến|dự thảo|dự toán|đăng cai|chủ nhà|discuss\w*|draft\w*|host(?:ing)? of)\b", re.IGNORECASE
)  # what is discussed, or awarded to a host, is still to come
_YEAR_END, _AUTUMN = 12, 9


class EventYears(NamedTuple):
    """Years that name events in a sentence.

    Args:
        years: each with its evidence.
        sentence: that sentence.
        may_be_next_year: whether the event can be that of the coming year, as articles of the last months of a year tell, and those of
            what is still discussed.
        is_prize: whether it is a prize, which may be given in the year after.
    """

    years: dict[int, Evidence]
    sentence: str
    may_be_next_year: bool
    is_prize: bool


def event_years(reading: Reading, mention: Mention) -> EventYears:
    """Return the years of the events in the sentence of a day and month."""
    start, end = reading.sentence(mention.start)
    sentence = reading.text[start:end]
    years: dict[int, Evidence] = {}
    edition = True
    for pattern in (_EN_EVENT, _VI_YEAR):
        for hit in pattern.finditer(sentence):
            before = sentence[: hit.start()]
            if _NOT_ITS_YEAR.search(before[-30:]) or (pattern is _VI_YEAR and not _VI_EVENT.search(before[-110:])):
                continue
            edition = edition and pattern is _EN_EVENT
            years[int(hit[1])] = Evidence(start + hit.start(1), start + hit.end(1), hit[1], "event_year")
    month = mention.month or 0
    starts = bool(_STARTS.search(sentence))
    if not edition:  # a meeting that is held "at the 2025 Conference" is that of 2025; "kỳ thi năm 2026" can be announced in 2025
        starts = starts or intends(sentence) or (month == _YEAR_END and not _LOOKS_BACK.search(sentence))
    named_at = min((seen.start - start for seen in years.values()), default=0)
    discussed = not edition and bool(_DISCUSSES.search(sentence, 0, named_at))
    return EventYears(years, sentence, discussed or (month >= _AUTUMN and starts), bool(_PRIZE.search(sentence)))
