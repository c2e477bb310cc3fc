"""What a plan says at one moment (方針の内容): as it is written now, or as a version kept it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.text import is_blank
from app.plans.costs import CostComparison, comparison_from_json, missing_inputs
from app.plans.models import Plan, PlanVersion
from app.plans.outline import COSTS_KEY, SCHEDULE_KEY, Part, PlanHeading, outline
from app.plans.schedule import Task, tasks_as_json, tasks_from_json


@dataclass(frozen=True, kw_only=True)
class PlanContent:
    """Headings, texts by key, costs and schedule (方針の内容)."""

    fiscal_year: int
    headings: tuple[PlanHeading, ...]
    texts: Mapping[str, str]
    costs: CostComparison
    tasks: tuple[Task, ...]

    def as_json(self) -> dict[str, Any]:
        """The content as a version keeps it, headings and all."""
        return {
            "fiscal_year": self.fiscal_year,
            "headings": [
                {
                    "key": row.key,
                    "number": row.number,
                    "title": row.title,
                    "level": row.level,
                    "part": row.part.value if row.part else None,
                }
                for row in self.headings
            ],
            "texts": dict(self.texts),
            "costs": self.costs.as_json(),
            "schedule": tasks_as_json(self.tasks),
        }


def present_content(plan: Plan) -> PlanContent:
    """The plan as it is written now (作成中の内容)."""
    sections = {row.key: row for row in plan.sections}
    headings = outline(plan.outline_edition)
    return PlanContent(
        fiscal_year=plan.fiscal_year,
        headings=headings,
        texts={row.key: sections[row.key].text for row in headings if row.part is Part.TEXT},
        costs=comparison_from_json(sections[COSTS_KEY].data),
        tasks=tasks_from_json(sections[SCHEDULE_KEY].data),
    )


def content_of(version: PlanVersion) -> PlanContent:
    """The plan as a version kept it (版の内容)."""
    stored = version.content
    return PlanContent(
        fiscal_year=stored["fiscal_year"],
        headings=tuple(
            PlanHeading(
                key=row["key"],
                number=row["number"],
                title=row["title"],
                level=row["level"],
                part=Part(row["part"]) if row["part"] else None,
            )
            for row in stored["headings"]
        ),
        texts=stored["texts"],
        costs=comparison_from_json(stored["costs"]),
        tasks=tasks_from_json(stored["schedule"]),
    )


def open_points(content: PlanContent) -> list[str]:
    """What is not filled in yet, in words (未記入の項目)."""
    found: list[str] = []
    for row in content.headings:
        if row.part is Part.TEXT and is_blank(content.texts.get(row.key, "")):
            found.append(row.words)
        elif row.part is Part.COSTS:
            found += [f"{row.words}：{name}" for name in missing_inputs(content.costs)]
        elif row.part is Part.SCHEDULE and not content.tasks:
            found.append(row.words)
    return found
