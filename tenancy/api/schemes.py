"""How the schema calls the ways to say who asks."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from tenancy.api.tokens import BearerTokens, Sessions


class BearerScheme(OpenApiAuthenticationExtension):
    """How the schema calls a token."""

    target_class = BearerTokens
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """An HTTP bearer scheme."""
        words = "An API token (`stw_…`), made in the desk under “API tokens”, with the scopes read, report or work."
        return {"type": "http", "scheme": "bearer", "description": words}


class SessionScheme(OpenApiAuthenticationExtension):
    """How the schema calls a browser's session."""

    target_class = Sessions
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """A cookie."""
        words = "The session of a signed-in browser; whatever writes needs the header X-CSRFToken too."
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": words}
