"""The schedule of a plan (スケジュール): what is impossible, and where the bars stand."""

import pytest

from app.plans.chart import NAME_WIDTH, QUARTER_WIDTH, chart
from app.plans.schedule import (
    Quarter,
    Span,
    Stage,
    Task,
    read_quarter,
    span_problems,
    tasks_as_json,
    tasks_from_json,
)


def span(stage: Stage, start: str, end: str) -> Span:
    first, last = read_quarter(start), read_quarter(end)
    assert first is not None
    assert last is not None
    return Span(stage=stage, start=first, end=last)


@pytest.mark.parametrize(
    ("spans", "fields"),
    [
        ([span(Stage.STUDY, "2024-1", "2024-4"), span(Stage.PREPARE, "2025-1", "2025-1")], []),
        ([span(Stage.STUDY, "2024-3", "2024-2")], ["study_end"]),
        ([span(Stage.STUDY, "2023-4", "2024-2")], ["study_start"]),
        ([span(Stage.CONTINUE, "2030-1", "2035-1")], ["continue_end"]),
        (
            [span(Stage.INTRODUCE, "2025-2", "2026-1"), span(Stage.PREPARE, "2024-1", "2025-2")],
            ["introduce_start"],
        ),
        (
            [span(Stage.STUDY, "2026-1", "2026-2"), span(Stage.INTRODUCE, "2025-1", "2025-2")],
            ["introduce_start"],
        ),
    ],
)
def test_impossible_stages_are_named_at_their_fields(spans: list[Span], fields: list[str]) -> None:
    assert list(span_problems(spans, 2024)) == fields


def test_bars_stand_in_their_quarters() -> None:
    task = Task(name="整備", spans=(span(Stage.STUDY, "2024-2", "2024-3"),))

    drawn = chart([task], 2024)

    bar = drawn.rows[0].bars[0]
    assert (bar.x, bar.width) == (NAME_WIDTH + QUARTER_WIDTH + 1, 2 * QUARTER_WIDTH - 2)
    assert [year.words for year in drawn.years] == ["令和6年度", "令和7年度", "令和8年度"]
    assert tasks_from_json(tasks_as_json([task])) == (task,)


def test_quarter_is_told_with_its_months() -> None:
    assert Quarter(2024, 4).words == "令和6年度第4四半期（1–3月）"
    assert read_quarter("2024-5") is None
