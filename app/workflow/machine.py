"""The state machine of a scheme (状態機械): asked for the next state, never handed a case."""

from functools import lru_cache

from transitions.extensions.nesting import HierarchicalMachine, NestedState

from app.core.errors import IllegalTransition
from app.workflow.labels import ACTION_LABELS, state_label
from app.workflow.states import Action, SchemeView, State, state_name
from app.workflow.table import FOLLOW_UP_TABLE, TABLE, Target


class CaseState(NestedState):
    """State of a case. The names themselves contain `_`, so nesting is written with a colon."""

    separator = ":"


class CaseMachine(HierarchicalMachine):
    """Machine of one version of a scheme; holds no case."""

    state_cls = CaseState


def _nested(name: str) -> str:
    parent = f"{State.CLASSIFIED.value}_"
    return (
        f"{State.CLASSIFIED.value}:{name.removeprefix(parent)}" if name.startswith(parent) else name
    )


def _plain(name: str) -> str:
    return name.replace(CaseState.separator, "_")


@lru_cache(maxsize=64)
def build_machine(scheme: SchemeView) -> CaseMachine:
    """Build the machine of a scheme once: one child of `classified` per category (分類の状態)."""
    states = [
        {"name": state.value, "children": list(scheme.category_keys)}
        if state is State.CLASSIFIED
        else state.value
        for state in State
    ]
    machine = CaseMachine(
        model=None, states=states, initial=State.DRAFT.value, auto_transitions=False
    )
    for action, source, target in arrows(scheme):
        machine.add_transition(action.value, _nested(source), _nested(target))
    return machine


def arrows(scheme: SchemeView) -> list[tuple[Action, str, str]]:
    """Every arrow of a scheme as (action, source, target), in the order of the table."""
    found: list[tuple[Action, str, str]] = []
    classified = [state_name(State.CLASSIFIED, key) for key in scheme.category_keys]
    for row in TABLE:
        targets = classified if row.target is Target.CATEGORY else [row.target.value]
        for source in row.sources:
            found += [(row.action, source.value, target) for target in targets]
    for category in scheme.categories:
        source_name = state_name(State.CLASSIFIED, category.key)
        for row in FOLLOW_UP_TABLE[category.follow_up]:
            found.append((row.action, source_name, row.target.value))
    return found


def next_state(
    current: str, action: Action, *, scheme: SchemeView, category: str | None = None
) -> str:
    """Name of the state after the action; `category` picks among the classified states.

    Without a category the arrow to a plain state is meant, with one the arrow to its state.
    Raises IllegalTransition, in words, when the table has no such arrow.
    """
    wanted = None if category is None else state_name(State.CLASSIFIED, category)
    for transition in build_machine(scheme).get_transitions(action.value, _nested(current)):
        target = _plain(str(transition.dest))
        is_category = target.startswith(f"{State.CLASSIFIED.value}_")
        if target == wanted or (wanted is None and not is_category):
            return target
    raise IllegalTransition(
        f"「{state_label(current)}」の提案に「{ACTION_LABELS[action]}」はできません。"
        "画面を開き直して、今の状態を確かめてください。"
    )


def actions_from(current: str, *, scheme: SchemeView) -> tuple[Action, ...]:
    """Actions that have an arrow out of the state, in the order of `Action` (可能な操作)."""
    machine = build_machine(scheme)
    return tuple(
        action for action in Action if machine.get_transitions(action.value, _nested(current))
    )
