"""Addresses of a proposal in its present state (提案の画面の場所)."""

from flask import url_for

from app.proposals.models import Proposal


def edit_url(proposal: Proposal, step: str | None = None) -> str:
    """Address of the form (入力画面): a draft has no receipt number yet.

    With the step of the check the form says what is still missing.
    """
    if proposal.receipt_number is None:
        return url_for("proposals.edit_draft", proposal_id=proposal.id, step=step)
    return url_for("proposals.edit_returned", receipt_number=proposal.receipt_number, step=step)


def autosave_url(proposal: Proposal | None) -> str:
    """Address that the form saves to by itself (自動保存の宛先); None for a new proposal."""
    if proposal is None:
        return url_for("proposals.autosave_new")
    if proposal.receipt_number is None:
        return url_for("proposals.autosave_draft", proposal_id=proposal.id)
    return url_for("proposals.autosave_returned", receipt_number=proposal.receipt_number)


def check_url(proposal: Proposal) -> str:
    """Address of the last check (確認画面)."""
    if proposal.receipt_number is None:
        return url_for("proposals.check_draft", proposal_id=proposal.id)
    return url_for("proposals.check_returned", receipt_number=proposal.receipt_number)


def place_of(proposal: Proposal) -> str:
    """Address where a proposal can be looked at now that it cannot be edited (今の場所)."""
    if proposal.receipt_number is None:
        return check_url(proposal)
    return url_for("casework.show", receipt_number=proposal.receipt_number)
