"""What production answers: asked in a process of its own, under its own settings."""

import json
import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.architecture import sent

# Only the names of static files are left as they are: nobody has collected them.
ASK = """
import json, django
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
from django.test import Client
browser = Client(SERVER_NAME="harbour.testserver", raise_request_exception=False, enforce_csrf_checks=True)
found = {}
for scheme, method, path in json.loads(input()):
    answer = getattr(browser, method)(path, secure=scheme == "https")
    found[f"{scheme} {method} {path}"] = {
        "status": answer.status_code,
        "headers": dict(answer.headers),
        "cookies": {name: dict(cookie) for name, cookie in answer.cookies.items()},
    }
print(json.dumps(found))
"""
PAGES = ("/account/login/", "/", "/desk/", "/nothing/here/", "/answer/confirm/x/", "/branding.css")
DEVELOPMENT = ("/dev/look/", "/dev/mail/", "/dev/mail/x/", "/dev/mail/x/html/")
QUESTIONS = [
    *(("https", "get", path) for path in (*PAGES, *DEVELOPMENT)),
    ("https", "post", "/account/login/"),
    ("http", "get", "/account/login/"),
]
TIGHT = {"secure": True, "httponly": True, "samesite": "Lax", "path": "/", "domain": ""}


@pytest.fixture(scope="module")
def answers(django_db_setup: None) -> Any:
    """Status, headers and cookies by what was asked."""
    address = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONWARNINGS": "ignore",
        "SECRET_KEY": "p7Zt0qVx3Lr9sWc2Kd8Ym5Hb1Nf6Gj4TaEuRiOo-QvXzPlMkJn_BhGy",
        "DATABASE_URL": address.geturl(),
        "EMAIL_URL": "smtp://127.0.0.1:25",
        "DEFAULT_ORGANISATION": "",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        input=json.dumps(QUESTIONS),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("path", PAGES)
def test_the_browser_is_told_to_be_careful(path: str, answers: Any) -> None:
    headers = answers[f"https get {path}"]["headers"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_cookies_are_for_this_host_alone_and_never_for_scripts(answers: Any) -> None:
    set_by = [one["cookies"] for one in answers.values() if one["cookies"]]
    assert set_by
    for name, cookie in (pair for cookies in set_by for pair in cookies.items()):
        assert name in ("__Host-csrf", "__Host-session", "messages")
        assert {key: cookie[key] for key in TIGHT} == TIGHT


def test_nothing_is_served_in_clear(answers: Any) -> None:
    answer = answers["http get /account/login/"]
    assert (answer["status"], answer["headers"]["Location"]) == (301, "https://harbour.testserver/account/login/")


def test_a_form_without_its_token_is_refused(answers: Any) -> None:
    assert answers["https post /account/login/"]["status"] == 403


def test_the_pages_of_development_are_not_there(answers: Any) -> None:
    extra = set(sent.routes("config.urls_dev")) - set(sent.routes())
    assert len(extra) == len(DEVELOPMENT)
    assert all(name.startswith("dev") for name in extra)
    assert {answers[f"https get {path}"]["status"] for path in DEVELOPMENT} == {404}
