"""News about a case that did not arrive (届いていない知らせ)."""

from sqlalchemy import and_, func, select

from app.discrepancies.cases.findings import LEADS, CaseFinding, CaseKind, page_of
from app.discrepancies.cases.scope import Scope, found
from app.notifications.models import OutboxMessage
from app.notifications.queries import is_undelivered
from app.proposals.models import Proposal


def find_mail(scope: Scope) -> list[CaseFinding]:
    """Find cases with mail that was refused, given up or is late (届いていない知らせ)."""
    undelivered = (
        select(OutboxMessage.about_id, func.count().label("number"))
        .where(
            and_(OutboxMessage.about_type == "proposal", is_undelivered()),
        )
        .group_by(OutboxMessage.about_id)
        .subquery()
    )
    statement = scope.select(undelivered.c.number).join(
        undelivered, undelivered.c.about_id == Proposal.id
    )
    return [
        CaseFinding(
            kind=CaseKind.MAIL,
            cases=(row.case,),
            what=f"届いていない知らせ{row.more[0]}通",
            todo="総括が宛先を確かめて送り直すか、ほかの方法で伝える",
            remedy=page_of(
                row.case, "送信状況を見る", "casework.history", *LEADS, anchor="deliveries"
            ),
        )
        for row in found(statement)
    ]
