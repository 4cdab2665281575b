"""Reads the explorer's columns as its JavaScript does, written anew from the description in columns.py."""

from __future__ import annotations

from typing import Any

LETTERS = [chr(code) for code in range(33, 127) if chr(code) not in "\"&'<>\\"]
DIGIT = {letter: digit for digit, letter in enumerate(LETTERS)}
BASE = len(LETTERS)


def value_of(letters: str) -> int:
    value = 0
    for letter in letters:
        value = value * BASE + DIGIT[letter]
    return value


def read_packed(column: dict[str, Any]) -> list[int]:
    width, text = column["width"], column["text"]
    return [value_of(text[start : start + width]) - 1 for start in range(0, len(text), width)]


def read_gaps(text: str) -> list[int]:
    rows: list[int] = []
    at, row = 0, -1
    while at < len(text):
        gap = DIGIT[text[at]]
        at += 1
        if gap >= BASE - 4:
            width = gap - (BASE - 4) + 1
            gap = value_of(text[at : at + width])
            at += width
        row += gap + 1
        rows.append(row)
    return rows


def read_worded(column: dict[str, str], size: int) -> list[str]:
    words = column["words"].split("~")
    text = column["text"].encode("utf-16-le").decode("utf-16-le", "surrogatepass")
    units = [text.encode("utf-16-le")[place : place + 2] for place in range(0, 2 * len(text.encode("utf-16-le")) // 2, 2)]
    plain = [unit.decode("utf-16-le", "surrogatepass") for unit in units]
    strings: list[str] = []
    at = 0
    for _ in range(size):
        found = ""
        while at < len(plain) and plain[at] != " ":
            digit = DIGIT[plain[at]]
            if digit == BASE - 1:
                length = DIGIT[plain[at + 1]]
                found += b"".join(units[at + 2 : at + 2 + length]).decode("utf-16-le")
                at += 2 + length
            elif digit < 52:
                found += words[digit]
                at += 1
            elif digit < 84:
                found += words[52 + (digit - 52) * BASE + DIGIT[plain[at + 1]]]
                at += 2
            else:
                found += words[52 + 32 * BASE + (digit - 84) * BASE**2 + value_of("".join(plain[at + 1 : at + 3]))]
                at += 3
        at += 1
        strings.append(found)
    return strings
