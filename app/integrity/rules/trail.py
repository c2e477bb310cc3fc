"""Whether the trail is whole, and tells of every case what the case says itself (証跡と案件)."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, and_, cast, exists, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.audit.actors import is_name_of, is_named, people_in
from app.audit.models import AuditEvent
from app.audit.verification import verify
from app.integrity.findings import Tally
from app.integrity.snapshot import stream
from app.proposals.models import Proposal
from app.rounds.models import Category, Round, Scheme
from app.workflow.machine import arrows
from app.workflow.states import Action, State, state_name

TODO = (
    "画面の操作では起きません。データベースの直接の書換えを疑い、正しいバックアップと比べてください"
)
Arrows = dict[int, frozenset[tuple[str, str, str]]]
ACTIONS = frozenset(f"proposal.{action.value}" for action in Action)


class _Entry(NamedTuple):
    """One row: a case and one of its entries."""

    id: int
    number: str | None
    version: int
    state: State
    category: str | None
    scheme_id: int
    seq: int | None
    verb: str | None
    from_state: str | None
    to_state: str | None
    subject_version: int | None

    @property
    def place(self) -> str:
        """The case in words (案件)."""
        return f"案件 {self.number or '下書き'}（{self.id}番）"


def look_at_chain(connection: Connection, tally: Tally) -> None:
    """Read the whole chain of the trail (監査証跡の連鎖)."""
    with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
        result = verify(session)
    tally.look(result.entries)
    if not result.is_intact:
        tally.add(
            f"監査記録 {result.broken_seq}番",
            result.problem,
            "書換えの証拠として保全し、最後の正しいバックアップの同じ番号と比べてください",
        )


def look_at_names(connection: Connection, tally: Tally) -> None:
    """Hold the names of the accounts against those that the entries mean (行為者の氏名)."""
    acted = select(AuditEvent.actor_id, AuditEvent.actor_label).distinct().subquery()
    statement = select(User.login, User.display_name, User.name_key, acted.c.actor_label).join(
        acted, acted.c.actor_id == User.id
    )
    for login, name, key, label in stream(connection, statement.where(User.name_key.is_not(None))):
        tally.look()
        if not is_name_of(label, name, key):
            tally.add(f"利用者 {login}", "氏名が、監査記録が指す氏名と違う", TODO)


def look_at_named_people(connection: Connection, tally: Tally) -> None:
    """Hold the names of the accounts against those in the changes of entries (変更の中の人)."""
    people = {
        row.id: row for row in connection.execute(select(User.id, User.display_name, User.name_key))
    }
    naming = select(AuditEvent.seq, AuditEvent.changes).where(
        cast(AuditEvent.changes, Text).contains('"person":')
    )
    for seq, changes in stream(connection, naming):
        tally.look()
        for person in people_in(changes):
            row = people.get(person["person"])
            is_erased = row is not None and row.name_key is None
            if row is None or not (is_erased or is_named(person, row.display_name, row.name_key)):
                told = f"利用者 {person['person']}番の氏名が、記録が指す氏名と違う"
                tally.add(f"監査記録 {seq}番", told, TODO)


def look_at_trails(connection: Connection, tally: Tally) -> None:
    """Replay the trail of every case: it ends where the case stands (履歴の再現)."""
    known = _arrows(connection)
    for _id, entries in groupby(_entries(connection), key=lambda entry: entry.id):
        tally.look()
        case = list(entries)
        for problem in _problems(case, known[case[0].scheme_id]):
            tally.add(case[0].place, problem, TODO)


def look_for_lost_cases(connection: Connection, tally: Tally) -> None:
    """Look for cases that were submitted, as the trail says, and are not there (失われた提案)."""
    is_lost = ~exists().where(Proposal.id == AuditEvent.subject_id)
    told = AuditEvent.verb == f"proposal.{Action.SUBMIT}"
    submitted = select(AuditEvent.subject_id, AuditEvent.seq).where(
        AuditEvent.subject_type == "proposal", told
    )
    for case_id, seq in stream(connection, submitted.where(is_lost)):
        tally.add(
            f"案件 {case_id}番",
            f"監査記録 {seq}番で提出されたのに、提案がない",
            "受け付けた提案が失われています。最後の正しいバックアップから戻してください",
        )
    for _row in stream(connection, submitted):
        tally.look()


def _entries(connection: Connection) -> Iterator[_Entry]:
    statement = (
        select(
            Proposal.id,
            Proposal.receipt_number,
            Proposal.version,
            Proposal.state,
            Category.key,
            Round.scheme_id,
            AuditEvent.seq,
            AuditEvent.verb,
            AuditEvent.from_state,
            AuditEvent.to_state,
            AuditEvent.subject_version,
        )
        .select_from(Proposal)
        .join(Round, Round.id == Proposal.round_id)
        .outerjoin(Category, Category.id == Proposal.category_id)
        .outerjoin(
            AuditEvent,
            and_(AuditEvent.subject_type == "proposal", AuditEvent.subject_id == Proposal.id),
        )
        .order_by(Proposal.id, AuditEvent.seq)
    )
    return (_Entry(*row) for row in stream(connection, statement))


def _arrows(connection: Connection) -> Arrows:
    with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
        return {
            scheme.id: frozenset(
                (f"proposal.{action.value}", source, target)
                for action, source, target in arrows(scheme.view())
            )
            for scheme in session.scalars(select(Scheme))
        }


def _problems(case: list[_Entry], known: Iterable[Any]) -> Iterator[str]:
    first = case[0]
    if first.seq is None:
        yield "監査記録が1件もない"
        return
    last_version = max(entry.subject_version or 0 for entry in case)
    if last_version != first.version:
        yield f"案件の版は{first.version}、最後の監査記録の版は{last_version}"
    reached: str | None = State.DRAFT.value
    is_first = True
    for entry in case:
        if entry.to_state is None:
            continue
        # A part of a split case begins its life in the middle: its first entry comes from nowhere.
        if entry.from_state != reached and not (is_first and entry.from_state is None):
            yield f"監査記録 {entry.seq}番の前の状態は{entry.from_state}、その前の記録では{reached}"
        if entry.verb in ACTIONS and (entry.verb, entry.from_state, entry.to_state) not in known:
            yield f"監査記録 {entry.seq}番の操作 {entry.verb} は、状態遷移表にない"
        reached, is_first = entry.to_state, False
    stands = _standing(first)
    if reached != stands:
        yield f"案件の状態は{stands}、監査記録をたどった状態は{reached}"


def _standing(entry: _Entry) -> str:
    if entry.state is State.CLASSIFIED and entry.category is None:
        return State.CLASSIFIED.value
    return state_name(entry.state, entry.category)
