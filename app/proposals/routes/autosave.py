"""Saving by itself while somebody types (自動保存): answers in JSON, to a script."""

from collections.abc import Callable

from flask import Response, jsonify, request
from sqlalchemy.exc import IntegrityError

from app.accounts.current import current_actor
from app.accounts.models import User
from app.core import clock
from app.core.access import roles
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.forms.merging import compare
from app.proposals.forms.writing import ProposalForm, new_proposal_form
from app.proposals.models import Proposal
from app.proposals.pages.addresses import autosave_url, edit_url
from app.proposals.pages.editing import saving_page, sent_form, stale_texts
from app.proposals.pages.parts import is_editable, offered_rounds
from app.proposals.queries import BODY_ROLES, get_own, get_own_by_id
from app.proposals.routes.blueprint import blueprint
from app.proposals.services import drafts
from app.proposals.versions import last_savings
from app.workflow.states import State

NO_ROUND = "今は提案を募集していないため、保存していません。"
NOTHING_TYPED = "まだ何も入力されていないため、保存していません。"

Told = tuple[Response, int]


@blueprint.post("/proposals/new/autosave")
@roles(*BODY_ROLES)
def autosave_new() -> Told:
    """Make the draft of a new proposal, or go on with the one this form has made (自動保存)."""
    actor = current_actor()
    rounds = offered_rounds(actor, request.form.get("round", ""))
    if not rounds:
        return _told(409, NO_ROUND)
    page = saving_page()
    started = drafts.draft_started_with(actor, page.form_key)
    if started is not None:
        return _save_started(started, actor)
    form = new_proposal_form(rounds)
    round_ = next((row for row in rounds if row.key == form.round.data), rounds[0])
    content = form.to_command()
    if content == drafts.ProposalContent(answers=dict.fromkeys(content.answers, "")):
        return _told(422, NOTHING_TYPED)
    try:
        return _save(form, lambda: drafts.start_draft(round_, content, actor=actor, page=page))
    except (drafts.AlreadyStarted, IntegrityError):
        db.session.rollback()
        return _save_started(drafts.draft_started_with(actor, page.form_key), actor)


def _save_started(started: Proposal | None, actor: User) -> Told:
    if started is None:
        return _told(409, NOTHING_TYPED)
    form = sent_form(started)
    form.version.data = form.version.data or str(drafts.FIRST_VERSION)
    return _autosave(started, form, actor)


@blueprint.post("/proposals/drafts/<int:proposal_id>/autosave")
@roles(*BODY_ROLES)
def autosave_draft(proposal_id: int) -> Told:
    """Save a draft by itself (下書きの自動保存)."""
    actor = current_actor()
    proposal = get_own_by_id(actor, proposal_id)
    return _autosave(proposal, sent_form(proposal), actor)


@blueprint.post("/proposals/<receipt_number>/autosave")
@roles(*BODY_ROLES)
def autosave_returned(receipt_number: str) -> Told:
    """Save a correction by itself (補正の自動保存)."""
    actor = current_actor()
    proposal = get_own(actor, receipt_number)
    return _autosave(proposal, sent_form(proposal), actor)


def _autosave(proposal: Proposal, form: ProposalForm, actor: User) -> Told:
    def edit() -> Proposal:
        drafts.edit_proposal(
            proposal,
            form.to_command(),
            version=form.expected_version(),
            actor=actor,
            page=saving_page(),
        )
        return proposal

    try:
        return _save(form, edit)
    except StaleVersion as error:
        return _stale(get_own_by_id(actor, proposal.id), form, error)


def _save(form: ProposalForm, save: Callable[[], Proposal]) -> Told:
    if not form.validate():
        return _faulty([message for _, _, message in form.error_list()])
    try:
        with unit_of_work():
            proposal = save()
    except InvalidInput as error:
        return _faulty([message for messages in error.errors.values() for message in messages])
    except IllegalTransition as error:
        return _told(409, f"保存していません。{error.message}")
    return _saved(proposal)


def _saved(proposal: Proposal) -> Told:
    now = clock.to_jst(clock.now())
    what = "下書き" if proposal.state is State.DRAFT else "補正を"
    answer = jsonify(
        words=f"{now.hour}時{now.minute:02}分に{what}保存",
        version=proposal.version,
        place=edit_url(proposal),
        autosave=autosave_url(proposal),
    )
    return answer, 200


def _stale(proposal: Proposal, form: ProposalForm, error: StaleVersion) -> Told:
    """Say that another saving came first; an autosave that only came twice is saved."""
    if not is_editable(proposal):
        return _told(409, f"保存していません。{error.message}")
    texts = stale_texts(proposal, form)
    compared = compare(texts.mine, texts.theirs, texts.base)
    if not any(compared):
        return _saved(proposal)
    saving = last_savings([proposal]).get(proposal.id)
    when = clock.to_jst(saving.at) if saving else None
    who = f"{saving.by}さんが{when.hour}時{when.minute:02}分に" if saving and when else ""
    words = f"別の画面で{who}保存しました。ここで入力した分は、まだ保存していません。"
    return _told(409, words, can_merge=True)


def _faulty(messages: list[str]) -> Told:
    return _told(422, f"保存していません。{'。'.join(messages)}。")


def _told(status: int, words: str, *, can_merge: bool = False) -> Told:
    return jsonify(words=words, can_merge=can_merge), status
