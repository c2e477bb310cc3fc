"""Half-written opinions (仕分け意見の下書き): saved by a button or a script, shown again later."""

from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core import clock
from app.core.access import roles
from app.core.eras import format_date_short
from app.core.unit_of_work import unit_of_work
from app.proposals.models import Proposal
from app.proposals.queries import get_visible
from app.triage.forms.claims import OpinionDraftForm
from app.triage.models import OpinionDraft, Pile
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer
from app.triage.routes.claims import check_sent, queue_url
from app.triage.routes.trail import asked_pile, claim_term
from app.triage.routes.work_frame import page_of
from app.triage.services.claims import release, renew
from app.triage.services.opinion_drafts import draft_of, save_opinion_draft

JSON = "application/json"


@blueprint.post("/proposals/<receipt_number>/opinion-draft")
@roles(Role.OFFICER, Role.LEAD)
def save_draft(receipt_number: str) -> Answer:
    """Keep a half-written opinion (下書き); a script asks for JSON, and stays."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    form, then = OpinionDraftForm(version=proposal.version), request.form.get("then", "")
    check_sent(form)
    with unit_of_work():
        sent = request.form.items(multi=True)
        draft = save_opinion_draft(proposal, form.to_command(sent), actor=actor)
        renew(proposal, actor=actor, term=claim_term())
        if then == "release":
            release(proposal, actor=actor)
    if request.accept_mimetypes.best == JSON:
        return jsonify(words=saved_words(draft))
    if then == "skip":
        return redirect(url_for("triage.skip", receipt_number=receipt_number))
    flash(f"{receipt_number}の仕分け意見を下書きに保存しました。まだ登録していません。", "status")
    if then == "release":
        return redirect(queue_url(proposal.round, asked_pile()))
    return redirect(page_of(asked_pile() or Pile.REVIEW, proposal))


def restored(actor: User, proposal: Proposal) -> dict[str, Any]:
    """Argument that fills a form that is opened with what was half written (下書きの再開)."""
    draft = draft_of(actor, proposal) if request.method == "GET" else None
    if draft is None:
        return {}
    return {"formdata": MultiDict([(name, value) for name, value in draft.fields])}


def draft_words(actor: User, proposal: Proposal) -> str:
    """When the half-written opinion was kept, in words; empty without one."""
    draft = draft_of(actor, proposal)
    if draft is None:
        return ""
    changed = "（その後、提案の状態か内容が変わりました）"
    return saved_words(draft) + (changed if draft.case_version != proposal.version else "")


def saved_words(draft: OpinionDraft) -> str:
    """Time of a saving, with its day unless that is today: 10時04分に下書き保存."""
    at = clock.to_jst(draft.saved_at)
    day = "" if at.date() == clock.today() else format_date_short(at.date())
    return f"{day}{at.hour}時{at.minute:02}分に下書き保存"
