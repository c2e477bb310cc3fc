"""Every guard of the product (権限の検査), and the product without one of them.

A guard is a function that refuses a person (`authorize…`, `can_…`, `may_…`), the condition that
every list starts from (`…visible_to`), or one of a few others that are named here.
"""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from sqlalchemy import false, true

import app

NAMES = re.compile(r"^_?(authorize|can_|may_|sees_)|visible_to$|^_?readable(_by)?$")
# Guards of another name. What they say is that somebody is kept out: without them they say no.
KEEPING_OUT = {
    "app.proposals.queries.has_conflict",
    "app.proposals.queries.is_conflicted",
    "app.triage.blindness.is_blind_for",
    "app.notifications.sealing.is_sealed_for",
}
LETTING_IN = {
    "app.api.scope.cases_within",
    "app.api.scope.is_for_round",
    "app.outsiders.queries.outsiders_for",
    "app.tokens.use.is_alive",
    "app.incidents.queries.incidents_seen",
    "app.incidents.policy.is_responsible",
    "app.proposals.late_queries.late_submissions_for",
    "app.public.queries.copies_for",
    "app.transfers.queries.transfers_for",
    "app.triage.blindness.class_is_open_to",
    "app.exchange.queries.imports_of",
    "app.reminders.queries.notices_to",
    "app.proposals.policy.is_own",
    "app.proposals.policy.acts_for",
    "app.proposals.queries.is_of_body",
    "app.proposals.queries.is_partner_of",
    "app.handoffs.policy.is_own_destination",
    "app.handoffs.desk_policy.is_coordinator",
    "app.candidates.queries.is_in_charge",
    "app.plans.policy.is_in_charge",
    "app.public.policy.is_second_person",
    "app.notifications.sealing.is_open_to",
}
# They ask about a thing or a rule of the work, not about who may do what.
NO_GUARDS = re.compile(
    r"^app\.(demo|synth|cli)\b|\.(may_have_plan|may_be_published|may_be_second|can_take_back)$"
    r"|\._(can_be_right|may_go_up|may_open)$"
    # What they offer is refused behind the link by a guard of its own.
    r"|\._(may_reroute|can_open)$"
)


@cache
def all_guards() -> dict[str, Callable[..., Any]]:
    """Every guard by its full name."""
    found = {}
    for module in pkgutil.walk_packages(app.__path__, "app."):
        loaded = importlib.import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            full = f"{module.name}.{name}"
            is_named = NAMES.search(name) or full in KEEPING_OUT | LETTING_IN
            if function.__module__ == module.name and is_named and not NO_GUARDS.search(full):
                found[full] = function
    return found


def without(full: str, guard: Callable[..., Any]) -> Callable[..., Any]:
    """The guard as if it had been deleted: it lets everybody in, and hides nothing."""
    returned = str(inspect.signature(guard).return_annotation)

    def absent(*args: Any, **kwargs: Any) -> Any:
        if returned.startswith("list"):
            return []
        if "Select" in returned:
            return _unconditional(guard(*args, **kwargs))
        if "ColumnElement" in returned:
            return false() if full in KEEPING_OUT else true()
        return None if returned == "None" else full not in KEEPING_OUT

    return absent


def _unconditional(statement: Any) -> Any:
    copied = statement._generate()
    copied._where_criteria = ()
    return copied


@cache
def places() -> dict[Callable[..., Any], list[tuple[dict[Any, Any], Any]]]:
    """Where each guard is named: in a module that imported it, or in a table of one."""
    guards = set(all_guards().values())
    found: dict[Callable[..., Any], list[tuple[dict[Any, Any], Any]]] = {}
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == "app"]
    tables = [table for module in modules for table in vars(module).values()]
    for names in (*map(vars, modules), *(table for table in tables if isinstance(table, dict))):
        for name, value in names.items():
            if inspect.isfunction(value) and value in guards:
                found.setdefault(value, []).append((names, name))
    return found


@contextmanager
def replaced(changes: dict[Callable[..., Any], Callable[..., Any]]) -> Iterator[None]:
    """Put other functions in the place of some, wherever a module or a table of it names them."""
    with pytest.MonkeyPatch.context() as patch:
        for guard, other in changes.items():
            for names, name in places()[guard]:
                patch.setitem(names, name, other)
        yield


@contextmanager
def listening(guards: dict[str, Callable[..., Any]], heard: set[str]) -> Iterator[None]:
    """Note which guards refuse, or put a condition, while this lasts."""
    with replaced({guard: _noting(full, guard, heard) for full, guard in guards.items()}):
        yield


def _noting(full: str, guard: Callable[..., Any], heard: set[str]) -> Callable[..., Any]:
    def noting(*args: Any, **kwargs: Any) -> Any:
        try:
            answer = guard(*args, **kwargs)
        except Exception:
            heard.add(full)
            raise
        if isinstance(answer, bool):
            is_refusing = answer is (full in KEEPING_OUT)
            if is_refusing:
                heard.add(full)
        elif answer is not None:
            heard.add(full)
        return answer

    return noting
