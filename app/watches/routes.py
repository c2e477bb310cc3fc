"""Pages of the watches (見直しの条件の画面)."""

from typing import NamedTuple

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core import clock
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.tabular import XLSX_TYPE, to_csv, to_xlsx
from app.proposals.forms.base import number_in
from app.proposals.models import Proposal
from app.proposals.queries import SECRETARIAT_ROLES, get_visible
from app.registers.queries import all_entries
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.triage.routes.case import Answer, carried_out, case_page, case_url, flash_done
from app.triage.routes.desk import grouped_entries
from app.triage.services.pending import possible_owners
from app.watches import services
from app.watches.forms import OUTCOME_HINTS, CheckForm, WatchForm
from app.watches.listing import STANDING_LABELS, Standing, real_rounds, watch_list, watch_table
from app.watches.models import Watch, WatchStatus
from app.watches.policy import authorize_watch, is_date_required
from app.watches.queries import get_watch

blueprint = Blueprint("watches", __name__)

DESK = (Role.OFFICER, Role.LEAD)
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": XLSX_TYPE,
}
UNKNOWN_FORMAT = "この形式では出力できません。xlsx か csv を指定してください"


class Asked(NamedTuple):
    """What the address asks for (絞り込み)."""

    rounds: list[Round]
    round: Round | None
    standing: Standing | None
    owner_id: int | None


@blueprint.get("/watches")
@roles(*SECRETARIAT_ROLES)
def index() -> str:
    """What is to be looked at again, when and why (見直しの条件)."""
    actor = current_actor()
    asked = _asked()
    found = watch_list(actor, [asked.round] if asked.round else asked.rounds)
    owners = {line.watch.owner.id: line.watch.owner.display_name for line in found.lines}
    return render_template(
        "watches/index.html",
        found=found,
        lines=found.filtered(asked.standing, asked.owner_id),
        asked=asked,
        standings=[(row.value, label) for row, label in STANDING_LABELS.items()],
        round_options=[(row.key, row.label) for row in asked.rounds],
        owners=sorted(owners.items(), key=lambda pair: pair[1]),
        counts={row.value: found.count(row) for row in Standing},
        may_write=actor.has_role(*DESK),
    )


@blueprint.get("/watches/export")
@roles(*SECRETARIAT_ROLES)
def export() -> Response:
    """The list as a file, `?format=xlsx` or `csv`, with the filters of the page (出力)."""
    actor = current_actor()
    asked = _asked()
    form = request.args.get("format", "xlsx")
    if form not in CONTENT_TYPES:
        raise InvalidInput({"format": [UNKNOWN_FORMAT]})
    found = watch_list(actor, [asked.round] if asked.round else asked.rounds)
    table = watch_table(found, found.filtered(asked.standing, asked.owner_id))
    content = (
        to_csv(table, bom=True)
        if form == "csv"
        else to_xlsx(table, produced_at=clock.now(), produced_by=actor.label)
    )
    answer = make_response(content)
    answer.headers["Content-Type"] = CONTENT_TYPES[form]
    name = f"watches_{clock.today():%Y%m%d}.{form}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.route("/proposals/<receipt_number>/watches/new", methods=["GET", "POST"])
@roles(*DESK)
def new(receipt_number: str) -> Answer:
    """Write down what is watched for a case (見直しの条件の登録)."""
    actor = current_actor()
    proposal = _open_case(receipt_number, actor)
    form = _form(proposal, owner_id=str(actor.id))
    if carried_out(form, lambda: services.add_watch(proposal, form.to_command(), actor=actor)):
        flash_done(f"{receipt_number}の見直しの条件を登録しました。")
        return redirect(case_url(proposal))
    return _page("watches/new.html", proposal, form)


@blueprint.route("/proposals/<receipt_number>/watches/<int:watch_id>/edit", methods=["GET", "POST"])
@roles(*DESK)
def edit(receipt_number: str, watch_id: int) -> Answer:
    """Write a condition anew (見直しの条件の変更)."""
    actor = current_actor()
    proposal = _open_case(receipt_number, actor)
    watch = get_watch(proposal, watch_id)
    form = _form(
        proposal,
        watch=watch,
        version=watch.version,
        condition=watch.condition,
        source=watch.source,
        check_on=watch.check_on.isoformat() if watch.check_on else "",
        owner_id=str(watch.owner_id),
        register_entry_id=str(watch.register_entry_id or ""),
    )
    if carried_out(form, lambda: services.change_watch(watch, form.to_change(), actor=actor)):
        flash_done(f"{receipt_number}の見直しの条件を変えました。前の文も残ります。")
        return redirect(case_url(proposal))
    return _page("watches/edit.html", proposal, form)


@blueprint.route(
    "/proposals/<receipt_number>/watches/<int:watch_id>/check", methods=["GET", "POST"]
)
@roles(*DESK)
def check(receipt_number: str, watch_id: int) -> Answer:
    """Note what was found (見直しの確認)."""
    actor = current_actor()
    proposal = _open_case(receipt_number, actor)
    watch = get_watch(proposal, watch_id)
    form = CheckForm(version=watch.version)
    if carried_out(form, lambda: services.check_watch(watch, form.to_command(), actor=actor)):
        flash_done(_checked_words(watch))
        return redirect(case_url(proposal))
    return _page("watches/check.html", proposal, form, watch=watch, hints=OUTCOME_HINTS)


def _open_case(receipt_number: str, actor: User) -> Proposal:
    proposal = get_visible(actor, receipt_number)
    authorize_watch(actor, proposal)
    return proposal


def _form(proposal: Proposal, *, watch: Watch | None = None, **values: object) -> WatchForm:
    """Form with those to choose from; who and what is chosen already stays among them."""
    owners = possible_owners(proposal)
    entries = all_entries()
    if watch is not None:
        if watch.owner not in owners:
            owners.append(watch.owner)
        if watch.register_entry is not None and watch.register_entry not in entries:
            entries.append(watch.register_entry)
    return WatchForm(owners=owners, entry_groups=grouped_entries(entries), **values)


def _page(template: str, proposal: Proposal, form: WatchForm | CheckForm, **more: object) -> Answer:
    return case_page(template, proposal, form, is_date_required=is_date_required(proposal), **more)


def _checked_words(watch: Watch) -> str:
    number = watch.proposal.reference
    if watch.status is WatchStatus.MET:
        return (
            f"{number}の条件を満たしたと記録しました。分類は変わりません。"
            "総括が、仕分け直しか次の募集回かを判断します。"
        )
    if watch.status is WatchStatus.ENDED:
        return f"{number}の見直しを終わりにしました。"
    return f"{number}の確認を記録しました。見直しを続けます。"


def _asked() -> Asked:
    """Filters of the address; what they do not know is left out. A practice round by itself."""
    rounds = real_rounds()
    here = chosen_round()
    offered = [here] if here is not None and here.is_practice else rounds
    wanted = request.args.get("round", "")
    state = request.args.get("state", "")
    return Asked(
        rounds=offered,
        round=next((row for row in offered if row.key == wanted), None),
        standing=Standing(state) if state in list(Standing) else None,
        owner_id=number_in(request.args.get("owner", "")),
    )
