"""Markdown as safe HTML: no raw HTML, no pictures, no links but to pages and mail addresses."""

from typing import Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

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
