"""A case that was returned, corrected and submitted again (再提出)."""

from dataclasses import asdict

from app.proposals.models import Proposal
from app.proposals.services.drafts import ProposalContent, edit_proposal
from app.proposals.services.submission import Submit, submit
from app.triage.checklist import checklist_of
from app.triage.models import CheckVerdict
from app.triage.services.check_marks import Mark, MarkLines, mark_lines
from app.triage.services.form_check import (
    Correction,
    ReturnForCorrection,
    return_for_correction,
)
from tests.factories import World, make_submitted

NEW_TITLE = "公共施設の鍵を貸し出す業務"


def send_back(world: World, proposal: Proposal, by: str = "officer1") -> None:
    """Mark the first line by hand as a problem, and return the case for its title."""
    line = next(line for line in checklist_of(proposal) if not line.is_automatic)
    if line.mark is None:
        marks = (Mark(item=line.key, verdict=CheckVerdict.PROBLEM, reason="業務名がない"),)
        mark_lines(proposal, MarkLines(version=proposal.version, marks=marks), actor=world[by])
    items = (Correction(field="title", reason="対象の業務を書いてください。"),)
    command = ReturnForCorrection(version=proposal.version, items=items)
    return_for_correction(proposal, command, actor=world[by])


def correct(world: World, proposal: Proposal, **changes: object) -> None:
    """Correct a returned case and submit it again as the city."""
    content = ProposalContent(**{**asdict(world.content()), "title": NEW_TITLE, **changes})
    edit_proposal(proposal, content, version=proposal.version, actor=world["city"])
    submit(proposal, Submit(version=proposal.version), actor=world["city-mgr"])


def make_resubmitted(world: World, by: str = "officer1", **changes: object) -> Proposal:
    """Return a case and let the city submit it again with another title."""
    proposal = make_submitted(world)
    send_back(world, proposal, by)
    correct(world, proposal, **changes)
    return proposal
