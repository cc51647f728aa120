"""Quillfeather Press: a small publisher with a friendly help table and its own words for things."""

from datetime import time

from config.demo.house import House
from config.demo.quill import house_life, pages, selling, shelves
from config.demo.quill.desk import CATEGORIES, MATRIX, RULES, SERVICES, TEAMS, TYPES
from config.demo.quill.knowledge import KNOWLEDGE
from config.demo.quill.people import PEOPLE
from config.demo.quill.promises import PROMISING

QUILL = House(
    slug="quill",
    name="Quillfeather Press",
    colour="#9d174d",
    time_zone="Europe/Berlin",
    language="en",
    sender_address="help@quillfeather.example",
    hosts=("quill.localhost",),
    hours=(time(9), time(18, 30)),
    humans=PEOPLE,
    teams=TEAMS,
    services=SERVICES,
    categories=CATEGORIES,
    types=TYPES,
    matrix=MATRIX,
    rules=RULES,
    promising=PROMISING,
    catch_all="harriet",
    knowledge=KNOWLEDGE,
    stories=(*pages.STORIES, *shelves.STORIES, *selling.STORIES, *house_life.STORIES),
)
