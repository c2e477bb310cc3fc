"""Who is asked before a case moves, and told after (状態が動く前後).

For features above this one: a hand-off that keeps a case from being closed (guard), a claim that
ends with the step (listener). Both run in the transaction of the move.
"""

from collections.abc import Callable

from app.accounts.models import User
from app.proposals.models import Proposal
from app.workflow.states import Action

# Says, with a statement that writes many rows, of which case they are: nobody has to look them up.
OF_CASE = "of_case"

Listener = Callable[[Proposal, User | None], None]
# It is told the name of the state that was left, too; None for a part of a split case.
MoveListener = Callable[[Proposal, User | None, str | None], None]
Guard = Callable[[Proposal], None]

_listeners: list[MoveListener] = []
_of_clocks: list[Listener] = []
_guards: dict[Action, list[Guard]] = {}


def when_moved(listener: MoveListener) -> MoveListener:
    """Have a function run in the transaction of every move of a case (状態が動いたとき)."""
    _listeners.append(listener)
    return listener


def when_clock_goes_on(listener: Listener) -> Listener:
    """Have a function run where a clock runs on that was held to have ended (時計が続くとき).

    After an act that was taken back and after a merge that was; an ordinary move starts a clock.
    """
    _of_clocks.append(listener)
    return listener


def before(action: Action) -> Callable[[Guard], Guard]:
    """Have a function judge an action before it is carried out (操作の条件).

    It raises a DomainError, in words, for a case that may not move so.
    """

    def register(guard: Guard) -> Guard:
        _guards.setdefault(action, []).append(guard)
        return guard

    return register


def ask_guards(proposal: Proposal, action: Action) -> None:
    """Ask whoever watches over an action; raises what a guard raises."""
    for guard in _guards.get(action, ()):
        guard(proposal)


def tell_moved(proposal: Proposal, actor: User | None, left: str | None) -> None:
    """Tell whoever wants to know that a case moved, and from which state."""
    for listener in _listeners:
        listener(proposal, actor, left)


def tell_clock_goes_on(proposal: Proposal, actor: User | None) -> None:
    """Tell whoever wants to know that a case stands where it stood, with the clock it had."""
    for listener in _of_clocks:
        listener(proposal, actor)
