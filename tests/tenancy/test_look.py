"""The look that every page wears: colours that can be read, logos made anew."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tenancy import pictures
from tenancy.colours import READABLE, contrast_with_white, readable_under_white
from tenancy.members import Member
from tenancy.models import Organisation

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def picture(kind: str = "PNG", size: tuple[int, int] = (20, 10), **extra: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **extra)
    return out.getvalue()


@given(COLOURS)
def test_every_colour_becomes_readable(colour: str) -> None:
    darkened = readable_under_white(colour)
    assert contrast_with_white(darkened) >= READABLE
    assert darkened == colour or contrast_with_white(colour) < READABLE


def test_contrast_is_counted_as_wcag_does() -> None:
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_drawn_anew(kind: str) -> None:
    made = Image.open(BytesIO(pictures.logo(picture(kind, (2000, 1000)))))
    assert (made.format, made.size) == ("PNG", (512, 256))


def test_nothing_hidden_in_a_picture_survives() -> None:
    assert b"<script>" not in pictures.logo(picture() + b"<script>alert(1)</script>")


BOMB = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xc3P\x00\x00\xc3P\x08\x02\x00\x00\x00"


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture("GIF"), picture("BMP"), picture()[:45], BOMB],
    ids=["empty", "svg", "gif", "bmp", "cut", "bomb"],
)
def test_what_is_not_a_picture_is_refused(data: bytes) -> None:
    with pytest.raises(pictures.BadPicture):
        pictures.logo(data)


@pytest.fixture
def desk(member: Callable[..., Member], client_of: Callable[[Member], Client], settings: Any, tmp_path: Path) -> Client:
    """An administrator's browser; files go to a place of this test."""
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages
    return client_of(member("administrator"))


def put(desk: Client, organisation: Organisation, data: bytes = b"", name: str = "logo.png", **more: str) -> Any:
    typed = {"name": "Harbour", "colour": "#1d4ed8", "language": "en", "time_zone": "Europe/Berlin", **more}
    files = {"picture": SimpleUploadedFile(name, data)} if data else {}
    return desk.post(f"/desk/tenancy/organisation/{organisation.slug}/change/", {**typed, **files})


def test_a_logo_is_hung_replaced_and_taken_down(
    desk: Client, harbour: Organisation, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    assert desk.get("/branding/logo").status_code == 404
    assert put(desk, harbour, picture(), "../../x.svg").status_code == 302
    answer = desk.get("/branding/logo")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    first = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.png")]
    assert [path.parent.name for path in first] == [f"org-{harbour.id}"]
    with django_capture_on_commit_callbacks(execute=True):
        put(desk, harbour, picture("WEBP"))
    assert len(list(tmp_path.rglob("*.png"))) == 1
    with django_capture_on_commit_callbacks(execute=True):
        put(desk, harbour, remove_picture="on")
    assert not list(tmp_path.rglob("*.png"))
    assert desk.get("/branding/logo").status_code == 404


def test_a_bad_logo_is_told_on_the_form(desk: Client, harbour: Organisation) -> None:
    for data in (b"<svg/>", b"x" * (pictures.MAX_BYTES + 1)):
        answer = put(desk, harbour, data)
        assert answer.context["adminform"].form.errors["picture"]


def test_one_organisations_logo_is_not_the_others(desk: Client, harbour: Organisation) -> None:
    put(desk, harbour, picture())
    assert Client(SERVER_NAME="quill.testserver").get("/branding/logo").status_code == 404


def test_the_colour_is_served_to_strangers_and_may_be_kept(stranger: Client, harbour: Organisation) -> None:
    answer = stranger.get("/branding.css")
    assert "--brand: #1d4ed8;" in answer.content.decode()
    assert "max-age=300" in answer["Cache-Control"]
    assert answer["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "#000000;}*{display:none", "url(//evil.example)"])
def test_a_colour_is_a_colour(colour: str, desk: Client, harbour: Organisation) -> None:
    assert put(desk, harbour, colour=colour).context["adminform"].form.errors["colour"]
