"""The desk's addresses of this room, besides those of its admin pages; the desk mounts them and guards its door."""

from django.urls import path

from tenancy.views import tokens

urlpatterns = [
    path("tokens/", tokens.mine, name="tokens"),
    path("tokens/<uuid:token_id>/revoke/", tokens.revoke, name="token-revoke"),
]
