"""The test settings, for a server whose port stands in its links, and on which things go wrong at will."""

import os

from config.settings import test

globals().update({name: value for name, value in vars(test).items() if name.isupper()})
PUBLIC_PORT = os.environ["PUBLIC_PORT"]
ROOT_URLCONF = "tests.journeys.urls"
