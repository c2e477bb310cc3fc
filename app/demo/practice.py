"""The round to practise in (操作練習): cases in every state, as fresh as the day of loading."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from random import Random

from app.accounts.models import OrgType, User
from app.core import clock
from app.core.closing_days import office_calendar
from app.demo.bodies import SampleBody
from app.demo.ministries import MINISTRIES, MinistryActs
from app.demo.office_time import office_day_before
from app.demo.people import Cast
from app.demo.practice_cases import CASES, MERGE_REASON, MERGED_INTO, PracticeCase
from app.demo.practice_handoffs import HANDED_OFF
from app.demo.replay import Event
from app.demo.steps import Case
from app.demo.texts import SampleText

OPENED_DAYS_BEFORE = 30  # office days
MARK = "【操作練習】"
START = timedelta(hours=9, minutes=20)
STEP = timedelta(minutes=35)
BETWEEN_CASES = timedelta(minutes=7)

HOLD_REASON = "所管の府省庁に、同じ趣旨の取組の予定を照会している。回答を待って判断する。"
OUTCOME = (
    "いただいた提案は、対応方針に沿って進めます。進み方が決まりましたら、改めてお知らせします。"
)
WITHDRAWAL = "同じ趣旨の提案を別の課からも提出していたため、1件にまとめます。"
# By category of the case, in the order in which they are raised: other category and reason.
OBJECTIONS = {
    "keiyu": (
        ("f1", "既にある共通のシステムの改善で足りるように読める。台帳と突き合わせてほしい。"),
    ),
    "f5": (
        ("f2", "本文の導入状況からは、既に多くの団体が導入しているものと読める。"),
        ("f2", "導入の広がりについて、先に挙げた点がなお残る。総括の判断を求める。"),
    ),
}
REVISIT_DAYS = 15  # office days after the loading
ALL_CASES = (*CASES, *HANDED_OFF)


def practice_opens_on(loaded_on: date) -> date:
    """The day the practice opened (操作練習の開始日): an office day some weeks before."""
    return office_day_before(loaded_on, OPENED_DAYS_BEFORE)


def choose_texts(
    texts: Sequence[SampleText], bodies: Sequence[SampleBody], rng: Random
) -> list[SampleText]:
    """A text for each case that fits its category and body, marked as practice, none twice.

    A case that is sent back takes a text that has something to correct.
    """
    types = {body.name: body.org_type for body in bodies}
    left = list(texts)
    rng.shuffle(left)
    chosen: list[SampleText] = []
    for case in ALL_CASES:
        text = next(text for text in left if _fits(text, case, types[case.body]))
        left.remove(text)
        chosen.append(marked(text))
    return chosen


def marked(text: SampleText) -> SampleText:
    """The same text under a title that says what it is for (【操作練習】)."""
    fields = {**text.fields, "title": f"{MARK}{text.title}"}
    returned = text.returned
    if returned is not None and returned.field == "title":
        returned = replace(returned, first_text=f"{MARK}{returned.first_text}")
    return replace(text, fields=fields, returned=returned)


def tell_practice(cases: Sequence[Case], cast: Cast, loaded_on: date) -> list[Event]:
    """Events of the practice, all on office days before the day of loading (操作練習の経過)."""
    events: list[Event] = []
    for number, (planned, case) in enumerate(zip(ALL_CASES, cases, strict=True)):
        acts = _Acts(
            case,
            cast,
            loaded_on,
            target=cases[MERGED_INTO],
            with_suggestions=planned in CASES,
        )
        acts_of_day: Counter[date] = Counter()
        for word in planned.steps.split():
            name, _, days = word.partition("@")
            day = office_day_before(loaded_on, int(days))
            midnight = clock.jst(day.year, day.month, day.day)
            at = midnight + START + STEP * acts_of_day[day] + BETWEEN_CASES * number
            acts_of_day[day] += 1
            events.append(Event(at, acts.named(name)))
    return events


class _Acts:
    """What the words of a plan mean for one case."""

    def __init__(
        self, case: Case, cast: Cast, loaded_on: date, *, target: Case, with_suggestions: bool
    ) -> None:
        self._case = case
        self._target = target
        self._with_suggestions = with_suggestions
        self._cast = cast
        self._loaded_on = loaded_on
        self._objections = iter(OBJECTIONS.get(case.text.category, ()))
        self._ministries = MinistryActs(case, cast, loaded_on)

    def named(self, name: str) -> Callable[[], object]:
        """The act that a word means; after a colon stands the officer or the ministry."""
        word, _, whose = name.partition(":")
        if whose in MINISTRIES:
            return self._ministries.of_ministry(word, whose)
        if whose:
            return self._of_officer(word, self._cast[f"officer{whose}"])
        case, lead = self._case, self._cast["lead"]
        acts: dict[str, Callable[[], object]] = {
            "draft": case.draft,
            "submit": case.submit,
            "correct": case.correct,
            "joint": partial(case.ask_partner, self._cast["city"].organization),
            "close": partial(case.close, lead, OUTCOME),
            "withdraw": partial(case.withdraw, WITHDRAWAL),
            "release": self._ministries.release,
            "view": self._ministries.file_view,
        }
        return acts[word]

    def _of_officer(self, word: str, officer: User) -> Callable[[], object]:
        case, lead = self._case, self._cast["lead"]
        if word == "dispute":
            return partial(case.dispute, officer, *next(self._objections))
        yesterday = office_day_before(self._loaded_on, 1)
        later = office_calendar().add_office_days(self._loaded_on, REVISIT_DAYS)
        acts: dict[str, Callable[[], object]] = {
            "back": partial(case.send_back, officer),
            "accept": partial(case.accept, officer),
            "assign": partial(case.assign, lead, [officer]),
            "assess": partial(case.assess, officer, with_suggestions=self._with_suggestions),
            "confirm": partial(case.confirm, officer),
            "merge": partial(case.merge_into, self._target, officer, MERGE_REASON),
            "hold": partial(case.hold, officer, HOLD_REASON, later),
            "hold_past": partial(case.hold, officer, HOLD_REASON, yesterday),
        }
        return acts[word]


def _fits(text: SampleText, planned: PracticeCase, org_type: OrgType) -> bool:
    return (
        text.category == planned.category
        and planned.ministry in ("", text.ministry)
        and org_type in text.org_types
        and (text.returned is not None) == ("back" in planned.steps)
    )
