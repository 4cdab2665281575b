"""HTML left inside a text field: tags dropped, entities decoded, and nothing else touched."""

from __future__ import annotations

import html
import re
from html.entities import html5

NOTE = "markup_stripped"
_BLOCK = frozenset(
    "address article aside blockquote br caption center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
_CELL = frozenset(("td", "th"))
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code del dfn em embed font i iframe img input ins kbd label mark noscript object param picture q s "
    "samp small source span strike strong sub sup svg time tt u var video wbr body head html link meta title button audio".split()
)
_DROPPED = ("script", "style", "template")  # with what stands inside
_NAMES = _BLOCK | _CELL | _INLINE | set(_DROPPED)
_ATTRIBUTE = r"""\s++[A-Za-z_:@][\w:.@-]*+(?:\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s"'<>`]++))"""
_BARE = r"\s++(?:allowfullscreen|async|autoplay|controls|defer|disabled|hidden|ismap|loop|muted|nowrap|noshade|checked|selected)(?=[\s/>])"
# Each alternative ends at the next "<" at the latest, so that a text full of "<" costs no more than its length.
_TAG = re.compile(
    rf"<!--(?:(?!-->|<!--).)*+-->|<!doctype\s[^<>]*+>|<(/?)([a-z][a-z0-9]{{0,11}})((?:{_ATTRIBUTE}|{_BARE})*+)\s*+(/?)>",
    re.IGNORECASE | re.DOTALL,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_EMPTY_LINES = re.compile(r"\n[ \t]*+(?:\n[ \t]*+)++")
_SURE_ALONE = frozenset(("br", "p", "hr", "li", "div", "td", "tr", "img", "script", "style"))
_ARTICLE = frozenset(("br", "p", "div", "li", "span", "a", "img"))  # one of these stands in any article that was escaped as a whole


def strip_markup(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without HTML tags and entities, and the note `markup_stripped` if there were any.

    Tags go only where the text surely holds markup: a closing tag, an attribute with a value, a comment, or a tag like <br> or <p>.
    What stands inside <script> and <style> goes with them. "a < b", "<3" and "R&D;" stay as they are. Time grows with the length alone.

    Args:
        text: the text of a record.
    """
    if "<" not in text and "&" not in text:
        return text, ()
    plain = _decode(_without_tags(text))
    if "<" not in text and "<" in plain:  # the whole article was escaped, as feeds and exports do
        inner = _without_tags(plain, _ARTICLE)
        plain = _decode(inner) if inner != plain else plain
    return (plain, (NOTE,)) if plain != text else (text, ())


def _decode(text: str) -> str:
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(entity: re.Match[str]) -> str:
    name = entity[0][1:]
    if name.startswith("#"):
        return html.unescape(entity[0]).replace("\u00a0", " ")
    return html5.get(name, entity[0]).replace("\u00a0", " ")


def _sure(tag: re.Match[str]) -> bool:
    """Whether a tag alone shows that the text holds markup."""
    name = (tag[2] or "").lower()
    return not name or bool(tag[1]) or "=" in tag[3] or name in _SURE_ALONE


def _without_tags(text: str, among: frozenset[str] | None = None) -> str:
    """The text without its tags, if one is sure (and one is `among` those names, where that is asked)."""
    tags = [tag for tag in _TAG.finditer(text) if not tag[2] or tag[2].lower() in _NAMES] if "<" in text else []
    if not any(map(_sure, tags)) or (among is not None and not any(tag[2] and tag[2].lower() in among for tag in tags)):
        return text
    ends = {tag[2].lower(): tag.start() for tag in tags if tag[1]}  # the last closing tag of each name
    parts: list[str] = []
    position, inside = 0, ""
    for tag in tags:
        name = (tag[2] or "").lower()
        if inside:  # a script: only its end matters
            if tag[1] and name == inside:
                inside, position = "", tag.end()
            continue
        parts.append(text[position : tag.start()])
        position = tag.end()
        if name in _DROPPED and not tag[1] and not tag[4] and ends.get(name, -1) >= position:
            inside = name
        elif name in _BLOCK:
            parts.append("\n")
        elif name in _CELL:
            parts.append(" ")
    parts.append(text[position:])
    return _EMPTY_LINES.sub("\n\n", "".join(parts)).strip()
