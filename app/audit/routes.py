"""Pages of the trail (監査証跡の画面)."""

from enum import StrEnum

from flask import Blueprint, render_template, request

from app.audit.checkpoints import verify_sealed
from app.audit.queries import events_before
from app.audit.reading import note_read
from app.audit.words import name_verbs, words_of
from app.core.access import roles
from app.extensions import db

blueprint = Blueprint("audit", __name__)
name_verbs(
    {
        "audit.restart": "復元で記録が戻ったことを封印に残しました",
        "download.hand_out": "ファイル・表を出力しました",
        "read_log.seal": "1日の閲覧の記録に封をしました",
    }
)

PAGE_SIZE = 100


class Reader(StrEnum):
    """Who reads the trail (監査): the role is named here, for accounts stand above this room."""

    AUDITOR = "auditor"


@blueprint.get("/audit")
@roles(Reader.AUDITOR)
def index() -> str:
    """Read the trail, newest first (監査証跡)."""
    before = request.args.get("before", type=int)
    note_read("audit", 0)
    events = list(db.session.scalars(events_before(before, PAGE_SIZE + 1)))
    has_more = len(events) > PAGE_SIZE
    return render_template(
        "audit/index.html",
        events=events[:PAGE_SIZE],
        has_more=has_more,
        before=before,
        words_of=words_of,
    )


@blueprint.get("/audit/verification")
@roles(Reader.AUDITOR)
def verification() -> str:
    """Check the whole chain now, against its checkpoints (監査証跡の検証)."""
    return render_template("audit/verification.html", result=verify_sealed())
