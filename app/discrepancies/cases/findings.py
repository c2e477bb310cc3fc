"""What a check says of a case (案件の点検の指摘): what was found, and where it is mended."""

from dataclasses import dataclass
from enum import StrEnum

from app.accounts.models import Role, User
from app.core.eras import format_datetime
from app.discrepancies.cases.scope import CaseRow
from app.discrepancies.findings import Figure, Place

DESK = (Role.OFFICER, Role.LEAD)
LEADS = (Role.LEAD,)
OPEN_CASE = "案件を開く"


class CaseKind(StrEnum):
    """Which check of the cases found it (点検の種類)."""

    NO_HOLDER = "case-no-holder"
    CLOCK = "case-clock"
    DUE_DATE = "case-due-date"
    LEFT_OPEN = "case-left-open"
    PENDING = "case-pending"
    NO_CANDIDATE = "case-no-candidate"
    NO_WATCH = "case-no-watch"
    NO_HANDOFF = "case-no-handoff"
    HANDOFF_DATE = "case-handoff-date"
    HANDOFF_OPEN = "case-handoff-open"
    HANDOFF_UNSETTLED = "case-handoff-unsettled"
    MAIL = "case-mail"
    OTHER_CLASS = "case-other-class"


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """Where a finding is mended (直すところ), and who may do it there."""

    place: Place
    roles: tuple[Role, ...] = DESK


def case_place(case: CaseRow, label: str = OPEN_CASE) -> Place:
    """The page of a case (案件の画面)."""
    return Place(label=label, endpoint="casework.show", arguments={"receipt_number": case.number})


@dataclass(frozen=True, kw_only=True)
class CaseFinding:
    """One finding about a case, or about two (案件の点検の指摘).

    `what` is what was found, as a noun (担当なし); it changes when the matter changes, and not
    from day to day. `todo` says what to do, `remedy` where.
    """

    kind: CaseKind
    cases: tuple[CaseRow, ...]
    what: str
    todo: str
    remedy: Remedy

    @property
    def key(self) -> str:
        """Name in an address: the ids of the cases, the lower first."""
        return "-".join(str(case_id) for case_id in sorted(case.id for case in self.cases))

    @property
    def case(self) -> CaseRow:
        """The case, or the first of the two."""
        return self.cases[0]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """What an explanation is about: another stay in a state asks for another explanation."""
        return (
            Figure("見つかったこと", self.what),
            *(
                Figure(
                    case.number, f"{case.state_words}（{format_datetime(case.state_since)}から）"
                )
                for case in self.cases
            ),
        )

    def place_for(self, reader: User) -> Place:
        """Where this reader goes on (次に開くところ): who may not mend it opens the case."""
        is_able = reader.has_role(*self.remedy.roles)
        return self.remedy.place if is_able else case_place(self.case)


def page_of(case: CaseRow, label: str, endpoint: str, *roles: Role, anchor: str = "") -> Remedy:
    """A page of the case where it is mended; without roles officers and leads do it."""
    arguments = {"receipt_number": case.number} | ({"_anchor": anchor} if anchor else {})
    place = Place(label=label, endpoint=endpoint, arguments=arguments)
    return Remedy(place=place, roles=roles or DESK)
