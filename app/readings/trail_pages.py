"""Pages of the trail (監査証跡の画面), above its own room: they know people and cases."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy import ColumnElement

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.audit.actors import with_names
from app.audit.checkpoints import verify_sealed
from app.audit.models import AuditEvent
from app.audit.queries import names_in
from app.audit.reading import note_read
from app.audit.words import name_verbs, named_verbs, words_of
from app.core import clock
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.numbered_pages import read_numbered
from app.core.unit_of_work import unit_of_work
from app.files.serving import disposition
from app.readings.asked import Asked, read_asked
from app.readings.forms import ExportTrailForm
from app.readings.trail_exports import (
    MOST_A_DAY,
    MOST_ENTRIES,
    ExportTrail,
    note_trail_export,
    trail_pieces,
)
from app.readings.trail_files import TITLE, TrailFormat
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
        "audit.export": "監査証跡を出力しました",
        "audit.restart": "復元で記録が戻ったことを封印に残しました",
        "download.hand_out": "ファイル・表を出力しました",
        "read_log.seal": "1日の閲覧の記録に封をしました",
    }
)

PAGE_SIZE = 100
CONTENT_TYPES = {
    TrailFormat.CSV: "text/csv; charset=utf-8; header=present",
    TrailFormat.JSON_LINES: "application/jsonl; charset=utf-8",
}
# Conditions of the page that the export knows, too.
CARRIED = ("first", "last", "case", "person")
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
        carried={name: asked.texts[name] for name in CARRIED if asked.texts[name]},
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


@blueprint.route("/audit/export", methods=["GET", "POST"])
@roles(Role.AUDITOR)
def export() -> Response | tuple[str, int]:
    """Take entries out with their hashes, for an audit outside (監査証跡の出力)."""
    form = ExportTrailForm(data={name: request.args.get(name, "") for name in CARRIED})
    if form.validate_on_submit():
        try:
            return _file_of(form, current_actor())
        except InvalidInput as error:
            form.add_errors(error.errors)
    page = render_template("audit/export.html", form=form, most=MOST_ENTRIES, most_a_day=MOST_A_DAY)
    return page, 422 if form.is_submitted() else 200


def _file_of(form: ExportTrailForm, actor: User) -> Response:
    asked = read_asked(form.conditions(), actor)
    if asked.problems:
        raise InvalidInput({"": [words.rstrip("。") for words in asked.problems]})
    command = ExportTrail(
        asked=asked,
        conditions=_conditions(asked),
        format=TrailFormat(form.format.data),
        with_names=bool(form.with_names.data),
        reason=form.reason.data or "",
    )
    name = f"{TITLE}_{clock.today():%Y%m%d}_{actor.login}.{command.format.value}"
    with unit_of_work():
        noted = note_trail_export(command, actor=actor)
    answer = Response(trail_pieces(noted), content_type=CONTENT_TYPES[command.format])
    answer.headers["Content-Disposition"] = disposition(name)
    return answer


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
