"""Whether a text speaks of a date as past, as still ahead, or leaves it open.

Only what is past bounds the publication from below, so "past" needs a witness in the text. Vietnamese verbs have no tense and
headlines name years to come as often as years gone by ("the exam of 2026"), hence the three answers. The title and the first
paragraph tell the news, which may be an announcement; what stands further down is background, and past unless it says otherwise.
"""

from __future__ import annotations

import re
from typing import Literal

from topics.ingest.dates.mentions import Mention

Tense = Literal["past", "open", "ahead"]

CLAUSE = 40  # code points after a date that still speak of it
_NEAR = 60  # code points around a date in which a verb speaks of it
_GOVERNED = 24  # code points before a date in which the word that governs it stands

_FUTURE = re.compile(
    r"\b(?:will|to be|due|expected|scheduled|plans?|planned|deadline|upcoming|sẽ|dự kiến|kế hoạch|tầm nhìn|mục tiêu"
    r"|phấn đấu|sắp(?!\s+(?:xếp|đặt))|lộ trình|hiệu lực|thời hạn|hạn chót)\b",
    re.IGNORECASE,
)
_INTENDED = re.compile(
    r"\b(?:would|shall|should|must|could|next|targets?|goals?|aims?|aimed|booked|proposes?|proposed|forecasts?|slated|set to|ahead of"
    r"|preparing|prepares?|phải|cần|đề xuất|kiến nghị|yêu cầu|đề nghị|dự báo|kỳ vọng|có thể|nếu|chuẩn bị|hướng tới|hướng đến|cam kết"
    r"|phương hướng|nhiệm vụ|tuyển sinh|chỉ tiêu|sớm nhất|chậm nhất|muộn nhất|ấn định|xem xét|muốn|dự định|triển vọng|áp dụng|cho phép"
    r"|tuyển dụng|lịch|đăng ký|khởi động|nguy cơ|trông chờ|tương lai|xu hướng|mở rộng|quyết tâm|đặt ra|đề ra|chốt|nỗ lực"
    r"|trước thềm|đón (?:năm|tết|xuân))\b",
    re.IGNORECASE,
)
_SAID = re.compile(r"\b(?:said|says|told|announced|reported|cho biết|khẳng định|thông báo|nhấn mạnh|yêu cầu)\b", re.IGNORECASE)
_COMING = re.compile(r"\)?\s+(?:tới đây|sắp tới|tới(?!\s+nay)|này|next)\b", re.IGNORECASE)
_FROM = re.compile(r"\b(?:từ|from|effective)\s+(?:(?:ngày|tháng|đầu|cuối|giữa|năm|quý)\s+)*$", re.IGNORECASE)
_TO = re.compile(r"\b(?:vào|cho|qua|sang|for|into)\s+(?:(?:ngày|tháng|đầu|cuối|giữa|dịp|năm|quý|the)\s+)*$", re.IGNORECASE)
_TO_DATE = re.compile(r"\b(?:(?:đến|tới) nay|to date|so far|until now)\b", re.IGNORECASE)
_UNTIL_NOW = re.compile(r"\b(?:(?:đến|tới) nay|đã|was|were|had|has|have|since)\b", re.IGNORECASE)
_YEAR_SAID = re.compile(r"\b(?:in|during|since|of|from|between|and|than|năm|từ|và|hồi|đến|của)\s+(?:năm\s+)?(?:the\s+)?$", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|sau)\s+(?:ngày\s+)?$", re.IGNORECASE)
_GONE = re.compile(
    r"\b(?:since|kể từ|hồi|cùng kỳ|so với|sinh|mất|qua đời|ra đời|thành lập|founded|born|compared (?:with|to)|up from|down from|than in)"
    r"\s+(?:(?:in|on|the|ngày|tháng|đầu|cuối|giữa|năm|quý|cùng kỳ)\s+)*$",
    re.IGNORECASE,
)
DONE = re.compile(
    r"\b(?:đã|từng|vừa|was|were|had|did|began|held|came|went|took|made|gave|met|won|lost|led|fell|rose|grew|hit|saw|left|got|became"
    r"|brought|built|bought|sold|sent|found|fought|broke|told|said|stood|ran|struck|swept|cut|put|blew|kept|set|(?!need|speed|indeed|hundred)[a-z]{2,}ed)\b",
)
DOCUMENT = re.compile(
    r"(?:\b(?:số|No\.|nghị định|nghị quyết|quyết định|thông tư|công văn|luật|chỉ thị|văn bản|công điện|kết luận|decree|decision"
    r"|circular|resolution|law)\b[^.\n]{0,60}|\b(?:ký|ban hành|issued|signed|adopted))\s*,?\s*(?:ngày|on)?\s*$",
    re.IGNORECASE,
)
LOOKS_BACK = re.compile(
    r"\b(?<!best )(?<!record )(?:achievements?|experiences?|results?|reviews?|reviewed|performance|outcomes?|summary|tổng kết"
    r"|nhìn lại|kết quả|thành tích|thành tựu)\b"
    r"(?:(?!triển khai|nhiệm vụ|phương hướng|kế hoạch|nhất\b|best\b|record\b|\d{4})[^.!?;\n]){0,60}$",
    re.IGNORECASE,
)


def is_document(text: str, mention: Mention, at: int | None = None) -> bool:
    """Whether a mention is the day of a decree, a law or a signature; `at` is where it stands if not at its own offset."""
    start = mention.start if at is None else at
    return bool(DOCUMENT.search(text, max(0, start - 80), start))


def is_ahead(sentence: str, start: int, end: int) -> bool:
    """Whether a word for what is still to come stands before a date in its sentence, or after it in the same clause.

    Args:
        sentence: around the date.
        start, end: of the date in the sentence.
    """
    said = _SAID.search(sentence, end, end + CLAUSE)
    return bool(_COMING.match(sentence, end) or _FUTURE.search(sentence, 0, said.start() if said else end + CLAUSE))


def intends(sentence: str) -> bool:
    """Whether a sentence speaks of what is wanted, asked for or prepared."""
    return bool(_INTENDED.search(sentence) or _FUTURE.search(sentence))


def reviews(sentence: str, start: int) -> bool:
    """Whether the text looks back on a period: "results in 2024", "tổng kết công tác năm 2025"."""
    return bool(LOOKS_BACK.search(sentence, max(0, start - 80), start)) and not _FROM.search(sentence, max(0, start - _GOVERNED), start)


def _is_witnessed(sentence: str, start: int, end: int, mention: Mention) -> bool:
    """Whether the sentence itself says that a date is past."""
    before, after = sentence[max(0, start - _NEAR) : start], sentence[end : end + _NEAR]
    if _GONE.search(before) or mention.part in {"now", "early", "late", "past"}:
        return True
    if mention.bounded and not DOCUMENT.search(before):  # "until", the end of a range
        return mention.grain == "day" and bool(_AFTER.search(before) and DONE.search(sentence))
    at_head = len(sentence[:start].split()) <= 3
    if mention.grain == "year":
        return at_head and bool(DONE.search(after))
    if mention.grain == "day" and (at_head or DOCUMENT.search(before)):
        return True
    return bool(DONE.search(before) or (at_head and DONE.search(after)))


def tense_of(sentence: str, start: int, end: int, mention: Mention, *, background: bool) -> Tense:
    """Return whether a text speaks of a date as past, as still ahead, or leaves it open.

    Args:
        sentence: around the date.
        start, end: of the date in the sentence.
        mention: the date.
        background: whether it stands below the first paragraph.
    """
    if mention.future or (is_ahead(sentence, start, end) and not reviews(sentence, start)):
        return "ahead"
    governed = sentence[max(0, start - _GOVERNED) : start]
    if mention.grain == "year" and not _YEAR_SAID.search(governed):
        return "ahead"  # a number of four digits that need not be a year
    if _FROM.search(governed) and not _GONE.search(governed):
        lasts = (_UNTIL_NOW if background else _TO_DATE).search(sentence) or (background and mention.grain != "day")
        return "past" if lasts else "ahead"
    witnessed = _is_witnessed(sentence, start, end, mention)
    if reviews(sentence, start) or (witnessed and (not _INTENDED.search(sentence) or is_document(sentence, mention, start))):
        return "past"
    return _unwitnessed(sentence, start, end, mention, background=background)


def _unwitnessed(sentence: str, start: int, end: int, mention: Mention, *, background: bool) -> Tense:
    """The same of a date whose sentence does not say that it is past."""
    governed = sentence[max(0, start - _GOVERNED) : start]
    if background:
        near = sentence[max(0, start - 2 * _NEAR) : end + _NEAR]
        unsure = _INTENDED.search(near) or (_TO.search(governed) and not DONE.search(sentence))
        return "open" if unsure else "past"
    return "ahead" if mention.grain == "year" and (_INTENDED.search(sentence) or _TO.search(governed)) else "open"
