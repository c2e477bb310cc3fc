"""Buttons of the queue (次の1件・着手・引き継ぐ・戻す・後回し): each does one thing and goes on."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core.access import roles
from app.core.eras import format_date
from app.core.errors import InvalidInput, NotFound
from app.core.forms import JaForm
from app.core.unit_of_work import unit_of_work
from app.proposals.lifecycle import check_version
from app.proposals.queries import get_visible
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.rounds.queries import get_round
from app.triage.forms.claims import BareForm, ClaimForm, NextForm, SkipForm
from app.triage.models import Pile
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import Answer, carried_out, case_page, flash_with_link
from app.triage.routes.trail import asked_filters, asked_pile, claim_term, kept_arguments
from app.triage.routes.work_frame import PILE_LABELS, page_of, section_id, work_url
from app.triage.services import claims as services
from app.triage.services import skips
from app.triage.worklist.items import WorkItem

NOTHING_LEFT = (
    "「{pile}」に、いま着手できる提案はありません。条件に合うものがないか、"
    "残りはほかの人が着手しています。"
)


@blueprint.post("/triage/next")
@roles(Role.OFFICER, Role.LEAD)
def next_case() -> Response:
    """Claim the next case of a pile and open it (次の1件); the address holds the filters."""
    actor = current_actor()
    form = NextForm()
    check_sent(form)
    round_ = _asked_round()
    with unit_of_work():
        command = form.to_command(asked_filters(round_), claim_term())
        item = services.claim_next(actor, round_, command)
    if item is None:
        pile = Pile(form.pile.data)
        flash(NOTHING_LEFT.format(pile=PILE_LABELS[pile]), "info")
        return redirect(queue_url(round_, pile))
    return redirect(work_url(item))


@blueprint.post("/proposals/<receipt_number>/claim")
@roles(Role.OFFICER, Role.LEAD)
def claim(receipt_number: str) -> Response:
    """Take a case on the desk (着手), or over from a colleague (引継ぎ)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    form = ClaimForm(version=proposal.version)
    check_sent(form)
    command = form.to_command(claim_term())
    with unit_of_work():
        services.claim(proposal, command, actor=actor)
    done = "の仕事を引き継ぎました。" if command.from_id else "に着手しました。"
    flash(f"{receipt_number}{done}ほかの人の「次の1件」には出ません。", "status")
    return redirect(page_of(command.pile, proposal))


@blueprint.post("/proposals/<receipt_number>/claim/release")
@roles(Role.OFFICER, Role.LEAD)
def release_claim(receipt_number: str) -> Response:
    """Give a case back to the pile (戻す)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    check_sent(BareForm())
    with unit_of_work():
        services.release(proposal, actor=actor)
    flash(f"{receipt_number}を一覧に戻しました。期限は変わりません。", "status")
    return redirect(queue_url(proposal.round, asked_pile()))


@blueprint.route("/proposals/<receipt_number>/skip", methods=["GET", "POST"])
@roles(Role.OFFICER, Role.LEAD)
def skip(receipt_number: str) -> Answer:
    """Put a case behind the others for oneself (後回し), and go on to the next one."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    opened = request.form.get("version", type=int)
    if opened is not None:
        check_version(proposal, opened)
    skips.check_can_skip(proposal, actor=actor)
    form = SkipForm(version=proposal.version, until=format_date(skips.usual_day(proposal)))
    pile = asked_pile()
    following: list[WorkItem] = []

    def work() -> None:
        skips.skip(proposal, form.to_command(), actor=actor)
        following.extend(claimed_next(actor, proposal.round, pile))

    if not carried_out(form, work):
        return case_page(
            "triage/skip.html",
            proposal,
            form,
            first=skips.first_day(),
            latest=skips.latest_day(proposal),
        )
    until = form.until_date()
    flash_with_link(
        f"{receipt_number}を{format_date(until) if until else ''}まで後回しにしました。"
        "期限は変わりません。",
        proposal,
    )
    return redirect(work_url(following[0]) if following else queue_url(proposal.round, pile))


@blueprint.post("/proposals/<receipt_number>/skip/take-back")
@roles(Role.OFFICER, Role.LEAD)
def take_back_skip(receipt_number: str) -> Response:
    """Put a case back to its place in one's pile (後回しをやめる)."""
    actor = current_actor()
    proposal = get_visible(actor, receipt_number)
    check_sent(BareForm())
    with unit_of_work():
        skips.take_back_skip(proposal, actor=actor)
    flash(f"{receipt_number}を一覧の元の位置に戻しました。", "status")
    return redirect(queue_url(proposal.round, None))


def claimed_next(actor: User, round_: Round, pile: Pile | None) -> list[WorkItem]:
    """Claim the next case of the pile one works through (次の1件): one or none."""
    if pile is None:
        return []
    command = services.ClaimNext(pile=pile, filters=asked_filters(round_), term=claim_term())
    item = services.claim_next(actor, round_, command)
    return [item] if item else []


def check_sent(form: JaForm) -> None:
    """Refuse a button whose hidden fields do not hold what they should. Raises InvalidInput."""
    if not form.validate_on_submit():
        raise InvalidInput({field.name: [str(said) for said in field.errors] for field in form})


def _asked_round() -> Round:
    key = request.args.get("round", "")
    round_ = get_round(key) if key else chosen_round()
    if round_ is None:
        raise NotFound
    return round_


def queue_url(round_: Round, pile: Pile | None) -> str:
    """Address of the queue with the filters one works through, at the pile."""
    kept = {**kept_arguments(), "round": round_.key, "pile": None}
    return url_for("triage.queue", **kept, _anchor=section_id(pile) if pile else None)
