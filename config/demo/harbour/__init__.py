"""Harbour & Vale Clinics: a calm, correct desk with five teams and a lot at stake."""

from datetime import time

from config.demo.harbour import (
    accounts,
    computers,
    diagnostics,
    frontdesk,
    network,
    printing,
    records,
    requests,
    telephones,
    today,
    waiting,
)
from config.demo.harbour.desk import CATEGORIES, RULES, SERVICES, TEAMS
from config.demo.harbour.knowledge import KNOWLEDGE
from config.demo.harbour.people import PEOPLE
from config.demo.harbour.promises import PROMISING
from config.demo.house import House

HARBOUR = House(
    slug="harbour",
    name="Harbour & Vale Clinics",
    colour="#0f766e",
    time_zone="Europe/London",
    language="en",
    sender_address="service.desk@harbour.example",
    hosts=("localhost", "harbour.localhost"),
    hours=(time(7, 30), time(18)),
    humans=PEOPLE,
    teams=TEAMS,
    services=SERVICES,
    categories=CATEGORIES,
    rules=RULES,
    promising=PROMISING,
    catch_all="owen",
    knowledge=KNOWLEDGE,
    stories=(
        *accounts.STORIES,
        *computers.STORIES,
        *diagnostics.STORIES,
        *frontdesk.STORIES,
        *network.STORIES,
        *printing.STORIES,
        *records.STORIES,
        *requests.STORIES,
        *telephones.STORIES,
        *today.STORIES,
        *waiting.STORIES,
    ),
)
