"""Prove that a trail is what was sealed: or name the first entry that was changed, taken out, moved or cut off."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef

from tenancy.anchors import Anchor
from tenancy.chain import FIELDS, START, link
from tenancy.models import TrailEntry, TrailSeal

AT_ONCE = 2000


@dataclass
class Proof:
    """What was found: ``wrong`` says it in one sentence, empty when all is as it was sealed."""

    sealed: int = 0
    unsealed: int = 0
    wrong: str = ""
    hashes: dict[int, str] = field(default_factory=dict)
    """Position to hash, for those positions that an anchor speaks of."""


def prove(anchors: Iterable[Anchor] = (), *, settled_before: datetime) -> Proof:
    """Walk the bound organisation's chain from its start and hold it against the anchors.

    Entries that were written before ``settled_before`` must be sealed.
    """
    told = sorted(anchors, key=lambda anchor: anchor.position)
    proof = Proof()
    proof.wrong = _walk(proof, {anchor.position for anchor in told})
    proof.wrong = proof.wrong or next((wrong for anchor in told if (wrong := _against(proof, anchor))), "")
    proof.wrong = proof.wrong or _slipped_in(proof, settled_before)
    return proof


def _walk(proof: Proof, wanted: set[int]) -> str:
    before = START
    for batch in _batches():
        entries = {entry["id"]: entry for entry in _entries(seal.entry_id for seal in batch)}
        for seal in batch:
            entry = entries.get(seal.entry_id)
            if seal.position != proof.sealed + 1:
                return f"The seals after number {proof.sealed} are gone, up to the one on entry {seal.entry_id}."
            if entry is None:
                return f"Entry {seal.entry_id} is gone; it was sealed as number {seal.position}."
            before = link(before, entry)
            if before != bytes(seal.hash):
                return f"Entry {seal.entry_id} ({entry['kind']}) is not what was sealed as number {seal.position}."
            proof.sealed = seal.position
            if seal.position in wanted:
                proof.hashes[seal.position] = before.hex()
    return ""


def _batches() -> Iterator[list[TrailSeal]]:
    seals = TrailSeal.objects.order_by("position").iterator(chunk_size=AT_ONCE)
    while batch := list(islice(seals, AT_ONCE)):
        yield batch


def _entries(ids: Iterable[int]) -> Iterable[dict[str, Any]]:
    return list(TrailEntry.objects.filter(id__in=list(ids)).values(*FIELDS))


def _against(proof: Proof, anchor: Anchor) -> str:
    if anchor.position > proof.sealed:
        return (
            f"The trail was cut off: it ends with number {proof.sealed}, and on {anchor.at} it had come to "
            f"number {anchor.position}, entry {anchor.entry_id}."
        )
    if proof.hashes[anchor.position] != anchor.hash:
        return f"The chain was written anew before entry {anchor.entry_id}: the anchor of {anchor.at} doesn't fit."
    return ""


def _slipped_in(proof: Proof, settled_before: datetime) -> str:
    """An entry with an old number that was not there when its neighbours were sealed."""
    sealed = TrailSeal.objects.filter(entry_id=OuterRef("id"))
    unsealed = TrailEntry.objects.filter(~Exists(sealed)).order_by("id")
    proof.unsealed = unsealed.count()
    settled = TrailSeal.objects.filter(sealed_at__lt=settled_before).order_by("-position").first()
    late = unsealed.filter(id__lte=settled.entry_id).first() if settled else None
    return f"Entry {late.pk} ({late.kind}) has no seal, though its number is old." if late else ""
