"""A trail entry's facts for somebody who reads them: rows by their public ids, never by their numbers."""

from functools import cache
from typing import Any

from django.apps import apps

from tenancy.models import Membership, Team
from tenancy.wall import PublicModel, TenantForeignKey, TenantModel

GONE = "…"
# What is called otherwise than the key or the table that it leads to.
CALLED = {"person": Membership, "follower": Membership, "affected": Membership, "roles": Team}


def shown(facts: Any, name: str = "") -> Any:
    """The facts of this name with each row in them by its public id; what has none, or is gone, is an ellipsis."""
    if isinstance(facts, dict):
        return {key: shown(value, key) for key, value in facts.items()}
    if isinstance(facts, list):
        return [shown(value, name) for value in facts]
    if not isinstance(facts, int) or isinstance(facts, bool):
        return facts
    stem = name.removesuffix("_ids").removesuffix("_id")
    model = _leading_to().get(stem)
    if model is None:
        return facts if stem == name else GONE
    found = issubclass(model, PublicModel) and model.objects.values_list("public_id", flat=True).filter(pk=facts)
    return str(found[0]) if found else GONE


@cache
def _leading_to() -> dict[str, Any]:
    """What a name in the facts leads to: a table of that name, or what a key of that name leads to."""
    rooms = [model for model in apps.get_models() if issubclass(model, TenantModel)]
    keys = [key for model in rooms for key in model._meta.get_fields() if isinstance(key, TenantForeignKey)]
    by_key = {key.name: key.remote_field.model for key in keys}
    return {**by_key, **{str(model._meta.model_name): model for model in rooms}, **CALLED}
