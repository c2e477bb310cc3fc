"""Small worlds for the tests (試験用の世界): bodies, people, a round, cases in any state."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.models import (
    Organization,
    OrganizationKind,
    OrganizationType,
    OrgType,
    Role,
    User,
    UserRole,
)
from app.accounts.passwords import hash_password
from app.accounts.services.users import CreateUser, add_user
from app.core import clock
from app.core.codes import local_government_code
from app.core.unit_of_work import unit_of_work
from app.extensions import Base, db
from app.handoffs.lifecycle import move_handoff
from app.handoffs.models import Handoff
from app.handoffs.services.prepare import Prepare, prepare_handoff
from app.handoffs.services.send import Send, send_handoff
from app.lineage.services.merging import MergeCases, SeenCase, merge_cases
from app.proposals.models import ConflictKind, ConflictOfInterest, Proposal
from app.proposals.services.drafts import ProposalContent, start_draft
from app.proposals.services.submission import Submit, submit
from app.registers.models import Register, RegisterEntry
from app.registers.services import NewEntry, add_entries
from app.rounds.default_form import BUNKEN_FIELD
from app.rounds.models import Round
from app.rounds.services import NewCategory, NewRound, create_round, create_scheme
from app.suggestions.engine import Suggestion
from app.triage.checklist import checklist_of
from app.triage.consistency import differences
from app.triage.models import Assessment, CheckVerdict
from app.triage.services.assess import Assess, Evidence, assess
from app.triage.services.assign import Assign, assign
from app.triage.services.check_marks import Mark, MarkLines, mark_lines
from app.triage.services.confirm import Confirm, confirm_assessment
from app.triage.services.form_check import (
    Accept,
    Correction,
    ReturnForCorrection,
    accept,
    return_for_correction,
)
from app.triage.services.pending import Hold, hold
from app.triage.services.settle import Close, close
from app.triage.services.withdraw import Withdraw, withdraw
from app.workflow.handoffs import HandoffAction, HandoffPart, HandoffPurpose, HandoffState
from app.workflow.states import FollowUp, State

PASSWORD = "a password for the tests"
PASSWORD_HASH = hash_password(PASSWORD)
# Everybody in the worlds of the tests has pledged, wherever a test sets the clock (研修・誓約).
ATTESTED_UNTIL = date(2199, 12, 31)

ROLE_OF_LOGIN = {
    "city": Role.PROPOSER,
    "city-mgr": Role.PROPOSER_MANAGER,
    "other": Role.PROPOSER,
    "other-mgr": Role.PROPOSER_MANAGER,
    "officer1": Role.OFFICER,
    "officer2": Role.OFFICER,
    "officer3": Role.OFFICER,
    "lead": Role.LEAD,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMIN,
    "ministry": Role.MINISTRY_OFFICER,
    "coordinator": Role.MINISTRY_COORDINATOR,
    "digital": Role.MINISTRY_OFFICER,
    "digital-coord": Role.MINISTRY_COORDINATOR,
    "observer": Role.OBSERVER,
}

WORLD_BODIES = {
    "甲子市": (OrganizationKind.LOCAL_GOVERNMENT, local_government_code("90201")),
    "乙丑市": (OrganizationKind.LOCAL_GOVERNMENT, local_government_code("90202")),
    "事務局": (OrganizationKind.SECRETARIAT, None),
    "厚生労働省": (OrganizationKind.MINISTRY, None),
    "デジタル庁": (OrganizationKind.MINISTRY, None),
    "全国協議会": (OrganizationKind.ASSOCIATION, None),
}
WORLD_TYPES = {"甲子市": OrgType.CITY, "乙丑市": OrgType.CORE_CITY}

COMPLETE = ProposalContent(
    title="公共施設の鍵を貸し出す業務の共通化",
    detail="夜間の体育館の鍵を窓口で貸し出している。",
    requested_measure="共通のシステムを用意してほしい。",
    hardship_case="利用者が窓口に二度来る必要がある。",
    effect="来庁が不要になる。",
    is_viewpoint_new_issue=True,
    adoption_status="未導入",
    contact_department="情報政策課",
)

CATEGORIES = (
    ("A", "types", FollowUp.INFORM, True),
    ("C", "core20", FollowUp.HANDOFF, True),
    ("F-2", "f2", FollowUp.TRIGGER, False),
    ("F-5", "f5", FollowUp.CANDIDATE, False),
)


@dataclass
class World:
    """A city, another city, a secretariat, a ministry, and a round that is open now."""

    people: dict[str, User]
    round: Round
    entry: RegisterEntry
    counter: int = field(default=0)

    def __getitem__(self, login: str) -> User:
        return self.people[login]

    def content(self, **changes: Any) -> ProposalContent:
        """Return a complete content with the changes."""
        return ProposalContent(**{**COMPLETE.__dict__, **changes})


def make_world(*, opens_at: datetime | None = None, closes_at: datetime | None = None) -> World:
    """Build the world in the running transaction; the round is open unless told otherwise."""
    now = clock.now()
    people = _make_people()
    scheme = create_scheme(
        "R6",
        "令和6年の分類体系",
        [
            NewCategory(
                code=code,
                key=key,
                label=f"{code}に当たるもの",
                short_label=code,
                response_policy=f"{code}の対応方針",
                follow_up=follow_up,
                is_evidence_required=is_evidence_required,
                available_from=date(2024, 4, 1),
            )
            for code, key, follow_up, is_evidence_required in CATEGORIES
        ],
        actor=people["admin"],
    )
    round_ = create_round(
        scheme,
        NewRound(
            key="R6",
            label="令和6年",
            name="共通化すべき業務システムの対象候補の提案募集",
            opens_at=opens_at or now - timedelta(days=30),
            closes_at=closes_at or now + timedelta(days=30),
        ),
        actor=people["admin"],
    )
    add_entries(
        [
            NewEntry(
                register=Register.TYPES,
                number=1,
                title="台帳の行",
                as_of=date(2024, 7, 3),
                source="台帳の出典",
            )
        ]
    )
    entry = db.session.query(RegisterEntry).one()
    return World(people=people, round=round_, entry=entry)


def _make_people() -> dict[str, User]:
    """Add everybody and their bodies in few statements: nearly every test pays for it."""
    _insert(
        Organization,
        [
            {"kind": kind, "recorded_name": name, "code": code}
            for name, (kind, code) in WORLD_BODIES.items()
        ],
    )
    bodies = _ids_by(Organization.recorded_name, Organization.id, WORLD_BODIES)
    _insert(
        OrganizationType,
        [
            {"organization_id": bodies[name], "valid_from": date(2020, 4, 1), "org_type": org_type}
            for name, org_type in WORLD_TYPES.items()
        ],
    )
    _insert(
        User,
        [
            {
                "login": login,
                "display_name": login,
                "organization_id": bodies[_body_of(login, role)],
                "password_hash": PASSWORD_HASH,
                "created_at": clock.now(),
                "attested_until": ATTESTED_UNTIL,
            }
            for login, role in ROLE_OF_LOGIN.items()
        ],
    )
    ids = _ids_by(User.login, User.id, ROLE_OF_LOGIN)
    _insert(
        UserRole, [{"user_id": ids[login], "role": role} for login, role in ROLE_OF_LOGIN.items()]
    )
    people = db.session.scalars(select(User).where(User.login.in_(ROLE_OF_LOGIN)))
    return {person.login: person for person in people}


def _insert(model: type[Base], rows: list[dict[str, Any]]) -> None:
    is_versioned = model.__mapper__.version_id_col is not None
    first = {"version": 1} if is_versioned else {}
    db.session.execute(insert(model), [row | first for row in rows])


def _ids_by(
    name: InstrumentedAttribute[str], number: InstrumentedAttribute[int], names: Iterable[str]
) -> dict[str, int]:
    found = db.session.execute(select(name, number).where(name.in_(names)))
    return {row[0]: row[1] for row in found}


def _body_of(login: str, role: Role) -> str:
    if role in (Role.PROPOSER, Role.PROPOSER_MANAGER):
        return "甲子市" if login.startswith("city") else "乙丑市"
    if role in (Role.MINISTRY_OFFICER, Role.MINISTRY_COORDINATOR):
        return "デジタル庁" if login.startswith("digital") else "厚生労働省"
    return "全国協議会" if role is Role.OBSERVER else "事務局"


def make_organization(kind: OrganizationKind, name: str, code: str | None = None) -> Organization:
    """Add a body."""
    organization = Organization(kind=kind, name=name, code=code)
    db.session.add(organization)
    db.session.flush()
    return organization


def make_local_government(five_digits: str, name: str, org_type: OrgType) -> Organization:
    """Add a local government of one type since 令和2年."""
    organization = Organization(
        kind=OrganizationKind.LOCAL_GOVERNMENT,
        name=name,
        code=local_government_code(five_digits),
        types=[OrganizationType(valid_from=date(2020, 4, 1), org_type=org_type)],
    )
    db.session.add(organization)
    db.session.flush()
    return organization


def make_user(login: str, organization: Organization, *roles: Role) -> User:
    """Add a user whose password is PASSWORD."""
    command = CreateUser(
        login=login,
        display_name=login,
        organization_id=organization.id,
        roles=roles,
        password=PASSWORD,
    )
    user = add_user(command, password_hash=PASSWORD_HASH, actor=None)
    user.attested_until = ATTESTED_UNTIL
    return user


def kept(content: ProposalContent) -> dict[str, Any]:
    """Content as a proposal of the standard form keeps it: answers beside the columns."""
    columns = {name: value for name, value in asdict(content).items() if name != "answers"}
    return {**columns, BUNKEN_FIELD: "", **content.answers}


def make_draft(world: World, **changes: Any) -> Proposal:
    """Start a complete draft of the city."""
    return start_draft(world.round, world.content(**changes), actor=world["city"])


def make_submitted(world: World, **changes: Any) -> Proposal:
    """Submit a proposal of the city."""
    proposal = make_draft(world, **changes)
    submit(proposal, Submit(version=proposal.version), actor=world["city-mgr"])
    return proposal


def check_off(proposal: Proposal, by: User) -> None:
    """Settle every line of the form check: those by hand are in order, the others are waived."""
    marks = tuple(
        Mark(
            item=line.key,
            verdict=CheckVerdict.WAIVED if line.is_automatic else CheckVerdict.OK,
            reason="試験のため" if line.is_automatic else "",
            version=line.mark.version if line.mark else 0,
        )
        for line in checklist_of(proposal)
        if not line.is_settled
    )
    mark_lines(proposal, MarkLines(version=proposal.version, marks=marks), actor=by)


def make_accepted(world: World) -> Proposal:
    """Move a proposal to 割当待ち."""
    proposal = make_submitted(world)
    check_off(proposal, world["officer1"])
    accept(proposal, Accept(version=proposal.version), actor=world["officer1"])
    return proposal


def make_in_review(world: World, reviewer: str = "officer1") -> Proposal:
    """Move a proposal to 仕分け中, given to one reviewer."""
    proposal = make_accepted(world)
    command = Assign(version=proposal.version, reviewer_ids=(world[reviewer].id,))
    assign(proposal, command, actor=world["lead"])
    return proposal


def give_opinion(
    world: World,
    proposal: Proposal,
    key: str = "f5",
    by: str = "officer1",
    suggested: tuple[Suggestion, ...] | None = None,
) -> Assessment:
    """Give an opinion on a case in review, with evidence where the category asks for it."""
    needs_evidence = key in ("types", "core20")
    evidence = (Evidence(register_entry_id=world.entry.id),) if needs_evidence else ()
    command = Assess(
        version=proposal.version,
        category_key=key,
        reason="理由",
        evidence=evidence,
        suggested=suggested,
    )
    return assess(proposal, command, actor=world[by])


def make_in_confirmation(world: World) -> Proposal:
    """Move a proposal to 確認待ち with an opinion of officer1 for F-5."""
    proposal = make_in_review(world)
    give_opinion(world, proposal)
    return proposal


def make_classified(world: World) -> Proposal:
    """Move a proposal to 分類確定 F-5, confirmed by officer2."""
    proposal = make_in_review(world)
    opinion = give_opinion(world, proposal)
    compared_with = tuple(row.number for row in differences(world["officer2"], proposal))
    command = Confirm(
        version=proposal.version, assessment_id=opinion.id, compared_with=compared_with
    )
    confirm_assessment(proposal, command, actor=world["officer2"])
    return proposal


def make_returned(world: World) -> Proposal:
    """Return a submitted proposal to the city, for its title."""
    proposal = make_submitted(world)
    items = (Correction(field="title", reason="対象の業務を書いてください。"),)
    command = ReturnForCorrection(version=proposal.version, items=items)
    return_for_correction(proposal, command, actor=world["officer1"])
    return proposal


def make_pending(world: World) -> Proposal:
    """Put a case in review off for 60 days."""
    proposal = make_in_review(world)
    revisit_on = clock.today() + timedelta(days=60)
    command = Hold(version=proposal.version, reason="調査を待つため", revisit_on=revisit_on)
    hold(proposal, command, actor=world["officer1"])
    return proposal


def make_closed(world: World) -> Proposal:
    """Close a case that was classified as F-5."""
    proposal = make_classified(world)
    command = Close(version=proposal.version, outcome_text="対象候補として検討します。")
    close(proposal, command, actor=world["lead"])
    return proposal


def make_withdrawn(world: World) -> Proposal:
    """Take a submitted proposal back."""
    proposal = make_submitted(world)
    command = Withdraw(version=proposal.version, reason="予算が付いたため")
    withdraw(proposal, command, actor=world["city-mgr"])
    return proposal


def make_merged(world: World) -> Proposal:
    """Let a submitted case go into another one, which is submitted after it."""
    absorbed = make_submitted(world)
    target = make_submitted(world)
    command = MergeCases(
        version=target.version,
        absorbed=(SeenCase(absorbed, absorbed.version),),
        reason="同じ内容のため",
    )
    merge_cases(target, command, actor=world["officer1"])
    return absorbed


def make_handoff(
    world: World,
    proposal: Proposal,
    *,
    state: HandoffState = HandoffState.SENT,
    to: Organization | None = None,
    part: HandoffPart = HandoffPart.LEAD,
    purpose: HandoffPurpose = HandoffPurpose.REQUEST,
) -> Handoff:
    """Hand a classified case to the ministry, or to `to`, and move it to a state by the services.

    An answered one has no reply: the tests of replies write their own.
    """
    destination = to or world["ministry"].organization
    command = Prepare(
        version=proposal.version,
        destination_id=destination.id,
        part=part,
        purpose=purpose,
        request_text="検討をお願いします。",
        reason="試験のため",
    )
    handoff = prepare_handoff(proposal, command, actor=world["officer1"])
    for action, login in HANDOFF_STEPS[state]:
        if action is HandoffAction.SEND:
            send_handoff(handoff, Send(version=handoff.version), actor=world[login])
        else:
            by_ministry = "digital-coord" if destination.name == "デジタル庁" else "coordinator"
            actor = world[by_ministry if login == "coordinator" else login]
            move_handoff(handoff, action, actor=actor, reason="試験のため")
    return handoff


_SENT = ((HandoffAction.SEND, "officer1"),)
_ACKNOWLEDGED = (*_SENT, (HandoffAction.ACKNOWLEDGE, "coordinator"))
_ANSWERED = (*_ACKNOWLEDGED, (HandoffAction.ANSWER, "coordinator"))
HANDOFF_STEPS: dict[HandoffState, tuple[tuple[HandoffAction, str], ...]] = {
    HandoffState.PREPARED: (),
    HandoffState.SENT: _SENT,
    HandoffState.ACKNOWLEDGED: _ACKNOWLEDGED,
    HandoffState.ANSWERED: _ANSWERED,
    HandoffState.SETTLED: (*_ANSWERED, (HandoffAction.SETTLE, "officer1")),
    HandoffState.REFUSED: (*_SENT, (HandoffAction.REFUSE, "coordinator")),
    HandoffState.RECALLED: (*_SENT, (HandoffAction.RECALL, "lead")),
}


MAKERS = {
    State.DRAFT: make_draft,
    State.SUBMITTED: make_submitted,
    State.RETURNED: make_returned,
    State.ACCEPTED: make_accepted,
    State.IN_REVIEW: make_in_review,
    State.IN_CONFIRMATION: make_in_confirmation,
    State.PENDING: make_pending,
    State.CLASSIFIED: make_classified,
    State.CLOSED: make_closed,
    State.WITHDRAWN: make_withdrawn,
    State.MERGED: make_merged,
}


def make_in_state(world: World, state: State) -> Proposal:
    """Move a proposal of the city to a state by the services."""
    proposal = MAKERS[state](world)
    assert proposal.state is state
    return proposal


def declare_conflict(
    user: User,
    *,
    proposal: Proposal | None = None,
    body: Organization | None = None,
    until: date | None = None,
) -> None:
    """Keep a user from a case, or from every case of a body (利益相反)."""
    db.session.add(
        ConflictOfInterest(
            user_id=user.id,
            proposal_id=proposal.id if proposal else None,
            organization_id=body.id if body else None,
            kind=ConflictKind.DECLARED if proposal else ConflictKind.SECONDED,
            reason="試験のため",
            until=until,
        )
    )
    db.session.flush()


def interrupted(work: Callable[[], object]) -> None:
    """Do the work in a unit of work that fails before its commit. Raises RuntimeError."""
    with unit_of_work():
        work()
        raise RuntimeError("power cut")
