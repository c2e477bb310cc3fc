"""Pages of the trail (監査証跡の画面), above its own room: they know people and cases."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import ColumnElement

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.audit.actors import with_names
from app.audit.checkpoints import verify_sealed
from app.audit.models import AuditEvent
from app.audit.queries import names_in
from app.audit.reading import note_read
from app.audit.words import name_verbs, named_verbs, words_of
from app.core.access import roles
from app.core.numbered_pages import read_numbered
from app.readings.asked import Asked, read_asked
from app.readings.trail_queries import (
    AS_WRITTEN,
    NEWEST_FIRST,
    about_case,
    by_actor,
    entries,
    happened_in,
    of_verb,
    withheld_cases,
)

blueprint = Blueprint("audit", __name__)
name_verbs(
    {
        "access.refuse": "権限がないか、見つからないため、拒みました",
        "audit.restart": "復元で記録が戻ったことを封印に残しました",
        "download.hand_out": "ファイル・表を出力しました",
        "read_log.seal": "1日の閲覧の記録に封をしました",
    }
)

PAGE_SIZE = 100
LABELS = {
    "case": "案件",
    "person": "利用者",
    "act": "操作",
    "first": "この日から",
    "last": "この日まで",
}


@blueprint.get("/audit")
@roles(Role.AUDITOR)
def index() -> str:
    """Read the trail, newest first (監査証跡): all of it, or by person, case, act and days."""
    actor = current_actor()
    asked = read_asked(request.args.to_dict(), actor)
    conditions = _conditions(asked)
    note_read("audit", 0)
    if asked.person is not None:
        note_read("user", asked.person.id)
    order = NEWEST_FIRST if conditions else AS_WRITTEN
    page = None
    if not asked.problems:
        page = read_numbered(entries(conditions), order, request.args, size=PAGE_SIZE)
    events = page.rows if page else []
    return render_template(
        "audit/index.html",
        asked=asked,
        acts=_acts(asked),
        labels=LABELS,
        events=events,
        changes_of=partial(_changes_of, names=names_in(events)),
        withheld=withheld_cases(events, actor),
        previous=page.previous if page else None,
        next=page.next if page else None,
        words_of=words_of,
    )


@blueprint.get("/audit/verification")
@roles(Role.AUDITOR)
def verification() -> str:
    """Check the whole chain now, against its checkpoints (監査証跡の検証)."""
    return render_template("audit/verification.html", result=verify_sealed())


def _changes_of(event: AuditEvent, names: Mapping[int, str]) -> Any:
    return with_names(event.changes, names)


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    found = happened_in(asked.first, asked.last)
    if asked.proposal is not None:
        found.append(about_case(asked.proposal))
    if asked.person is not None:
        found.append(by_actor(asked.person))
    if act := asked.texts["act"]:
        found.append(of_verb(act))
    return found


def _acts(asked: Asked) -> list[tuple[str, str]]:
    """Acts to choose from (操作の選択肢), in the order of their words; one typed by hand, too."""
    named = sorted(named_verbs().items(), key=lambda pair: pair[1])
    act = asked.texts["act"]
    return named if not act or act in dict(named) else [(act, act), *named]
