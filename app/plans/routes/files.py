"""A plan as docx, PDF or xlsx (方針の文書)."""

from collections.abc import Callable

from flask import make_response, request
from werkzeug.wrappers import Response

from app.candidates.printing import print_ministries
from app.candidates.queries import READERS
from app.core import clock
from app.core.access import roles
from app.core.document.pdf import to_pdf
from app.core.document.word import DOCX_TYPE, to_docx
from app.core.documents import PDF_TYPE
from app.core.errors import InvalidInput
from app.core.tabular import XLSX_TYPE
from app.plans.content import PlanContent, content_of, present_content
from app.plans.document import Stamp, plan_document
from app.plans.labels import DECISION_BADGES
from app.plans.models import PlanVersion
from app.plans.policy import can_read_working_text
from app.plans.queries import get_version
from app.plans.routes.blueprint import blueprint
from app.plans.routes.frame import Opened, open_plan
from app.plans.tables import file_name, plan_workbook
from app.proposals.forms.base import number_in

Writer = Callable[[PlanContent, Stamp], bytes]
WRITERS: dict[str, tuple[str, Writer]] = {
    "pdf": (PDF_TYPE, lambda content, stamp: to_pdf(plan_document(content, stamp))),
    "docx": (
        DOCX_TYPE,
        lambda content, stamp: to_docx(plan_document(content, stamp)),
    ),
    "xlsx": (XLSX_TYPE, plan_workbook),
}
UNKNOWN_FORMAT = "この形式では出力できません。pdf・docx・xlsx のどれかを指定してください"


@blueprint.get("/candidates/<int:candidate_id>/plan/file")
@roles(*READERS)
def file(candidate_id: int) -> Response:
    """The plan as a file, `?format=pdf|docx|xlsx`; `version=2` is a submitted one (出力)."""
    opened = open_plan(candidate_id)
    form = request.args.get("format", "pdf")
    if form not in WRITERS:
        raise InvalidInput({"format": [UNKNOWN_FORMAT]})
    version = _version(opened)
    content = content_of(version) if version else present_content(opened.plan)
    media_type, write = WRITERS[form]
    stamp = Stamp(
        candidate=opened.candidate.name,
        ministries=print_ministries(opened.candidate.ministries),
        version=_version_words(version),
        made_at=clock.now(),
        made_by=opened.actor.label,
    )
    answer = make_response(write(content, stamp))
    answer.headers["Content-Type"] = media_type
    name = file_name(opened.candidate.id, version.number if version else None, clock.today(), form)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _version(opened: Opened) -> PlanVersion | None:
    """The version that is asked for, None for the draft, which associations do not read."""
    asked = request.args.get("version", "")
    if not asked and can_read_working_text(opened.actor):
        return None
    return get_version(opened.plan, number_in(asked) or 0)


def _version_words(version: PlanVersion | None) -> str:
    if version is None:
        return "作成中（提出前）"
    return f"第{version.number}版（{DECISION_BADGES[version.decision].label}）"
