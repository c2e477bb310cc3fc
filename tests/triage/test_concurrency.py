"""Several people at the same moment (同時操作): one wins, nothing is doubled, nothing is lost."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.audit.services import Subject, record
from app.audit.verification import verify
from app.core import clock
from app.core.errors import DomainError, IllegalTransition, InvalidInput, StaleVersion
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.late_queries import late_submissions_of
from app.proposals.models import LateDecision, LateSubmission, Proposal
from app.proposals.services.late import (
    DecideLate,
    RequestLate,
    decide_late_submission,
    request_late_submission,
)
from app.proposals.services.submission import Submit, submit
from app.triage.checklist import CheckLine, checklist_of
from app.triage.models import AssessmentDecision, CheckVerdict
from app.triage.queries import open_assessment
from app.triage.services.check_marks import Mark, MarkLines, mark_lines
from app.triage.services.confirm import Confirm, confirm_assessment
from app.triage.services.form_check import Accept, accept
from app.workflow.states import State
from tests.factories import (
    World,
    check_off,
    make_draft,
    make_in_confirmation,
    make_submitted,
    make_world,
)

ROUNDS = 20
SUBMISSIONS = 50


def at_once(app: Flask, works: list[Callable[[], None]]) -> list[str]:
    """Run the works in threads that start together; return how each ended, in the same order."""
    barrier = Barrier(len(works))
    ends = [""] * len(works)

    def run(position: int, work: Callable[[], None]) -> None:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                work()
            except DomainError as refused:
                ends[position] = type(refused).__name__
            except Exception as fault:  # a fault is told, not lost with its thread
                ends[position] = repr(fault)
            else:
                ends[position] = "done"

    threads = [Thread(target=run, args=(position, work)) for position, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def prepare(app: Flask, count: int, make: Callable[[World], Proposal]) -> list[int]:
    with app.app_context(), unit_of_work():
        world = make_world()
        return [make(world).id for _ in range(count)]


def find_user(login: str) -> User:
    return db.session.scalars(select(User).where(User.login == login)).one()


# --- Two people, one opinion --------------------------------------------------------------------


def confirmation(proposal_id: int, version: int, login: str) -> Callable[[], None]:
    """Confirm the waiting opinion, as seen on a page of that version."""

    def confirm() -> None:
        proposal = db.session.get_one(Proposal, proposal_id)
        waiting = open_assessment(proposal)
        assessment_id = waiting.id if waiting else 0
        actor = find_user(login)
        with unit_of_work():
            command = Confirm(version=version, assessment_id=assessment_id)
            confirm_assessment(proposal, command, actor=actor)

    return confirm


def test_p05_two_confirmations_at_once_are_one(committed_app: Flask) -> None:
    ids = prepare(committed_app, ROUNDS, make_in_confirmation)
    with committed_app.app_context():
        versions = {row.id: row.version for row in db.session.scalars(select(Proposal))}

    ends = [
        at_once(
            committed_app,
            [confirmation(case, versions[case], login) for login in ("officer2", "officer3")],
        )
        for case in ids
    ]

    losers = {StaleVersion.__name__, IllegalTransition.__name__}
    assert [Counter(pair)["done"] for pair in ends] == [1] * ROUNDS
    assert {end for pair in ends for end in pair} - {"done"} <= losers, ends
    with committed_app.app_context():
        decisions = db.session.scalar(select(func.count()).select_from(AssessmentDecision))
        entries = db.session.scalars(
            select(AuditEvent.subject_id).where(AuditEvent.verb == "proposal.confirm")
        ).all()
        states = db.session.scalars(select(Proposal.state)).all()
        assert (decisions, sorted(entries)) == (ROUNDS, ids)
        assert states == [State.CLASSIFIED] * ROUNDS
        assert verify(db.session).is_intact


# --- Many submissions ---------------------------------------------------------------------------


def submission(proposal_id: int) -> Callable[[], None]:
    def hand_in() -> None:
        proposal = db.session.get_one(Proposal, proposal_id)
        actor = find_user("city-mgr")
        with unit_of_work():
            submit(proposal, Submit(version=proposal.version), actor=actor)

    return hand_in


def test_p04_submissions_at_once_get_consecutive_numbers(committed_app: Flask) -> None:
    ids = prepare(committed_app, SUBMISSIONS, make_draft)

    ends = at_once(committed_app, [submission(case) for case in ids])

    assert ends == ["done"] * SUBMISSIONS
    with committed_app.app_context():
        numbers = db.session.scalars(select(Proposal.receipt_number)).all()
        entries = db.session.scalars(
            select(AuditEvent).where(AuditEvent.verb == "proposal.submit")
        ).all()
        assert sorted(number or "" for number in numbers) == [
            f"R6-{sequence:04d}" for sequence in range(1, SUBMISSIONS + 1)
        ]
        assert len(entries) == SUBMISSIONS
        assert verify(db.session).is_intact


def test_p04_same_draft_submitted_twice_at_once_is_one_case(committed_app: Flask) -> None:
    (case,) = prepare(committed_app, 1, make_draft)

    ends = at_once(committed_app, [submission(case) for _ in range(4)])

    assert Counter(ends)["done"] == 1, ends
    with committed_app.app_context():
        proposal = db.session.get_one(Proposal, case)
        assert (proposal.receipt_number, proposal.round.last_receipt_sequence) == ("R6-0001", 1)


# --- The chain ----------------------------------------------------------------------------------


def test_p21_writers_at_once_never_fork_the_chain(committed_app: Flask) -> None:
    def write() -> None:
        for number in range(10):
            with unit_of_work():
                subject = Subject(type="round", id=number)
                record("round.test", subject, actor=None)

    ends = at_once(committed_app, [write] * 6)

    assert ends == ["done"] * 6
    with committed_app.app_context():
        seqs = db.session.scalars(select(AuditEvent.seq).order_by(AuditEvent.seq)).all()
        assert list(seqs) == list(range(1, 61))
        assert verify(db.session).is_intact


def test_p21_check_while_others_write_raises_no_false_alarm(committed_app: Flask) -> None:
    problems: list[str] = []

    def write() -> None:
        for number in range(40):
            with unit_of_work():
                record("round.test", Subject(type="round", id=number), actor=None)

    def check() -> None:
        for _ in range(40):
            problems.append(verify(db.session).problem)
            db.session.rollback()

    ends = at_once(committed_app, [write, write, check])

    assert ends == ["done"] * 3
    assert problems == [""] * 40


# --- Two leads, one late submission -------------------------------------------------------------


def make_late(world: World) -> Proposal:
    """Make a draft whose body asks for late submission, five days after the round."""
    proposal = make_draft(world)
    command = RequestLate(version=proposal.version, reason="停電のため")
    with clock.at(world.round.closes_at + timedelta(days=5)):
        request_late_submission(proposal, command, actor=world["city-mgr"])
    return proposal


def decision(proposal_id: int, word: LateDecision) -> Callable[[], None]:
    def decide() -> None:
        actor = find_user("lead")
        (late,) = late_submissions_of(db.session.get_one(Proposal, proposal_id))
        with unit_of_work():
            command = DecideLate(decision=word, reason="理由")
            decide_late_submission(late, command, actor=actor)

    return decide


@pytest.mark.parametrize("words", [("accepted", "refused"), ("refused", "refused")])
def test_p05_two_leads_decide_on_a_late_submission_once(
    committed_app: Flask, words: tuple[str, str]
) -> None:
    ids = prepare(committed_app, 5, make_late)

    ends = [
        at_once(committed_app, [decision(case, LateDecision(word)) for word in words])
        for case in ids
    ]

    assert [sorted(pair) for pair in ends] == [["IllegalTransition", "done"]] * len(ids)
    with committed_app.app_context():
        for late in db.session.scalars(select(LateSubmission)):
            is_accepted = late.decision is LateDecision.ACCEPTED
            assert (late.proposal.state is State.SUBMITTED) is is_accepted


# --- Two officers, one checklist ----------------------------------------------------------------


def make_titled(world: World) -> Proposal:
    """Submit a case that is no duplicate of another."""
    world.counter += 1
    return make_submitted(world, title=f"鍵を貸し出す業務の共通化　その{world.counter}")


def make_checked_off(world: World) -> Proposal:
    proposal = make_titled(world)
    check_off(proposal, world["officer1"])
    return proposal


def first_line(proposal: Proposal) -> CheckLine:
    return next(line for line in checklist_of(proposal) if not line.is_automatic)


def marking(
    proposal_id: int, login: str, verdict: CheckVerdict, both_read: Barrier
) -> Callable[[], None]:
    """Mark the first line by hand, on a page that was opened before anybody wrote."""

    def mark() -> None:
        proposal = db.session.get_one(Proposal, proposal_id)
        line = first_line(proposal)
        version = line.mark.version if line.mark else 0
        made = Mark(item=line.key, verdict=verdict, reason=f"{login}の理由", version=version)
        command = MarkLines(version=proposal.version, marks=(made,))
        actor = find_user(login)
        both_read.wait(timeout=30)
        with unit_of_work():
            mark_lines(proposal, command, actor=actor)

    return mark


def acceptance(proposal_id: int, both_read: Barrier) -> Callable[[], None]:
    """Accept the form, on a page that was opened before anybody wrote."""

    def accept_form() -> None:
        proposal = db.session.get_one(Proposal, proposal_id)
        command, actor = Accept(version=proposal.version), find_user("officer1")
        both_read.wait(timeout=30)
        with unit_of_work():
            accept(proposal, command, actor=actor)

    return accept_form


@pytest.mark.parametrize("make", [make_titled, make_checked_off])
def test_p05_two_officers_mark_one_line_at_once_and_one_wins(
    committed_app: Flask, make: Callable[[World], Proposal]
) -> None:
    ids = prepare(committed_app, 5, make)

    ends = []
    for case in ids:
        both_read = Barrier(2)
        works = [
            marking(case, "officer2", CheckVerdict.PROBLEM, both_read),
            marking(case, "officer3", CheckVerdict.WAIVED, both_read),
        ]
        ends.append(at_once(committed_app, works))

    assert [sorted(pair) for pair in ends] == [["StaleVersion", "done"]] * 5
    with committed_app.app_context():
        for case, pair in zip(ids, ends, strict=True):
            mark = first_line(db.session.get_one(Proposal, case)).mark
            assert mark is not None
            assert mark.reason == f"officer{2 + pair.index('done')}の理由"


def test_p06_nothing_is_accepted_over_a_problem_marked_at_the_same_moment(
    committed_app: Flask,
) -> None:
    ids = prepare(committed_app, ROUNDS, make_checked_off)

    ends = []
    for case in ids:
        both_read = Barrier(2)
        works = [
            acceptance(case, both_read),
            marking(case, "officer2", CheckVerdict.PROBLEM, both_read),
        ]
        ends.append(at_once(committed_app, works))

    assert {tuple(pair) for pair in ends} <= {
        ("done", StaleVersion.__name__),
        (InvalidInput.__name__, "done"),
    }
    with committed_app.app_context():
        for case, (accepted, _marked) in zip(ids, ends, strict=True):
            proposal = db.session.get_one(Proposal, case)
            is_accepted = proposal.state is State.ACCEPTED
            assert is_accepted is (accepted == "done")
            assert first_line(proposal).is_settled is is_accepted
