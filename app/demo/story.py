"""The story of 令和6年 (令和6年の経過): every case from its draft to its category."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from app.accounts.models import User
from app.core import clock
from app.demo.office_time import instant_after, instant_on, office_days
from app.demo.people import Cast
from app.demo.replay import Event
from app.demo.steps import Case

FIRST_DAY = date(2024, 8, 5)
LAST_DAY = date(2024, 8, 27)
# Relative number of submissions an office day: few at first, a crest before each announced end.
DAILY_WEIGHTS = (1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 10, 14, 36, 28, 60)
FIRST_SUBMISSION = clock.jst(2024, 8, 5, 10, 30)
# The pending five came last, in the final hour of the last day.
LAST_HOUR = clock.jst(2024, 8, 27, 16, 20)
LAST_HOUR_MINUTES = 11

# Office days from one step to the next. Most are in time (3, 2, 10, 3, 5), the last of each late.
FORM_CHECK_DAYS = (0, 1, 1, 1, 2, 2, 2, 3, 3) * 3 + (4,)
ASSIGNMENT_DAYS = (0, 1, 1, 1, 2, 2) * 5 + (3,)
REVIEW_DAYS = (2, 3, 4, 5, 5, 6, 6, 7, 8, 9, 10) * 3 + (12,)
CONFIRMATION_DAYS = (0, 1, 1, 2, 2, 3) * 5 + (5,)
CORRECTION_DAYS = (1, 2, 3, 3, 4, 5)
SECOND_REVIEW_DAYS = (1, 2, 3, 4)
DRAFTING = timedelta(minutes=30)
DRAFTED_BEFORE_DAYS = (0, 0, 1, 1, 2, 3, 5)

# So many of the disputed cases are disputed again, and end with a word of the lead.
LEAD_DECISIONS = 2

SECOND_OPINIONS = (
    "異議を受けて本文を読み直した。指摘の面はあるが、提案の中心は変わらない。",
    "異議の点を根拠の資料と突き合わせたが、先の意見を維持する。",
    "指摘の観点も検討したうえで、次のとおり整理する。",
)
SECOND_DISPUTE = (
    "説明は読んだが、先に挙げた点がなお残る。二人の見方が分かれるため、総括の判断を求める。"
)
LEAD_INTRODUCTION = "二度の異議とそれぞれの理由を確かめ、総括として次のとおり決める。"
CONFIRMATION_NOTES = (
    "",
    "",
    "",
    "根拠の記述を本文で確かめた。",
    "台帳の行と本文の対応を確かめた。",
    "同種の提案の扱いとそろっている。",
)


def tell_story(cases: Sequence[Case], cast: Cast, rng: Random) -> list[Event]:
    """Events of all cases of 令和6年, given in the order of their submission.

    Submissions lie in office hours of the round, all else before the end of October 2024.
    """
    pending = sum(case.text.hold is not None for case in cases)
    instants = _submission_instants(len(cases) - pending, rng) + [
        LAST_HOUR + timedelta(minutes=LAST_HOUR_MINUTES * count) for count in range(pending)
    ]
    disputed = [case for case in cases if case.text.dispute is not None]
    to_lead = rng.sample(disputed, LEAD_DECISIONS)
    events: list[Event] = []
    for number, (case, submitted_at) in enumerate(zip(cases, instants, strict=True)):
        path = _Path(case, cast, rng, number)
        path.hand_in(submitted_at)
        path.check_form()
        path.assign()
        if case.text.hold is not None:
            path.hold()
        else:
            path.classify(is_for_lead=case in to_lead)
        events += path.events
    return events


def _submission_instants(count: int, rng: Random) -> list[datetime]:
    days = rng.choices(office_days(FIRST_DAY, LAST_DAY), weights=DAILY_WEIGHTS, k=count)
    return sorted(_submission_instant(day, rng) for day in days)


def _submission_instant(day: date, rng: Random) -> datetime:
    """Some second of the office hours, not in the first of the round nor in that of the pending."""
    while True:
        instant = instant_on(day, rng)
        if FIRST_SUBMISSION <= instant < LAST_HOUR:
            return instant


class _Path:
    """One case on its way through the secretariat; `_at` is the instant of its last step."""

    def __init__(self, case: Case, cast: Cast, rng: Random, number: int) -> None:
        self._case = case
        self._cast = cast
        self._rng = rng
        officers = cast.officers
        self._reviewer = officers[number % len(officers)]
        self._others = [user for user in officers if user is not self._reviewer]
        self._at = clock.jst(2024, 8, 5, 9)
        self.events: list[Event] = []

    def hand_in(self, submitted_at: datetime) -> None:
        """Draft some days before, submit at the given instant."""
        self.events.append(Event(self._drafted_at(submitted_at), self._case.draft))
        self._at = submitted_at
        self.events.append(Event(submitted_at, self._case.submit))

    def check_form(self) -> None:
        """Accept the form, after a correction where the text has one."""
        checker = self._rng.choice(self._cast.officers)
        self._later(FORM_CHECK_DAYS)
        if self._case.text.returned is not None:
            self._do(self._case.send_back, checker)
            self._later(CORRECTION_DAYS)
            self._do(self._case.correct)
            self._later((0,))
            self._do(self._case.submit)
            self._later((0, 1))
        self._do(self._case.accept, checker)

    def assign(self) -> None:
        """Give the case to its reviewer, now and then to two."""
        self._later(ASSIGNMENT_DAYS)
        second = self._rng.sample(self._others, 1) if self._rng.random() < 0.1 else []
        self._do(self._case.assign, self._cast["lead"], [self._reviewer, *second])

    def classify(self, *, is_for_lead: bool) -> None:
        """Opinion, second person; where they differ again and again, the lead."""
        self._later(REVIEW_DAYS)
        self._do(self._case.assess, self._reviewer)
        confirmer = self._rng.choice(self._others)
        if self._case.text.dispute is not None:
            self._dispute(confirmer, self._case.text.dispute.reason)
            self._assess_again(self._reviewer, self._rng.choice(SECOND_OPINIONS))
        if is_for_lead:
            self._dispute(self._rng.choice(self._others), SECOND_DISPUTE)
            self._assess_again(self._cast["lead"], LEAD_INTRODUCTION)
            return
        self._later(CONFIRMATION_DAYS)
        self._do(self._case.confirm, confirmer, self._rng.choice(CONFIRMATION_NOTES))

    def hold(self) -> None:
        """Put the case off until the day its text names."""
        held = self._case.text.hold
        assert held is not None
        self._later((3, 4, 5, 6))
        self._do(self._case.hold, self._reviewer, held.reason, held.revisit_on)

    def _dispute(self, officer: User, reason: str) -> None:
        dispute = self._case.text.dispute
        assert dispute is not None
        self._later(CONFIRMATION_DAYS)
        self._do(self._case.dispute, officer, dispute.category, reason)

    def _assess_again(self, author: User, introduction: str) -> None:
        self._later(SECOND_REVIEW_DAYS)
        self.events.append(
            Event(self._at, partial(self._case.assess, author, introduction=introduction))
        )

    def _drafted_at(self, submitted_at: datetime) -> datetime:
        """Some days before the submission, or half an hour where the round has just opened."""
        days = office_days(FIRST_DAY, clock.to_jst(submitted_at).date())[::-1]
        before = min(self._rng.choice(DRAFTED_BEFORE_DAYS), len(days) - 1)
        latest = submitted_at - DRAFTING
        drafted_at = instant_on(days[before], self._rng)
        if drafted_at > latest and len(days) > 1:
            drafted_at = instant_on(days[1], self._rng)
        return min(drafted_at, latest)

    def _later(self, days: Sequence[int]) -> None:
        self._at = instant_after(self._at, self._rng.choice(days), self._rng)

    def _do(self, step: Callable[..., object], *arguments: object) -> None:
        self.events.append(Event(self._at, partial(step, *arguments)))
