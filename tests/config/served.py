"""Production's settings for processes of the tests: nothing is collected, and views misbehave."""

from config.settings import production

globals().update({name: value for name, value in vars(production).items() if name.isupper()})
STORAGES = production.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ROOT_URLCONF = "tests.config.misbehaving"
