"""Lines that lead away from an article or say who owns it: "Read more: ...", "Mời bạn đọc ...", "© 2025 ...".

They are what a source prints under all its articles, so their reason is `repeated_line`, also where only one article was read.
"""

from __future__ import annotations

import re

from topics.ingest.boilerplate.line import PROSE_WORDS

MAX_WORDS = 30
_ARROWS = r"(?:>{1,3}|»{1,2}|=>|→|►|▶|\*{1,3}|[-–—•])[^\S\n]{0,3}"
_MORE = (
    "Read more|Read also|Also read|See also|See more|Learn more|More on this|Related(?: (?:news|stories|articles))?|Recommended"
    "|(?:Xem|Đọc) (?:thêm|tiếp|ngay)|Có thể bạn quan tâm|Tin liên quan|Bài liên quan|Tin bài liên quan|Tin cùng chuyên mục"
    "|Mời (?:xem|đọc) thêm"
)
_SITES = "Facebook|Twitter|X|Instagram|YouTube|LinkedIn|Telegram|TikTok|Zalo|Google News|WhatsApp|Threads|Bluesky"
_LABEL = re.compile(rf"(?:{_ARROWS})?(?:{_MORE})[^\S\n]{{0,2}}[:：]", re.IGNORECASE)
_POINTED = re.compile(rf"(?:>{{2,3}}|»{{1,2}}|=>|►|▶)[^\S\n]{{0,3}}(?:{_MORE})\b|(?:{_MORE})[^\S\n]{{0,2}}>{{1,3}}$", re.IGNORECASE)
_INVITED = re.compile(
    r"Mời (?:quý |các )?(?:bạn đọc|bạn|vị|độc giả|khán giả|thính giả) (?:[^\n]{1,12} )?"
    r"(?:xem|theo dõi|đón (?:đọc|xem)|gửi|vào (?:chuyên )?(?:mục|trang)|truy cập|tham khảo|bấm|nhấn|đặt câu hỏi)\b",
    re.IGNORECASE,
)
_INVITED_BELOW = re.compile(rf"{_ARROWS}{_INVITED.pattern}", re.IGNORECASE)
_FOLLOW = re.compile(
    rf"(?:{_ARROWS})?(?:Please )?(?:Follow|Like|Find|Join) (?:us|[^\n]{{1,40}}?) on (?:our )?(?:{_SITES})\b"
    r"|(?:Sign up|Subscribe)(?: here| now)? (?:for|to) (?:our|the|[^\n]{1,30}?) ?(?:[^\n]{0,20} )?(?:newsletters?|channel)\b"
    r"|Click here (?:to|for)\b",
    re.IGNORECASE,
)
_OWNED = re.compile(
    r"(?:©|\(c\) (?=\d{4})|copyright\b[^\n]{0,3}(?:©|\(c\)|\d{4})|bản quyền (?:thuộc|©|\d{4}))|[^\n]{0,120}\ball rights reserved\.?$",
    re.IGNORECASE,
)

_BUTTON = re.compile(r"(?:Share (?:this )?(?:article|story|post|page)|Advertisements?|Quảng cáo|Chia sẻ(?: bài viết)?)[.:]?", re.IGNORECASE)
_TAGS = re.compile(r"(?:Tags?|Keywords?|Từ khóa|Từ khoá|Chủ đề)[^\S\n]{0,2}[:：][^\S\n]{0,2}[^.!?\n]{2,200}")
_ANY = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in (_LABEL, _POINTED, _INVITED_BELOW, _OWNED)), re.IGNORECASE)


def is_promotion(text: str) -> bool:
    """Whether a line invites to read something else, or states who owns the article."""
    if text.count(" ") > MAX_WORDS:
        return False
    if _ANY.match(text) or _BUTTON.fullmatch(text) or _TAGS.fullmatch(text):
        return True
    return text.count(" ") < PROSE_WORDS and bool(_FOLLOW.match(text) or _INVITED.match(text))
