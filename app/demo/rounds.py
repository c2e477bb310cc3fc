"""The rounds of the demo (試用の募集回): 令和6年 as printed, and one to practise in."""

from datetime import date, datetime, timedelta

from app.accounts.models import User
from app.core import clock
from app.demo.texts import read_categories, read_figures, read_round
from app.rounds.models import Round, Scheme
from app.rounds.services import (
    ChangeClosing,
    NewCategory,
    NewRound,
    change_closing,
    create_round,
    create_scheme,
    publish_figures,
)
from app.workflow.states import FollowUp

R6 = "R6"
PRACTICE = "R8"
PRACTICE_LABEL = "令和8年（操作練習）"
PRACTICE_DAYS_LEFT = 30  # calendar days from the loading to the end of the practice

LAST_SECOND = timedelta(hours=23, minutes=59, seconds=59)

SET_UP_AT = clock.jst(2024, 7, 29, 10)
FIRST_CLOSES_AT = clock.jst(2024, 8, 23, 23, 59, 59)
CLOSING_CHANGED_AT = clock.jst(2024, 8, 20, 11, 15)
CLOSING_REASON = (
    "募集の案内に、締切を8月27日（火）とする箇所と8月23日（金）とする箇所があったため、"
    "遅い方の8月27日（火）にそろえます。8月23日までに提出された提案の扱いは変わりません。"
)
PUBLISHED_AT = clock.jst(2024, 10, 31, 17, 30)

# What the paper does not print: a short label, and what follows (後続対応).
SHORT_LABELS = {
    "types": "TYPES",
    "bunken": "分権提案",
    "core20": "20業務・密接関連",
    "keiyu": "経由事務・経由調査",
    "dpi": "DPI",
    "f1": "共通システムあり",
    "f2": "多くが導入済み",
    "f3": "効果が判然としない",
    "f4": "システムなし",
    "f5": "対象候補",
    "f6": "今後の参考",
}
FOLLOW_UPS = {
    "types": FollowUp.INFORM,
    "bunken": FollowUp.OTHER_PROCESS,
    "core20": FollowUp.HANDOFF,
    "keiyu": FollowUp.HANDOFF,
    "dpi": FollowUp.HANDOFF,
    "f1": FollowUp.HANDOFF,
    "f2": FollowUp.TRIGGER,
    "f3": FollowUp.REVISIT,
    "f4": FollowUp.REVISIT,
    "f5": FollowUp.CANDIDATE,
    "f6": FollowUp.REFERENCE,
}
# These say that a thing exists somewhere: the register row shows where.
NEED_EVIDENCE = frozenset({"types", "bunken", "core20", "keiyu", "f1"})


def add_scheme(*, actor: User) -> Scheme:
    """Create the categories of 令和6年 in the printed words (分類体系)."""
    rows = [
        NewCategory(
            code=row["code"],
            key=row["key"],
            group_code=row["parent"],
            label=row["label"],
            short_label=SHORT_LABELS[row["key"]],
            response_policy=row["response_policy"],
            follow_up=FOLLOW_UPS[row["key"]],
            is_evidence_required=row["key"] in NEED_EVIDENCE,
        )
        for row in read_categories()
    ]
    return create_scheme(R6, "令和6年の分類体系", rows, actor=actor)


def add_round(scheme: Scheme, *, actor: User) -> Round:
    """Create the round of 令和6年 with the end that was announced first (募集回)."""
    printed = read_round()
    command = NewRound(
        key=R6,
        label="令和6年",
        name=printed["name"],
        opens_at=_midnight(date.fromisoformat(printed["opens_on"])),
        closes_at=FIRST_CLOSES_AT,
    )
    return create_round(scheme, command, actor=actor)


def move_closing(round_: Round, *, actor: User) -> None:
    """Settle the two announced ends on the later one (募集期限の変更)."""
    closes_on = date.fromisoformat(read_round()["closes_on"])
    command = ChangeClosing(closes_at=_midnight(closes_on) + LAST_SECOND, reason=CLOSING_REASON)
    change_closing(round_, command, actor=actor)


def publish(round_: Round, *, actor: User) -> None:
    """Keep the printed figures (公表値)."""
    publish_figures(round_, read_figures(), actor=actor)


def add_practice_round(scheme: Scheme, *, opens_on: date, loaded_on: date, actor: User) -> Round:
    """Create the round to practise in (操作練習), open for 30 more days."""
    command = NewRound(
        key=PRACTICE,
        label=PRACTICE_LABEL,
        name=f"{read_round()['name']}（操作練習）",
        opens_at=_midnight(opens_on),
        closes_at=_midnight(loaded_on + timedelta(days=PRACTICE_DAYS_LEFT)) + LAST_SECOND,
        is_practice=True,
    )
    return create_round(scheme, command, actor=actor)


def _midnight(day: date) -> datetime:
    return clock.jst(day.year, day.month, day.day)
