"""Addresses of a proposal in its present state (提案の画面の場所)."""

from flask import url_for

from app.proposals.models import Proposal


def edit_url(proposal: Proposal) -> str:
    """Address of the form (入力画面): a draft has no receipt number yet."""
    if proposal.receipt_number is None:
        return url_for("proposals.edit_draft", proposal_id=proposal.id)
    return url_for("proposals.edit_returned", receipt_number=proposal.receipt_number)


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
