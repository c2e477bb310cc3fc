"""The next step of a body that owes its view (次にすること・団体の見解)."""

from flask import url_for

from app.accounts.models import Role, User
from app.casework.step import NextStep, StepLink
from app.proposals.models import Proposal
from app.proposals.policy import can_edit
from app.proposals.presentation import is_replied


def view_step(proposal: Proposal, actor: User) -> NextStep | None:
    """Ask the reader's own body for its view of released replies (見解), None where none is due."""
    if not is_replied(proposal) or proposal.view_due_on is None or not can_edit(actor, proposal):
        return None
    url = url_for("answers.write_view", receipt_number=proposal.receipt_number)
    return NextStep(
        heading="次にすること：府省庁の回答に見解を出す",
        why="府省庁の回答が届いています。下の「府省庁の回答」を読んで、見解を書いてください。",
        after=(
            "提出すると、事務局が回答を確定するか、府省庁に再検討を要請します。"
            if actor.has_role(Role.PROPOSER_MANAGER)
            else "書いた見解は保存できます。提出は自団体の管理者が行います。"
        ),
        primary=StepLink("見解を書く", url),
    )
