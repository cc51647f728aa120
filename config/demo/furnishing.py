"""Sets up an organisation's desk, as its administrator would: teams, services, categories, types, rules."""

from config.demo.house import Room
from config.demo.setup import Setup
from incidents.actions.configuring import follow, save_setting
from incidents.models import Category, DeskRules, IncidentType, Service
from tenancy.actions.teams import add_team, edit_team
from tenancy.drafts import TeamDraft


def make_teams(setup: Setup) -> None:
    """Found the teams, still without seats: people's roles name them."""
    for name, description in setup.house.teams.items():
        draft = TeamDraft(name=name, description=description)
        setup.cast.teams[name] = add_team(setup.administrator, draft=draft, at=setup.at)


def seat(setup: Setup) -> None:
    """Give the agents their places."""
    for name, team in setup.cast.teams.items():
        seats = frozenset(setup.cast.humans[human.key].id for human in setup.house.humans if name in human.seats)
        draft = TeamDraft(name=name, description=team.description, seats=seats)
        setup.cast.teams[name] = edit_team(setup.administrator, team=team, draft=draft, at=setup.at)


def furnish(setup: Setup) -> None:
    """Say what people rely on, how reports are sorted, by which rules, and who follows what."""
    for room in setup.house.services:
        _make_service(setup, room)
    for path in setup.house.categories:
        _make_category(setup, path)
    _make_types(setup)
    _set_rules(setup)
    for human in setup.house.humans:
        for name in human.follows:
            follow(setup.cast.members[human.key], service=setup.cast.services[name], at=setup.at)


def _make_service(setup: Setup, room: Room) -> None:
    service = Service(
        name=room.name,
        description=room.description,
        owner_team=setup.cast.teams[room.team],
        criticality=room.criticality,
    )
    setup.cast.services[room.name] = save_setting(setup.administrator, row=service, at=setup.at)


def _make_category(setup: Setup, path: str) -> None:
    above, _slash, name = path.rpartition(" / ")
    category = Category(name=name, parent=setup.cast.categories[above] if above else None)
    setup.cast.categories[path] = save_setting(setup.administrator, row=category, at=setup.at)


def _make_types(setup: Setup) -> None:
    for name, replaced in setup.house.types.items():
        row = IncidentType.objects.get(name=replaced) if replaced else IncidentType()
        row.name = name
        save_setting(setup.administrator, row=row, at=setup.at)
    setup.cast.types |= {row.name: row for row in IncidentType.objects.all()}


def _set_rules(setup: Setup) -> None:
    rules = DeskRules.objects.get()
    rules.catch_all = setup.cast.humans[setup.house.catch_all]
    rules.matrix = {**rules.matrix, **{impact: dict(row) for impact, row in setup.house.matrix.items()}}
    for name, value in setup.house.rules.items():
        setattr(rules, name, value)
    save_setting(setup.administrator, row=rules, at=setup.at)
