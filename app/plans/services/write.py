"""Writing the sections of a plan (方針の記入): each has a version of its own (P05)."""

from dataclasses import dataclass

from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import User
from app.core import clock
from app.core.errors import IllegalTransition, StaleVersion
from app.core.text import count_characters, is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.plans.costs import MOST_CLASSES, MOST_OPTIONS, CostComparison
from app.plans.figures import LONGEST_YEARS, MOST_BODIES
from app.plans.models import Plan, PlanSection
from app.plans.outline import COSTS_KEY, SCHEDULE_KEY
from app.plans.policy import authorize_write
from app.plans.schedule import (
    LONGEST_NAME,
    MOST_TASKS,
    Span,
    Stage,
    Task,
    span_problems,
    tasks_as_json,
    tasks_from_json,
)
from app.plans.services.trace import (
    LONGEST_REASON,
    LONGEST_TEXT,
    keep_trace,
    lock_plan,
    refuse,
)

LONGEST_LABEL = 40  # characters
TASK_GONE = "この工程は、ほかの人が削除しました。画面を開き直して、今の工程を確かめてください。"


@dataclass(frozen=True, kw_only=True)
class WriteText:
    """The text under a heading as it is to be from now on (本文の記入)."""

    version: int
    text: str


@dataclass(frozen=True, kw_only=True)
class WriteCosts:
    """The comparison of costs as it is to be from now on (費用の比較の記入)."""

    version: int
    comparison: CostComparison


@dataclass(frozen=True, kw_only=True)
class WriteTask:
    """A row of the schedule (工程の記入); `number` counts from 1, None for a new one."""

    version: int
    name: str
    spans: tuple[Span, ...]
    number: int | None = None


@dataclass(frozen=True, kw_only=True)
class RemoveTask:
    """Take a row out of the schedule (工程の削除)."""

    version: int
    number: int


def write_text(plan: Plan, key: str, command: WriteText, *, actor: User) -> None:
    """Write the text under a heading (本文の記入).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput, KeyError.
    """
    section = _open_section(plan, key, command.version, actor)
    over = count_characters(command.text) - LONGEST_TEXT
    if over > 0:
        limit = f"本文は{LONGEST_TEXT:,}文字以内で入力してください（{over:,}文字超えています）"
        refuse({"text": [limit]})
    section.text = command.text
    _sign(section, actor)


def write_costs(plan: Plan, command: WriteCosts, *, actor: User) -> None:
    """Write the comparison of costs as a whole (費用の比較の記入); it may lack inputs.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    section = _open_section(plan, COSTS_KEY, command.version, actor)
    refuse(_cost_errors(command.comparison))
    section.data = command.comparison.as_json()
    _sign(section, actor)


def write_task(plan: Plan, command: WriteTask, *, actor: User) -> None:
    """Add or change a row of the schedule (工程の記入).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput for what is impossible.
    """
    section = _open_section(plan, SCHEDULE_KEY, command.version, actor)
    tasks = list(tasks_from_json(section.data))
    place = _place(tasks, command.number)
    order = list(Stage)
    spans = tuple(sorted(command.spans, key=lambda row: order.index(row.stage)))
    others = [task.name for number, task in enumerate(tasks) if number != place]
    refuse(_task_errors(plan, command.name, spans, others))
    tasks[place : place + 1] = [Task(name=command.name, spans=spans)]
    section.data = tasks_as_json(tasks)
    _sign(section, actor)


def remove_task(plan: Plan, command: RemoveTask, *, actor: User) -> None:
    """Take a row out of the schedule (工程の削除).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    section = _open_section(plan, SCHEDULE_KEY, command.version, actor)
    tasks = list(tasks_from_json(section.data))
    del tasks[_place(tasks, command.number)]
    section.data = tasks_as_json(tasks)
    _sign(section, actor)


def _open_section(plan: Plan, key: str, version: int, actor: User) -> PlanSection:
    lock_plan(plan)
    authorize_write(actor, plan)
    section = plan.section(key)
    if section.version != version:
        raise StaleVersion(STALE_MESSAGE)
    return section


def _sign(section: PlanSection, actor: User) -> None:
    section.written_by_id = actor.id
    section.written_at = clock.now()
    # A new version of the whole as well: nobody submits what he has not seen.
    flag_modified(section.plan, "status")
    keep_trace("write", section.plan, actor, section=section.key)


def _place(tasks: list[Task], number: int | None) -> int:
    if number is None:
        return len(tasks)
    if not 1 <= number <= len(tasks):
        raise IllegalTransition(TASK_GONE)
    return number - 1


def _task_errors(
    plan: Plan, name: str, spans: tuple[Span, ...], others: list[str]
) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if is_blank(name):
        errors["name"] = ["工程の名前を入力してください"]
    elif count_characters(name) > LONGEST_NAME:
        errors["name"] = [f"工程の名前は{LONGEST_NAME}文字以内で入力してください"]
    elif name in others:
        errors["name"] = ["同じ名前の工程があります。違いが分かる名前にしてください"]
    if len(others) >= MOST_TASKS:
        errors.setdefault("name", []).append(f"工程は{MOST_TASKS}件までです")
    if not spans:
        errors["study_start"] = ["検討・準備・実施・継続のうち、1つ以上の期間を選んでください"]
    return errors | span_problems(spans, plan.fiscal_year)


def _cost_errors(comparison: CostComparison) -> dict[str, list[str]]:
    """What is wrong with a comparison as a whole; what is missing is no error."""
    _check_amounts(comparison)
    errors: dict[str, list[str]] = {}
    if comparison.years is not None and not 1 <= comparison.years <= LONGEST_YEARS:
        errors["years"] = [f"比較する年数は1から{LONGEST_YEARS}までにしてください"]
    for number, row in enumerate(comparison.classes, start=1):
        if row.bodies is not None and not 0 <= row.bodies <= MOST_BODIES:
            errors[f"class{number}_bodies"] = [f"団体数は0から{MOST_BODIES:,}までにしてください"]
    named = (
        ("option", "案", [row.name for row in comparison.options]),
        ("class", "規模の区分", [row.label for row in comparison.classes]),
    )
    for kind, label, names in named:
        for number, name in enumerate(names, start=1):
            problem = _name_problem(label, name, names[: number - 1])
            if problem:
                errors[f"{kind}{number}_name"] = [problem]
    if count_characters(comparison.note) > LONGEST_REASON:
        errors["note"] = [f"算定の前提は{LONGEST_REASON:,}文字以内で入力してください"]
    return errors


def _check_amounts(comparison: CostComparison) -> None:
    """Refuse what no form can send: amounts without a class, negative ones, too many options."""
    paid = [row for option in comparison.options for row in (option.national, *option.local)]
    values = [value for row in paid for value in (row.initial, row.yearly) if value is not None]
    fits = all(len(row.local) == len(comparison.classes) for row in comparison.options)
    is_small = len(comparison.options) <= MOST_OPTIONS and len(comparison.classes) <= MOST_CLASSES
    if not fits or not is_small or any(value < 0 for value in values):
        raise ValueError("options fit the size classes, are few, and cost nothing negative")


def _name_problem(label: str, name: str, former: list[str]) -> str:
    if is_blank(name):
        return f"{label}の名前を入力してください"
    if count_characters(name) > LONGEST_LABEL:
        return f"{label}の名前は{LONGEST_LABEL}文字以内で入力してください"
    return f"同じ名前の{label}があります。違いが分かる名前にしてください" if name in former else ""
