"""What an organisation of the demo knows: articles that its desk has written and published."""

from datetime import timedelta

from config.demo.house import Known
from config.demo.script import tidy
from config.demo.setup import Setup
from problems import actions
from problems.drafts import ArticleDraft
from problems.knowledge import Audience

REVIEWED_AFTER = timedelta(days=180)


def write(setup: Setup) -> None:
    """Have the desk's lead write them all on the day on which it opens."""
    lead = setup.cast.members[setup.house.catch_all]
    for known in setup.house.knowledge:
        article = actions.write_article(lead, draft=_draft(setup, known), at=setup.at)
        actions.publish(lead, article=article.public_id, at=setup.at)


def _draft(setup: Setup, known: Known) -> ArticleDraft:
    return ArticleDraft(
        title=known.title,
        summary=tidy(known.summary),
        body="\n".join(line.strip() for line in known.body.strip().splitlines()),
        audience=Audience.PUBLIC if known.public else Audience.INTERNAL,
        services=(setup.cast.services[known.service],),
        review_on=(setup.at + REVIEWED_AFTER).date(),
    )
