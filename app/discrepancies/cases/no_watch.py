"""Cases to be looked at again without anything to look for (見直しの条件の未登録)."""

from sqlalchemy import exists

from app.discrepancies.cases.findings import CaseFinding, CaseKind, page_of
from app.discrepancies.cases.scope import Scope, found
from app.proposals.models import Proposal
from app.watches.models import Watch
from app.watches.queries import is_followed


def find_no_watch(scope: Scope) -> list[CaseFinding]:
    """Find cases of a class that is looked at again without any watch (見直しの条件なし)."""
    has_watch = exists().where(Watch.proposal_id == Proposal.id)
    return [
        CaseFinding(
            kind=CaseKind.NO_WATCH,
            cases=(row.case,),
            what=f"分類{row.case.category_code}で見直しの条件なし",
            todo="何がそろえば見直すかを登録する",
            remedy=page_of(row.case, "条件を登録する", "watches.new"),
        )
        for row in found(scope.select().where(is_followed(), ~has_watch))
    ]
