"""Who gets what from the API: the same columns as in `tests.architecture.matrix`, and how each address is reached."""

from typing import Any

from django.urls import reverse

from tests.architecture.matrix import Row, table
from tests.architecture.world import MISSING_UUID, World

_TABLE = """
GET  api:me                -          !!! .. ++++ +++ ++ ++ ++
POST api:me                -          !!! .. ---- --- -- -- --
GET  api:people            -          !!! .. xxxx +++ ++ ++ ++
GET  api:person            here       !!! .. xxxx +++ ++ ++ ++
GET  api:person            beyond     !!! .. xxxx ... .. .. ..
GET  api:teams             -          !!! .. xxxx +++ ++ ++ ++
GET  api:nothing           -          ... .. .... ... .. .. ..
POST api:nothing           -          ... .. .... ... .. .. ..
"""


def rows() -> list[Row]:
    """The whole table."""
    return table(_TABLE)


def address(world: World, route: str, target: str, actor: str) -> str:
    """Where the route leads for this target."""
    name, _, _verb = route.partition("/")
    houses = {"here": world.harbour, "other": world.quill}
    match name:
        case "api:nothing":
            return "/api/v1/nothing/here/"
        case "api:person":
            found = houses.get(target)
            return reverse(name, args=[found.public_ids["owner"] if found else MISSING_UUID])
    return reverse(name)


def body(world: World, route: str, target: str) -> dict[str, Any]:
    """JSON that would do it, if one may."""
    return {}
