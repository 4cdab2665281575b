"""Vietnamese encodings from before Unicode, as tables: windows-1258, VISCII, TCVN3 (ABC), VNI-Windows; windows-1252 beside them.

CPython has no codec for VISCII, TCVN3 and VNI; these tables follow the standards and are checked by round trips.
"""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"
NONE = "\ufffe"  # what `codecs.charmap_decode` takes for "no such byte"


def _table(**runs: str) -> str:
    """ASCII, then runs of characters that begin at the byte their name gives; the other places are empty."""
    table = [chr(code) for code in range(128)] + [NONE] * 128
    for name, run in runs.items():
        start = int(name.removeprefix("x"), 16)
        table[start : start + len(run)] = run
    return "".join(table)


def _codec_table(name: str) -> str:
    table = (bytes([code]).decode(name, "replace") for code in range(256))
    return "".join(NONE if char == REPLACEMENT else char for char in table)


# Source: RFC 1456, VISCII 1.1.
VISCII = _table(
    x02="Ẳ", x05="ẴẪ", x14="Ỷ", x19="Ỹ", x1e="Ỵ",
    x80="ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ", x90="ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ", xa0="Õắằặấầẩậẽẹếềểễệố", xb0="ồổỗỠƠộờởịỰỨỪỬơớƯ",
    xc0="ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ", xd0="ĐứÒÓÔạỷừửÙÚỹỵÝỡư", xe0="àáâãảăữẫèéêẻìíĩỉ", xf0="đựòóôõỏọụùúũủýợỮ",
)  # fmt: skip

# Source: TCVN 5712:1993, table VN1. Its letters from A1 up that the ABC fonts have are table VN3, "TCVN3": no capitals with a tone.
TCVN = _table(
    x01="ÚỤ", x04="ỪỬỮ", x11="ỨỰỲỶỸÝỴ",
    x80="ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨ", x90="ÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ", xa0="\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ", xb0="\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ",
    xc0="ẮẦẨẪẤỀặầẩẫấậèỂẻẽ", xd0="éẹềểễếệìỉỄẾỒĩíịò", xe0="Ổỏõóọồổỗốộờởỡớợù", xf0="ỖủũúụừửữứựỳỷỹýỵỐ",
)  # fmt: skip

WINDOWS_1252 = _codec_table("cp1252")
WINDOWS_1258 = _codec_table("cp1258")

# VNI-Windows: a letter and the mark after it are one accented letter; nine letters have places of their own.
_TONES = "ùøûõï"
_VNI_SMALL = {
    **dict(zip(("a" + mark for mark in _TONES + "âáàåãäêéèúüë"), "áàảãạâấầẩẫậăắằẳẵặ", strict=True)),
    **dict(zip(("e" + mark for mark in _TONES + "âáàåãä"), "éèẻẽẹêếềểễệ", strict=True)),
    **dict(zip(("o" + mark for mark in _TONES + "âáàåãä"), "óòỏõọôốồổỗộ", strict=True)),
    **dict(zip(("ô" + mark for mark in _TONES), "ớờởỡợ", strict=True)),
    **dict(zip(("u" + mark for mark in _TONES), "úùủũụ", strict=True)),
    **dict(zip(("ö" + mark for mark in _TONES), "ứừửữự", strict=True)),
    **dict(zip(("y" + mark for mark in _TONES[:4]), "ýỳỷỹ", strict=True)),
    **dict(zip("íìæóòôöîñ", "íìỉĩịơưỵđ", strict=True)),
}
_VNI_LARGE = {key.upper(): value.upper() for key, value in _VNI_SMALL.items()}
VNI_LETTERS = {**{key[0].upper() + key[1:]: value.upper() for key, value in _VNI_SMALL.items()}, **_VNI_LARGE, **_VNI_SMALL}
_VNI_SIGNS = "".join(sorted({sign for key in VNI_LETTERS for sign in key if not sign.isascii()}))
_VNI_PAIRS = (base + "[" + "".join(key[1:] for key in VNI_LETTERS if key[:1] == base) + "]" for base in "aeouyAEOUYôöÔÖ")
VNI_UNIT = re.compile("|".join((*_VNI_PAIRS, f"[{_VNI_SIGNS}]")))
VNI_BYTES = "".join(char if ord(char) < 0xC0 or char > "\xff" or char in _VNI_SIGNS else NONE for char in WINDOWS_1252)
