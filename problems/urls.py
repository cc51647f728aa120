"""The portal's addresses of this room: finding the answer oneself."""

from django.urls import path

from problems.views import help

app_name = "problems"
urlpatterns = [
    path("help/", help.find, name="help"),
    path("help/suggest/", help.suggest, name="help-suggest"),
    path("help/missed/", help.missed, name="help-missed"),
    path("help/<uuid:public_id>/", help.article, name="help-article"),
    path("help/<uuid:public_id>/vote/", help.vote, name="help-vote"),
    path("help/<uuid:public_id>/solved/", help.solved, name="help-solved"),
]
