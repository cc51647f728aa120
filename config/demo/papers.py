"""Small files that people of the demo attach: screenshots, letters, logs, all made here."""

from dataclasses import dataclass
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

PAPER, INK, BAR, GREY = "#f8fafc", "#0f172a", "#334155", "#cbd5e1"


@dataclass(frozen=True)
class Paper:
    """A file; its ending decides how the lines become a picture, a page or a text."""

    name: str
    lines: tuple[str, ...]
    kind: str = "evidence"

    def upload(self) -> SimpleUploadedFile:
        """Make the file as a browser would send it."""
        makers = {"png": _picture, "pdf": _page}
        make = makers.get(self.name.rsplit(".", 1)[-1], _text)
        return SimpleUploadedFile(self.name, make(self.lines))


def _text(lines: tuple[str, ...]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _picture(lines: tuple[str, ...]) -> bytes:
    """Draw a window with the first line as its title: what a screenshot looks like from afar."""
    image = Image.new("RGB", (640, 150 + 28 * len(lines)), GREY)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((24, 24, 616, image.height - 24), 8, fill=PAPER)
    draw.rounded_rectangle((24, 24, 616, 60), 8, fill=BAR)
    draw.text((40, 35), lines[0], fill=PAPER, font_size=15)
    for count, line in enumerate(lines[1:]):
        draw.text((48, 84 + 28 * count), line, fill=INK, font_size=16)
    draw.rounded_rectangle((510, image.height - 68, 592, image.height - 40), 6, fill=BAR)
    draw.text((540, image.height - 62), "OK", fill=PAPER, font_size=14)
    target = BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()


def _page(lines: tuple[str, ...]) -> bytes:
    """Write a PDF of one page by hand: five objects and the table of where they start."""
    shown = " T* ".join(f"({_escape(line)}) Tj" for line in lines)
    stream = f"BT /F1 12 Tf 72 760 Td 18 TL {shown} ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    body, starts = b"%PDF-1.4\n", []
    for count, content in enumerate(objects, 1):
        starts.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (count, content)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    trailer = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def _escape(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
