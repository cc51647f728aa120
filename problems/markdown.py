"""Markdown as safe HTML, or as plain text: no raw HTML, no pictures, no links but to pages and mail addresses."""

from typing import Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# The page has a title and sections of its own: an article's headings stand below them.
_BELOW = 2
_PARSER: Final = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
# What the parser makes of markdown; it is looked through again in case the parser is mistaken.
_TAGS = {"a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong"} | {
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}


def render(text: str) -> SafeString:
    """Return the HTML of a text that anybody may have written."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + _BELOW)}"
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer")
    return mark_safe(clean)  # noqa: S308 - cleaned one line above


def plain(text: str) -> str:
    """Return the text as a message shows it: its lines as they stand, without the signs that only markdown reads."""
    lines, is_heading = text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), False
    for token in _PARSER.parse(text):
        if token.type == "inline" and token.map:
            said = token.content.split("\n")
            shown = _words(token.children or []).split("\n")
            if len(said) == len(shown):
                for place, (old, new) in enumerate(zip(said, shown, strict=True), token.map[0]):
                    lines[place] = new if is_heading else lines[place].replace(old, new, 1)
        is_heading = token.type == "heading_open"
    return "\n".join(lines)


def _words(tokens: list[Token]) -> str:
    """What stands between the signs; where a link leads stands behind its words."""
    words, address = [], ""
    for token in tokens:
        match token.type:
            case "softbreak" | "hardbreak":
                words.append("\n")
            case "link_open":
                address = str(token.attrs.get("href", ""))
            case "link_close" if not words or words[-1] != address:
                words.append(f" ({address})")
            case _:
                words.append(token.content)
    return "".join(words)
