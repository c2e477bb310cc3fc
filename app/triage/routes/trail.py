"""The pile and the filters one works through (仕分けの道筋): they stay in the address.

Every address of the desk that is made while one works through a pile carries them on: to the pages
of the case, to their forms, to the next case, and back to the queue.
"""

from datetime import timedelta
from typing import Any

from flask import current_app, request

from app.rounds.models import Round
from app.triage.models import Pile
from app.triage.routes.blueprint import blueprint
from app.triage.worklist.filters import (
    FILTER_NAMES,
    QueueFilters,
    queue_options,
    read_queue_filters,
)

KEPT = ("pile", "round", *FILTER_NAMES)
QUEUE = "triage.queue"


@blueprint.url_defaults
def keep_trail(endpoint: str, values: dict[str, Any]) -> None:
    """Carry pile and filters of the running page on to an address of the desk."""
    if request.blueprint != blueprint.name:
        return
    is_of_case = "receipt_number" in values
    is_way_back = endpoint == QUEUE and "receipt_number" in (request.view_args or {})
    if not (is_of_case or is_way_back):
        return
    for name in KEPT:
        if name in request.args and not (is_way_back and name == "pile"):
            values.setdefault(name, request.args[name])


def asked_filters(round_: Round) -> QueueFilters:
    """Filters of the running page's address; what cannot be chosen is left out."""
    filters, _problems = read_queue_filters(request.args, queue_options(round_))
    return filters


def asked_pile() -> Pile | None:
    """Pile that the running page's address names, None for none or an unknown one."""
    word = request.args.get("pile", "")
    return Pile(word) if word in list(Pile) else None


def claim_term() -> timedelta:
    """How long a claim holds without an act (着手の続く時間), a setting."""
    return timedelta(minutes=current_app.config["SETTINGS"].CLAIM_MINUTES)


def kept_arguments() -> dict[str, Any]:
    """Pile, round and filters as the running page's address names them."""
    return {name: request.args[name] for name in KEPT if name in request.args}
