"""Pages of the meeting paper (会議資料の画面)."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.core.access import roles
from app.core.errors import InvalidInput, NotFound
from app.core.unit_of_work import unit_of_work
from app.papers import services
from app.papers.drawing import changes_of, content_of
from app.papers.files import CONTENT_TYPES, PaperFormat, disposition_of, paper_bytes, paper_format
from app.papers.forms import MakePaperForm
from app.papers.policy import CONFLICTED, READERS, authorize_read, may_read, why_not_make
from app.papers.queries import find_paper, get_paper, versions_of
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.rounds.queries import NOT_FOUND, get_round

blueprint = Blueprint("papers", __name__)

Answer = str | Response | tuple[str, int]


@blueprint.get("/papers")
@roles(*READERS)
def index() -> Answer:
    """Versions of the paper of a round, and the button that makes the next one (会議資料)."""
    return _page(_asked_round(request.args.get("round", "")), MakePaperForm())


@blueprint.post("/papers")
@roles(*READERS)
def make() -> Answer:
    """Make the next version (会議資料の作成)."""
    actor = current_actor()
    round_ = _asked_round(request.form.get("round", ""))
    form = MakePaperForm()
    if not form.validate():
        return _page(round_, form), 422
    try:
        with unit_of_work():
            number = services.make_paper(form.to_command(round_), actor=actor).number
    except InvalidInput as error:
        form.add_errors(error.errors)
        return _page(round_, form), 422
    flash(f"会議資料の第{number}版を作りました。", "status")
    return redirect(url_for("papers.show", key=round_.key, number=number))


@blueprint.get("/papers/<key>/<int:number>")
@roles(*READERS)
def show(key: str, number: int) -> Answer:
    """One version: files, identities, what changed since the one before (会議資料の版)."""
    authorize_read(current_actor())
    paper = get_paper(get_round(key), number)
    return render_template(
        "papers/show.html",
        paper=paper,
        content=content_of(paper),
        changes=changes_of(paper, find_paper(paper.round, number - 1)),
        forms=PaperFormat,
    )


@blueprint.get("/papers/<key>/<int:number>/file")
@roles(*READERS)
def download(key: str, number: int) -> Answer:
    """One version as `?format=pdf` or `docx` (会議資料のファイル)."""
    authorize_read(current_actor())
    paper = get_paper(get_round(key), number)
    form = paper_format(request.args.get("format", PaperFormat.PDF.value))
    answer = make_response(paper_bytes(paper, find_paper(paper.round, number - 1), form))
    answer.headers["Content-Type"] = CONTENT_TYPES[form]
    answer.headers["Content-Disposition"] = disposition_of(paper, form)
    return answer


def _asked_round(key: str) -> Round:
    """The round of the query, else the one chosen for this session. Raises NotFound."""
    found = get_round(key) if key else chosen_round()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def _page(round_: Round, form: MakePaperForm) -> str:
    actor = current_actor()
    is_reader = may_read(actor)
    return render_template(
        "papers/index.html",
        round=round_,
        form=form,
        versions=versions_of(round_) if is_reader else [],
        refusal=why_not_make(actor, round_) if is_reader else CONFLICTED,
        is_reader=is_reader,
        forms=PaperFormat,
    )
