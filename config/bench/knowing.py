"""Problems and articles in the hands of a worker: articles to be found, and a workaround that many wait for."""

import time
from random import Random
from typing import Any

from django.db import connection, transaction

from incidents.models import Incident
from notifications.models import OutboxMessage
from problems import actions
from problems.actions import scanning
from problems.drafts import Description
from problems.due import LINKS
from problems.models import Problem
from tenancy import clock, members
from tenancy.models import Organisation, RoleGrant
from tenancy.roles import Role
from tenancy.wall import as_owner, bound

Order = dict[str, Any]
Answer = dict[str, Any]

THINGS = """
    printer scanner laptop monitor keyboard mouse headset projector phone badge door network cable router switch
    password account mailbox calendar folder drive licence browser update certificate tunnel backup database report
    invoice order payroll timesheet roster contract ticket label tray toner cartridge driver queue spooler
""".split()  # noqa: SIM905
DOINGS = """
    prints starts stops opens closes saves sends receives connects loads scans copies signs locks unlocks crashes
    freezes blinks beeps asks forgets refuses shows hides jams turns waits repeats loses finds
""".split()  # noqa: SIM905
WORDS = [*THINGS, *DOINGS, *(f"{thing}{doing[:4]}" for thing in THINGS for doing in DOINGS)]
# The words of an article are drawn from the vocabulary, a few of them far more often than the others, as in a language.
ARTICLES = """
INSERT INTO problems_article (organisation_id, title, summary, body, workaround, cause, error_code, audience, state,
    edition, written_at, updated_at, published_at)
SELECT %(id)s, pg_temp.drawn(6), pg_temp.drawn(12), pg_temp.drawn(80), '', '', '',
    CASE WHEN g %% 4 = 0 THEN 'internal' ELSE 'public' END, 'published', 1, now(), now(), now()
FROM generate_series(1, %(count)s) g
"""
DRAWN = """
CREATE OR REPLACE FUNCTION pg_temp.drawn(many integer) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT string_agg((%s::text[])[1 + floor(power(random(), 3) * %s)::int], ' ') FROM generate_series(1, many)
$$
"""
BARE = """
SELECT article.title, article.summary, article.public_id FROM articles_matching(%s, true, 5) found
JOIN problems_article article ON article.id = found.article_id ORDER BY found.score DESC
"""
RECENT = "UPDATE incidents_incident SET reported_at = now() - random() * interval '28 days' WHERE organisation_id = %s"
FORGET = "TRUNCATE problems_article, problems_problem CASCADE"


def typed(count: int) -> list[str]:
    """What so many people have typed so far: two or three whole words, and the beginning of the next one."""
    dice = Random(5)
    return [" ".join([*dice.choices(WORDS, k=dice.choice((2, 3))), dice.choice(WORDS)[:4]]) for _ in range(count)]


def lay_articles(order: Order) -> Answer:
    """Write so many articles in an organisation."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(FORGET)
        cursor.execute(DRAWN, [WORDS, len(WORDS)])
        cursor.execute(ARTICLES, {"id": order["organisation"], "count": order["count"]})
        cursor.execute("VACUUM ANALYZE problems_article")
    return {}


def suggest_barely(order: Order) -> Answer:
    """Milliseconds for each of the texts, by the statement alone."""
    times = []
    with bound(order["organisation"]), connection.cursor() as cursor:
        for text in order["texts"]:
            began = time.perf_counter()
            cursor.execute(BARE, [text])
            cursor.fetchall()
            times.append((time.perf_counter() - began) * 1000)
    return {"milliseconds": times}


def raise_and_tell(order: Order) -> Answer:
    """Raise a problem from so many open incidents of an organisation, and have its workaround told on them."""
    with as_owner(), bound(order["organisation"]):
        agent = RoleGrant.objects.filter(role=Role.AGENT).earliest("id").membership
        RoleGrant.objects.get_or_create(membership=agent, role=Role.PROBLEM_MANAGER)
    with bound(order["organisation"]):
        manager = members.load(agent, Organisation.objects.get(pk=order["organisation"]))
        numbers = list(Incident.objects.for_desk(manager).open().values_list("number", flat=True)[: order["count"]])
        description = Description(title="Empty pages", description="All of one floor print empty pages.")
        problem = actions.raise_problem(manager, description=description, incidents=numbers)
        actions.work_around(manager, number=problem.number, workaround="Print on the floor below meanwhile.")
        actions.broadcast(manager, number=problem.number)
    return {"incidents": len(numbers), "began": time.time()}


def bring(order: Order) -> Answer:
    """Bring what is owed until nothing is; say when that was."""
    while LINKS.attend(order["organisation"]):
        pass
    return {"ended": time.time()}


def count_told(order: Order) -> Answer:
    """How many incidents were told of, how many still wait, and how many mails that makes, none of them twice."""
    with bound(order["organisation"]):
        problem = Problem.objects.latest("id")
        mails = OutboxMessage.objects.filter(dedupe__startswith=f"problem:{problem.pk}:")
        told = problem.links.filter(due_at=None, told_edition=problem.told_edition).count()
        return {"told": told, "left": problem.links.exclude(due_at=None).count(), "mails": mails.count()}


def search_clusters(order: Order) -> Answer:
    """Search an organisation whose incidents were all reported in the weeks that are compared; then take that back."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RECENT, [order["organisation"]])
        incidents = cursor.rowcount
        with bound(order["organisation"]):
            began = time.perf_counter()
            found = scanning.search(clock.now())
            seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    return {"incidents": incidents, "seconds": seconds, "found": len(found)}


def forget(_order: Order) -> Answer:
    """Take all of it away."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(FORGET)
    return {}
