"""Near-duplicates of another class (ほぼ同じで分類が違う提案)."""

from sqlalchemy import select

from app.discrepancies.cases.findings import CaseFinding, CaseKind, Remedy
from app.discrepancies.cases.scope import Scope, found, row_of
from app.discrepancies.findings import Place
from app.extensions import db
from app.proposals.models import Proposal
from app.similar.index import indexed
from app.similar.queries import comparable_at_desk
from app.triage.blindness import class_is_open_to
from app.triage.consistency import Difference, differences, differences_of_round


def find_other_class(scope: Scope) -> list[CaseFinding]:
    """Find pairs of cases that say nearly the same and are of two classes (分類の違う組).

    A class that the reader may not read yet (独立した2人目) is not compared.
    """
    pairs = {
        finding.key: finding
        for row in (_of_rounds(scope) if scope.ids is None else _of_cases(scope, scope.ids))
        if row.is_other_class
        for finding in [_finding(row)]
    }
    return list(pairs.values())


def not_compared(scope: Scope) -> int:
    """Number of cases whose texts are not in the index yet (未比較)."""
    if not scope.rounds:
        return 0
    # All rounds that are no practice are compared with one another: any of them tells.
    return indexed(comparable_at_desk(scope.reader, scope.rounds[0])).left_out


def keeps_class_from_reader(scope: Scope) -> bool:
    """Whether the reader may not read the class of a case of the scope yet (独立した2人目).

    What was said of such a pair names the classes: it is kept from the reader too.
    """
    kept = scope.select().where(~class_is_open_to(scope.reader)).limit(1)
    return bool(found(kept))


def _of_rounds(scope: Scope) -> list[Difference]:
    # A round at a time: all of its cases are compared at once, from the stored index.
    return [row for each in scope.rounds for row in differences_of_round(scope.reader, each)[0]]


def _of_cases(scope: Scope, ids: tuple[int, ...]) -> list[Difference]:
    cases = db.session.scalars(select(Proposal).where(scope.condition)).all()
    wanted = set(ids)
    return [
        row
        for case in cases
        for row in differences(scope.reader, case)
        if {row.first.id, row.second.proposal.id} == wanted
    ]


def _finding(row: Difference) -> CaseFinding:
    pair = sorted(
        (
            (row.first, row.first_standing),
            (row.second.proposal, row.second_standing),
        ),
        key=lambda one: one[0].reference,
    )
    first, second = (row_of(case) for case, _standing in pair)
    said = "、".join(
        f"{case.reference}は{standing.code}（{standing.words}）" for case, standing in pair
    )
    place = Place(
        label="並べて比べる",
        endpoint="similar.compare",
        arguments={"receipt_number": first.number, "other": second.number},
    )
    return CaseFinding(
        kind=CaseKind.OTHER_CLASS,
        cases=(first, second),
        what=f"ほぼ同じで分類が違う組：{said}",
        todo="並べて読み、分類をそろえるか、「重複ではない」と判定する",
        remedy=Remedy(place=place),
    )
