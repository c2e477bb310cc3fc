"""The round to practise in (操作練習): cases in every state, as fresh as the day of loading."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import NamedTuple

from app.accounts.models import OrgType, User
from app.core import clock
from app.core.closing_days import office_calendar
from app.demo.bodies import SampleBody
from app.demo.office_time import office_day_before
from app.demo.people import Cast
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


class PracticeCase(NamedTuple):
    """A case of the practice (練習の案件): whose, in which category, and what happened to it.

    `steps` are words with the office days before the loading, in order: `assess:1@5` is an opinion
    of officer 1, five office days ago. The lead assigns, closes; the body does the rest.
    """

    body: str
    category: str
    steps: str


# The dates leave some cases in time and some overdue in every state that has a deadline.
CASES = (
    PracticeCase("甲子市", "f2", "draft@3"),
    PracticeCase("甲県", "keiyu", "draft@2 joint@1"),
    PracticeCase("甲子市", "f4", "draft@6 submit@6 back:1@4"),
    PracticeCase("甲県", "types", "draft@14 submit@13 back:2@9"),
    PracticeCase("甲子市", "core20", "draft@12 submit@11 back:1@9 correct@3 submit@2"),
    PracticeCase("甲子市", "core20", "draft@2 submit@1"),
    PracticeCase("甲県", "dpi", "draft@4 submit@2"),
    PracticeCase("乙亥市", "f5", "draft@8 submit@6"),
    PracticeCase("乙県", "f1", "draft@4 submit@3 accept:1@1"),
    PracticeCase("丁卯市", "core20", "draft@6 submit@5 accept:2@2"),
    PracticeCase("甲子市", "f3", "draft@9 submit@8 accept:3@6"),
    PracticeCase("甲県", "keiyu", "draft@5 submit@5 accept:2@3 assign:1@2"),
    PracticeCase("壬子町", "core20", "draft@12 submit@12 accept:1@10 assign:1@9"),
    PracticeCase("戊寅市", "f2", "draft@19 submit@18 accept:2@16 assign:1@14"),
    PracticeCase("甲子市", "f1", "draft@6 submit@6 accept:1@4 assign:2@3"),
    PracticeCase(
        "丙県", "keiyu", "draft@12 submit@11 accept:3@10 assign:2@9 assess:2@5 dispute:1@2"
    ),
    PracticeCase("庚午市", "f6", "draft@7 submit@7 accept:4@6 assign:3@4"),
    PracticeCase("甲県", "f1", "draft@9 submit@9 accept:2@8 assign:1@7 assess:1@1"),
    PracticeCase("丙寅市", "f5", "draft@13 submit@12 accept:2@10 assign:1@9 assess:1@5"),
    PracticeCase("甲子市", "core20", "draft@11 submit@10 accept:1@9 assign:2@8 assess:2@2"),
    PracticeCase("戊戌市", "types", "draft@9 submit@8 accept:4@7 assign:3@6 assess:3@1"),
    PracticeCase(
        "己丑市",
        "f5",
        "draft@22 submit@21 accept:1@19 assign:3@18 assess:3@13 dispute:4@11 assess:3@8"
        " dispute:5@4",
    ),
    PracticeCase("丁県", "keiyu", "draft@16 submit@15 accept:2@13 assign:1@12 hold_past:1@8"),
    PracticeCase("辛巳市", "f2", "draft@10 submit@9 accept:1@7 assign:4@6 hold:4@2"),
    PracticeCase(
        "甲子市", "dpi", "draft@16 submit@15 accept:2@14 assign:1@13 assess:1@9 confirm:2@7"
    ),
    PracticeCase(
        "甲県", "types", "draft@14 submit@13 accept:3@12 assign:2@11 assess:2@8 confirm:1@6"
    ),
    PracticeCase(
        "甲子市",
        "core20",
        "draft@24 submit@23 accept:4@22 assign:3@21 assess:3@17 confirm:1@15 close@6",
    ),
    PracticeCase("甲県", "dpi", "draft@10 submit@9 accept:5@8 withdraw@5"),
    PracticeCase("甲子市", "core20", "draft@9 submit@8 accept:2@7 merge:1@3"),
)
MERGED_INTO = 12  # place in CASES of the case, still in review, that the merged one goes into
MERGE_REASON = "同じ業務の同じ機能を求めているため、1件として検討する。"


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
    for case in CASES:
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
    for number, (planned, case) in enumerate(zip(CASES, cases, strict=True)):
        acts = _Acts(case, cast, loaded_on, target=cases[MERGED_INTO])
        for position, word in enumerate(planned.steps.split()):
            name, _, days = word.partition("@")
            day = office_day_before(loaded_on, int(days))
            midnight = clock.jst(day.year, day.month, day.day)
            at = midnight + START + STEP * position + BETWEEN_CASES * number
            events.append(Event(at, acts.named(name)))
    return events


class _Acts:
    """What the words of a plan mean for one case."""

    def __init__(self, case: Case, cast: Cast, loaded_on: date, *, target: Case) -> None:
        self._case = case
        self._target = target
        self._cast = cast
        self._loaded_on = loaded_on
        self._objections = iter(OBJECTIONS.get(case.text.category, ()))

    def named(self, name: str) -> Callable[[], object]:
        """The act that a word means; after a colon stands the number of the officer."""
        word, _, number = name.partition(":")
        if number:
            return self._of_officer(word, self._cast[f"officer{number}"])
        case, lead = self._case, self._cast["lead"]
        acts: dict[str, Callable[[], object]] = {
            "draft": case.draft,
            "submit": case.submit,
            "correct": case.correct,
            "joint": partial(case.ask_partner, self._cast["city"].organization),
            "close": partial(case.close, lead, OUTCOME),
            "withdraw": partial(case.withdraw, WITHDRAWAL),
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
            "assess": partial(case.assess, officer),
            "confirm": partial(case.confirm, officer),
            "merge": partial(case.merge_into, self._target, officer, MERGE_REASON),
            "hold": partial(case.hold, officer, HOLD_REASON, later),
            "hold_past": partial(case.hold, officer, HOLD_REASON, yesterday),
        }
        return acts[word]


def _fits(text: SampleText, planned: PracticeCase, org_type: OrgType) -> bool:
    return (
        text.category == planned.category
        and org_type in text.org_types
        and (text.returned is not None) == ("back" in planned.steps)
    )
