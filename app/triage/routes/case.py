"""What every page about one case shares (案件の画面の共通部分): opening it, its bar, the act."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.labels import ORG_TYPE_LABELS
from app.accounts.models import User
from app.core import clock
from app.core.errors import InvalidInput, StaleVersion
from app.core.forms import JaForm
from app.core.posted_form import will_lead_to
from app.core.unit_of_work import STALE_MESSAGE, unit_of_work
from app.proposals.clocks import running_clock
from app.proposals.lifecycle import check_possible
from app.proposals.models import Proposal
from app.proposals.pages.attachments import attachment_list
from app.proposals.presentation import (
    Due,
    StateBadge,
    due_of,
    reads_as_secretariat,
    state_badge,
)
from app.proposals.queries import get_visible
from app.triage.policy import authorize
from app.triage.queries import current_assignments
from app.triage.routes.next_case import WayOn, way_on
from app.triage.routes.work_frame import work_frame
from app.triage.worklist import Pile
from app.workflow.labels import TERM_LABELS
from app.workflow.states import Action, State

Answer = str | Response | tuple[str, int]


class CaseHead(NamedTuple):
    """What the identity bar of a case shows (案件の帯)."""

    number: str
    title: str
    badge: StateBadge
    facts: list[tuple[str, Due | str]]
    meta: list[str]
    url: str


def open_case(receipt_number: str, action: Action) -> Proposal:
    """Return the case if this action on it is open to the actor now.

    A form that comes too late is told so first, so that nothing typed is lost: whoever was
    relieved of the case meanwhile reads what happened, not that it is none of their business.
    Raises NotFound, StaleVersion, NotAllowed, IllegalTransition.
    """
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    opened = request.form.get("version", type=int)
    # The row was read just now; the unit of work locks it and judges it again (P05).
    if opened is not None and opened != proposal.version:
        raise StaleVersion(STALE_MESSAGE)
    authorize(actor, action, proposal)
    check_possible(proposal, action)
    return proposal


def carried_out(form: JaForm, work: Callable[[], object]) -> bool:
    """Do the work of a sent and valid form; put the refusals of the service at its fields."""
    if not form.validate_on_submit():
        return False
    try:
        with unit_of_work():
            work()
    except InvalidInput as error:
        form.add_errors(error.errors)
        return False
    return True


def case_page(template: str, proposal: Proposal, form: JaForm, **context: Any) -> Answer:
    """Render a page about a case: 422 when its form was sent and refused, else 200."""
    actor = current_actor()
    page = render_template(
        template,
        case=case_head(actor, proposal),
        work=work_frame(actor, proposal),
        proposal=proposal,
        form=form,
        files=attachment_list(proposal, actor).now,
        **context,
    )
    return page, 422 if form.errors or form.form_errors else 200


def case_head(actor: User, proposal: Proposal) -> CaseHead:
    """Put together what the bar shows of a case for a reader (案件の帯)."""
    facts: list[tuple[str, Due | str]] = []
    due, running = due_of(proposal, actor), running_clock(proposal)
    if due is not None and running is not None:
        facts.append((f"{TERM_LABELS[running.term]}の期限", due))
    return CaseHead(
        number=proposal.reference,
        title=proposal.title,
        badge=state_badge(proposal, actor),
        facts=facts,
        meta=[_body_words(proposal), *_reviewer_words(actor, proposal)],
        url=case_url(proposal),
    )


def _body_words(proposal: Proposal) -> str:
    day = clock.to_jst(proposal.submitted_at or proposal.created_at).date()
    org_type = proposal.organization.type_on(day)
    name = proposal.organization.name
    return f"{ORG_TYPE_LABELS[org_type]}（{name}）" if org_type else name


def _reviewer_words(actor: User, proposal: Proposal) -> list[str]:
    if not reads_as_secretariat(actor) or proposal.state is State.CLOSED:
        return []
    reviewers = [row.reviewer for row in current_assignments(proposal)]
    names = [f"{user.display_name}{'（あなた）' if user == actor else ''}" for user in reviewers]
    return [f"担当　{'、'.join(names)}"] if names else []


def case_url(proposal: Proposal) -> str:
    """Address of the case page (個票)."""
    return url_for("casework.show", receipt_number=proposal.receipt_number)


def concluded(
    form: JaForm,
    proposal: Proposal,
    work: Callable[[], str],
    pile: Pile | None = None,
    *,
    leads_to: str = "",
) -> Response | None:
    """Do the work of a sent and valid form, say what happened, go on; None where it was refused.

    `work` returns the words, read in the transaction of the act: after it nothing is asked for. It
    leads to the page of the case, or to `leads_to`; that page looks for the next case of the pile.
    """
    place, following = leads_to or case_url(proposal), way_on(proposal, pile) if pile else None
    said: list[str] = []
    will_lead_to(place)
    if not carried_out(form, lambda: said.append(work())):
        return None
    flash_done(said[0], following)
    return redirect(place)


def flash_done(message: str, following: WayOn | None = None) -> None:
    """Say what happened and what comes next, with a link to the next case if there is one."""
    told: Any = message if following is None else {"words": message, **following}
    flash(told, "status")


def flash_with_link(message: str, proposal: Proposal) -> None:
    """Say what happened to a case one has left, with the way back to it (直前の提案)."""
    link = Markup('{} <a href="{}">{}の個票</a>')
    flash(link.format(message, case_url(proposal), proposal.reference), "status")
