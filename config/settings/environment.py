"""Read the environment into Django's settings; every refusal names the variable."""

import json
import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def required(name: str) -> str:
    """Return the variable, or refuse to start and say which one is missing."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value


def database(url: str, *, pool_size: int) -> dict[str, object]:
    """Django's settings for a ``postgres://user:password@host:port/name`` address."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgres:// : the wall needs PostgreSQL.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # A connection that the server dropped is found out before a visitor gets it.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **query,
            # At most two seconds of waiting for a connection; then the visitor is told to come back (503). A server
            # that was away is found at once: a pool that goes on trying by itself does so ever more rarely.
            "pool": {"min_size": 1, "max_size": pool_size, "timeout": 2, "reconnect_timeout": 1},
        },
    }


def email(url: str) -> dict[str, object]:
    """Django's e-mail settings for a ``smtp://user:password@host:port?starttls=1`` address."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"}:
        raise ImproperlyConfigured("EMAIL_URL must start with smtp:// or smtps://")
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or 25,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": "starttls" in parts.query,
        "EMAIL_TIMEOUT": 10,
    }


def files(root: Path) -> dict[str, object]:
    """Django's settings for people's files: a folder, or the storage class that FILES_BACKEND names."""
    backend, options = os.environ.get("FILES_BACKEND", ""), os.environ.get("FILES_OPTIONS", "")
    if not backend:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": root}}
    try:
        told = json.loads(options or "{}")
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise ImproperlyConfigured('FILES_OPTIONS must be a JSON object, like {"bucket_name": "desk"}.')
    return {"BACKEND": backend, "OPTIONS": told}
