"""The second person's word (二次確認・異議) on one page."""

from functools import partial

from flask import redirect, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.core.errors import IllegalTransition
from app.proposals.models import Proposal
from app.rounds.queries import available_categories
from app.similar.near_duplicates import near_ids
from app.triage.blindness import is_blind_for, readable_opinions
from app.triage.consistency import differences
from app.triage.earlier import earlier_treatments
from app.triage.forms.decide import ConfirmForm, DisputeForm
from app.triage.models import Assessment
from app.triage.opinion_view import parts_of
from app.triage.queries import (
    DISPUTES_BEFORE_LEAD,
    NO_OPEN_ASSESSMENT,
    awaits_lead,
    disputed_assessments,
    open_assessment,
)
from app.triage.routes import desk
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import (
    Answer,
    case_page,
    concluded,
    open_case,
)
from app.triage.routes.case_summary import summarized
from app.triage.services import confirm as services
from app.triage.worklist import Pile
from app.workflow.labels import FOLLOW_UP_LABELS
from app.workflow.states import Action


@blueprint.route("/proposals/<receipt_number>/confirm", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def confirm(receipt_number: str) -> Answer:
    """Agree with an opinion of somebody else (二次確認)."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.CONFIRM)
    if request.method == "GET" and is_blind_for(actor, proposal):
        return redirect(url_for("triage.second_opinion", receipt_number=receipt_number))
    waiting = _waiting(proposal, actor)
    form = ConfirmForm(version=proposal.version, assessment_id=waiting.id)
    # Found before the transaction: nobody waits for a lock while texts are compared.
    near = near_ids(actor, proposal) if form.is_submitted() else None

    def work() -> str:
        services.confirm_assessment(proposal, form.to_command(), actor=actor, near=near)
        code = proposal.category.code if proposal.category else ""
        return f"{receipt_number}の仕分け意見を確認しました。分類{code}が確定しました。"

    done = concluded(form, proposal, work, Pile.CONFIRMATION)
    return done or _page(proposal, waiting, form, _empty_dispute(proposal, waiting), form)


@blueprint.post("/proposals/<receipt_number>/dispute")
@roles(Role.OFFICER, Role.LEAD)
def dispute(receipt_number: str) -> Answer:
    """Disagree with an opinion of somebody else (異議)."""
    actor = current_actor()
    proposal = open_case(receipt_number, Action.DISPUTE)
    waiting = _waiting(proposal, actor)
    categories = available_categories(proposal.round)
    form = DisputeForm(version=proposal.version, assessment_id=waiting.id, categories=categories)

    def work() -> str:
        services.dispute_assessment(proposal, form.to_command(), actor=actor)
        after = (
            "2回目の異議のため、次は総括が決めます。"
            if awaits_lead(proposal)
            else ("仕分け中に戻り、担当者がもう一度意見を登録します。")
        )
        return f"{receipt_number}に異議を付けました。{after}"

    if done := concluded(form, proposal, work, Pile.CONFIRMATION):
        return done
    confirm_form = ConfirmForm(formdata=None, version=proposal.version, assessment_id=waiting.id)
    return _page(proposal, waiting, confirm_form, form, form)


def _waiting(proposal: Proposal, actor: User) -> Assessment:
    """Return the opinion that waits, to be read.

    Raises IllegalTransition when there is none any more, NotAllowed for a blind second person.
    """
    services.refuse_blind(proposal, actor)
    waiting = open_assessment(proposal)
    if waiting is None:
        raise IllegalTransition(NO_OPEN_ASSESSMENT)
    return waiting


def _empty_dispute(proposal: Proposal, waiting: Assessment) -> DisputeForm:
    return DisputeForm(
        formdata=None,
        version=proposal.version,
        assessment_id=waiting.id,
        categories=available_categories(proposal.round),
    )


def _page(
    proposal: Proposal,
    waiting: Assessment,
    confirm_form: ConfirmForm,
    dispute_form: DisputeForm,
    active: ConfirmForm | DisputeForm,
) -> Answer:
    disputes = len(disputed_assessments(proposal))
    return case_page(
        "triage/confirm.html",
        proposal,
        active,
        confirm_form=confirm_form,
        dispute_form=dispute_form,
        opinion=waiting,
        earlier=[
            row for row in readable_opinions(current_actor(), proposal) if row.id != waiting.id
        ],
        status_words=desk.STATUS_WORDS,
        parts_of=partial(parts_of, proposal=proposal, reader=current_actor()),
        follow_up=FOLLOW_UP_LABELS[waiting.category.follow_up],
        is_last_dispute=disputes + 1 >= DISPUTES_BEFORE_LEAD,
        text=summarized(proposal, desk.text_sections(proposal, desk.quotes_of(waiting))),
        facts=desk.text_facts(proposal),
        differences=differences(current_actor(), proposal),
        earlier_rounds=earlier_treatments(current_actor(), proposal),
    )
