"""How names of people, agencies and papers look."""

from __future__ import annotations

import re

from topics.ingest.boilerplate.places import PLACES

MAX_NAME = 8
_PARTICLES = frozenset("and & of the for by in at de da del der di du la le van von bin và của tại cho - – / + +".split())
_OUTLETS = frozenset(
    "reuters|afp|ap|upi|bbc|cnn|vna|vns|vnexpress|vne|xinhua|tass|ria novosti|sputnik|kyodo|yonhap|bernama|antara|dpa|efe|ansa|anadolu"
    "|bloomberg|cnbc|guardian|the guardian|the new york times|new york times|washington post|rt|dw|al jazeera|vov|voa|viet nam news"
    "|nhan dan|ttxvn|tân hoa xã|qđnd|qđnd online|tpo|tto|nlđo|nlđ|plo|vtv|vtv24|vtc|vtc news|vtc14|sggp|sggpo|hnm|hnmo|cand|antđ|đđk|lđo"
    "|dân trí|vietnamnet|vietnam+|vietnamplus|zing|zing news|znews|vgp|vgp news|bnews|infonet|tuổi trẻ|tuổi trẻ online|thanh niên"
    "|thanh niên online|tiền phong|lao động|người lao động|nhân dân|quân đội nhân dân|sài gòn giải phóng|hà nội mới|vneconomy|cafef"
    "|cafebiz|soha|kenh14|pv|ctv|p.v|t.h|getty|getty images|epa|nasa|đại đoàn kết|dân việt|đất việt|người đưa tin"
    "|công an nhân dân|an ninh thủ đô|pháp luật tp.hcm|pháp luật việt nam"
    "|sức khỏe & đời sống|sức khoẻ & đời sống|sức khỏe và đời sống|khoa học & đời sống|đời sống & pháp luật|gia đình & xã hội|trí thức trẻ"
    "|giáo dục & thời đại|kinh tế & đô thị|thể thao & văn hóa|thế giới & việt nam|nông nghiệp việt nam|tài nguyên & môi trường".split("|")
)
_OUTLET_WORDS = frozenset(
    "news agency times post herald press wire journal tribune telegraph daily gazette courier online tv radio báo hãng tạp đài nhật".split()
)
_DOMAIN = re.compile(r"[\w-]{2,40}(?:\.[\w-]{2,40}){0,2}\.(?:vn|com|net|org|info|gov|edu|tv|io|uk|au|eu)(?:\.[a-z]{2})?", re.IGNORECASE)
_ACRONYM = re.compile(r"[^\W\d_a-z]{2,6}\+?")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[.’'-]){0,24}")
_INITIALS = re.compile(r"(?:[^\W\d_]\.){1,3}\s?[^\W\d_]{1,12}\.?")
_BETWEEN = re.compile(r"\s{1,4}[-–—&|]\s{1,4}|\s{0,4}[,;]\s{1,4}|\s{1,4}(?:and|và)\s{1,4}")
_FAMILIES = frozenset("nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh dao doan mai trinh truong".split())
_NO_PERSON = frozenset(
    """the a in at of for from with our your my this that all live free new old north south east west northern southern thanks
    university institute department ministry company inc corp ltd college school association league party army navy club united national
    city road street avenue center centre council committee world""".split()
)
MAX_PEOPLE = 4


def _is_upper(word: str) -> bool:
    return word[:1].isupper() or word[:1].isdigit()


def is_name(text: str) -> bool:
    """Whether words after "Photo:" or "Source:" are a name, not a headline: few, at least half of them capitalised, no question."""
    parts = text.replace("/", " ").split()
    if not 1 <= len(parts) <= MAX_NAME or not _is_upper(parts[0].lstrip("“\"'@(")) or text.rstrip().endswith(("?", "!", "…", ":")):
        return is_outlet(text)
    n_upper = sum(_is_upper(part.lstrip("“\"'@(")) for part in parts)
    return n_upper > len(parts) / 2 if len(parts) > 4 else 2 * n_upper >= len(parts)


def is_proper(text: str) -> bool:
    """Whether all words are capitalised but for "of", "và" and the like."""
    parts = text.replace("/", " ").split()
    return 1 <= len(parts) <= MAX_NAME and _is_upper(parts[0]) and all(_is_upper(part) or part in _PARTICLES for part in parts)


def is_outlet(text: str) -> bool:
    """Whether words name a news agency or paper that is known, or a site."""
    bare = text.strip(" .()[]").lower()
    return bare in _OUTLETS or bool(_DOMAIN.fullmatch(bare))


def is_domain(text: str) -> bool:
    """Whether a word is the address of a site."""
    return bool(_DOMAIN.fullmatch(text))


def are_outlets(text: str) -> bool:
    """Whether a line is one or several outlets and nothing else: "PV/VOV.VN"."""
    parts = [part.strip() for part in re.split(r"[/,–—]|\s-\s", text.strip(" .()[]"))]
    return len(parts) <= 4 and all(parts) and all(map(is_outlet, parts))


def is_acronym(text: str) -> bool:
    """Whether a word is a short name in capitals, as agencies have."""
    return bool(_ACRONYM.fullmatch(text)) and text.upper() == text


def says_outlet(text: str) -> bool:
    """Whether a name holds a word that agencies and papers have in theirs."""
    return are_outlets(text) or (is_proper(text) and any(word in _OUTLET_WORDS for word in text.lower().split()))


def is_person(text: str) -> bool:
    """Whether words can be a person's name: two to four, each capitalised; four in ASCII only after a Vietnamese family name."""
    words = text.split()
    if not 2 <= len(words) <= 4 or not all(word[0].isupper() and _WORD.fullmatch(word) for word in words):
        return False
    lower = [word.lower().strip(".") for word in words]
    if text.lower() in PLACES or any(word in _NO_PERSON for word in lower):
        return False
    return not text.isascii() or len(words) < 4 or lower[0] in _FAMILIES or any(word.endswith(".") for word in words)


def is_initials(text: str) -> bool:
    """Whether a word is a name cut short: "H.Long", "T.V"."""
    return text[:1].isupper() and bool(_INITIALS.fullmatch(text))


def people(text: str) -> list[str]:
    """Return the people that a line names, if it names nothing else: "Nguyễn Văn Linh và Trần Hoàng"."""
    parts = [part.strip() for part in _BETWEEN.split(text.strip(" ."))]
    return parts if len(parts) <= MAX_PEOPLE and all(is_person(part) or is_initials(part) for part in parts) else []
