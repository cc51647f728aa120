"""The product's addresses, and the bare views beside them."""

from django.urls import include, path

from config.bench import bare

bare_patterns = [
    path("bare/walled/<page>/<int:organisation_id>/", bare.replay),
    path("bare/open/<page>/<int:organisation_id>/", bare.replay_open),
    path("bare/report/<int:organisation_id>/<int:reporter_id>/", bare.report),
]
urlpatterns = [*bare_patterns, path("", include("config.urls"))]
