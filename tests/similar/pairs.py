"""Pairs of proposals for the tests: the two of the source that say nearly the same, and others."""

import csv
from pathlib import Path
from typing import Any

from app.demo import texts
from app.proposals.models import Proposal
from tests.factories import World, make_submitted

SOURCE = Path(texts.__file__).parent / "data" / "pending_proposals.csv"
LAW = "障害者の日常生活及び社会生活を総合的に支援するための法律第36条"


def source_text(number: int) -> dict[str, str]:
    """Title and detail of a proposal the source document prints (#228, #229)."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["number"] == str(number))
    return {"title": row["title"], "detail": row["detail"]}


def make_source_pair(world: World, **second: Any) -> tuple[Proposal, Proposal]:
    """#228 and #229 as submitted cases, under one law and ministry unless told otherwise."""
    both = {"legal_basis": LAW, "ministry_id": world["ministry"].organization_id}
    first = make_submitted(world, **source_text(228), **both)
    return first, make_submitted(world, **source_text(229), **{**both, **second})
