"""Files that pretend, hide or want to run: a name and a content each."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

from PIL import Image

RUN = "window.ran = 1; alert(1)"
SCRIPT = f"<script>{RUN}</script>"
HTML = f"<!doctype html><title>x</title>{SCRIPT}<body onload='{RUN}'>"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}">{SCRIPT}</svg>'
XHTML = f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>{RUN}</script></html>'
PDF = f"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1);{RUN})>>>>endobj\n%%EOF"
PARTS = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
MHT = f"{PARTS}Content-Type: text/html\r\n\r\n{HTML}"
XSLT = '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#s"?><x/>'
LONG = "a" * 5000


def nasty_files() -> Iterator[tuple[str, bytes]]:
    """All of them; a folder in a name is what a hand-made request sends."""
    for name, text in _named():
        yield name, text.encode()
    gif, archive = _gif(), _archive()
    yield "gifar.gif", gif + archive
    yield "picture.gif", gif[:6] + f"/*{RUN}*/=1;{RUN}//".encode() + gif[6:]
    yield "run.gif", f"GIF89a=1;{RUN}".encode()
    yield "picture.bmp", f"BM=1;{RUN}//".encode()
    yield "tail.png", _png() + HTML.encode()
    yield "archive.zip", archive
    yield "utf16.txt", HTML.encode("utf-16")
    yield "utf7.txt", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"
    yield "mark.html", b"\xef\xbb\xbf" + HTML.encode()
    yield "bytes.html", b"\x00\x00" + HTML.encode()
    yield "program.exe", b"MZ\x90\x00" + HTML.encode()
    yield "sheet.csv", b"=cmd|' /C calc'!A1\n"
    yield "empty-looking.html", b" " * 2000 + HTML.encode()


def _named() -> Iterator[tuple[str, str]]:
    yield from (
        ("page.html", HTML), ("page.htm", HTML), ("page.shtml", HTML), ("picture.png", HTML),
        ("PICTURE.JPG.html", HTML), ("report.pdf.html", HTML), ("drawing.svg", SVG), ("drawing.png", SVG),
        ("drawing.svgz", SVG), ("page.xhtml", XHTML), ("page.xml", XHTML), ("style.xsl", XSLT),
        ("data.rdf", XHTML), ("paper.pdf", PDF), ("mail.mht", MHT), ("mail.eml", MHT), ("script.js", RUN),
        ("module.mjs", RUN), ("data.json", f"[1];{RUN}"), ("style.css", "*{color:red}"),
        ("shell.php", f"<?php ?>{HTML}"), ("shell.pht", HTML),
        ("link.url", "[InternetShortcut]\nURL=javascript:alert(1)"), (".htaccess", "AddType text/html .txt"),
        ("manifest.webmanifest", "{}"), ("worker.js", f"self.onfetch=()=>{{{RUN}}}"),
        ("photo\u202egnp.html", HTML), ("../../x.html", HTML), ("C:\\x.html", HTML), ("nul\0.html", HTML),
        (LONG + ".html", HTML), ("line\r\nContent-Type: text/html\r\n\r\nx.html", HTML), ("con", HTML),
        ("dots․․．html", HTML), ('quote".html', HTML), ("semi;colon=.html", HTML),
        ("<img src=x onerror=alert(1)>.html", HTML),
    )  # fmt: skip


def _gif() -> bytes:
    out = BytesIO()
    Image.new("P", (1, 1)).save(out, "GIF")
    return out.getvalue()


def _png() -> bytes:
    out = BytesIO()
    Image.new("RGB", (1, 1)).save(out, "PNG")
    return out.getvalue()


def _archive() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Main-Class: X")
        archive.writestr("index.html", HTML)
    return out.getvalue()
