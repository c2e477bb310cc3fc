"""The headings of a plan (共通化推進方針の項目): data, so that another edition can be added.

Source: the form of 共通化推進方針 in the material of 令和6年. A plan keeps the edition it was begun
with; its versions keep their headings as they were.
"""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What stands under a heading (項目の中身)."""

    TEXT = "text"
    COSTS = "costs"
    SCHEDULE = "schedule"


@dataclass(frozen=True, kw_only=True)
class PlanHeading:
    """A heading (項目), level 1 to 3; `part` is None where only smaller headings follow."""

    key: str
    number: str
    title: str
    level: int
    part: Part | None = None
    hint: str = ""

    @property
    def words(self) -> str:
        """Number and title as printed (項目名)."""
        return f"{self.number} {self.title}"


COSTS_KEY = "costs"
SCHEDULE_KEY = "schedule"
PRESENT_EDITION = "R6"


def _head(key: str, number: str, title: str, level: int) -> PlanHeading:
    return PlanHeading(key=key, number=number, title=title, level=level)


def _text(key: str, number: str, title: str, level: int, hint: str) -> PlanHeading:
    return PlanHeading(key=key, number=number, title=title, level=level, part=Part.TEXT, hint=hint)


OUTLINES: dict[str, tuple[PlanHeading, ...]] = {
    PRESENT_EDITION: (
        _text(
            "system", "1", "業務・システム名", 1, "対象とする業務とシステムの名前、根拠となる制度。"
        ),
        _head("current", "2", "現状", 1),
        _text(
            "work",
            "(1)",
            "業務の実態（業務フロー等）",
            2,
            "だれが、いつ、何を、年に何件行っているか。",
        ),
        _text(
            "adoption",
            "(2)",
            "システムの導入状況",
            2,
            "導入している団体の数と割合、主なシステム、更改の時期。",
        ),
        _head("effects", "3", "効果", 1),
        _head("introduction", "(1)", "システムの導入効果", 2),
        _text(
            "convenience", "①", "国民の利便性の向上", 3, "手続にかかる時間や回数がどう変わるか。"
        ),
        _text("efficiency", "②", "行政の効率化", 3, "職員の作業時間がどう変わるか。"),
        _head("sharing", "(2)", "共通化の効果", 2),
        _text(
            "scale",
            "①",
            "共通化後の効果の大きさ",
            3,
            "個別に調達するときと比べて、どれだけ大きいか。",
        ),
        _text(
            "coordination",
            "②",
            "調整コストの大きさ",
            3,
            "業務の見直し、データの移行、関係者の調整にかかる手間。",
        ),
        PlanHeading(
            key=COSTS_KEY,
            number="③",
            title="国・地方を通じたトータルコストの最小化",
            level=3,
            part=Part.COSTS,
            hint="案ごとに、国と地方の初期費用と年額費用を比べます。",
        ),
        _head("timetable", "4", "スケジュール", 1),
        _text("method", "(1)", "方法", 2, "だれがシステムを整備し、団体がどう利用するか。"),
        _text("issues", "(2)", "課題と対応方策", 2, "進めるうえでの課題と、その解き方。"),
        PlanHeading(
            key=SCHEDULE_KEY,
            number="(3)",
            title="スケジュール",
            level=2,
            part=Part.SCHEDULE,
            hint="工程ごとに、検討・準備・実施・継続の期間を四半期で示します。",
        ),
    ),
}


def outline(edition: str) -> tuple[PlanHeading, ...]:
    """Headings of an edition, in their order (項目の一覧)."""
    return OUTLINES[edition]


def written_headings(edition: str) -> tuple[PlanHeading, ...]:
    """Headings under which something is written (記入する項目)."""
    return tuple(row for row in OUTLINES[edition] if row.part is not None)
