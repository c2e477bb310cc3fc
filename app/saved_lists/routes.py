"""Pages of the saved lists (保存した一覧)."""

from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import User
from app.casework.case_list import numbers_found
from app.casework.filters import CaseFilters, chips, filter_options, read_filters
from app.casework.ordering import list_url
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.unit_of_work import unit_of_work
from app.proposals.queries import SECRETARIAT_ROLES
from app.rounds.models import Round
from app.rounds.queries import get_round
from app.saved_lists import services
from app.saved_lists.forms import ChangeListForm, DeleteListForm, SaveListForm
from app.saved_lists.models import SavedList
from app.saved_lists.queries import get_list, lists_for

blueprint = Blueprint("saved_lists", __name__)

Answer = str | Response | tuple[str, int]


class ListLine(NamedTuple):
    """A saved list with what it shows now (一覧の行)."""

    saved: SavedList
    url: str
    filters: list[str]
    cases: int
    is_own: bool


@blueprint.app_context_processor
def page_words() -> dict[str, Any]:
    """Let the case list name the saved lists: it cannot import them."""
    return {"saved_list_links": saved_list_links}


def saved_list_links(reader: User, round_: Round) -> list[tuple[str, str]]:
    """Names and addresses of the lists a reader may open in a round (保存した一覧)."""
    return [(row.name, address_of(row)) for row in lists_for(reader, round_)]


@blueprint.get("/saved-lists")
@roles(*SECRETARIAT_ROLES)
def index() -> Answer:
    """Every saved list with its live count (保存した一覧)."""
    return _page(current_actor())


@blueprint.post("/saved-lists")
@roles(*SECRETARIAT_ROLES)
def save() -> Answer:
    """Keep what the case list shows now under a name (一覧の保存)."""
    actor = current_actor()
    round_ = get_round(request.form.get("round", ""))
    form = SaveListForm()
    query = _filters_in(request.form.to_dict(), actor, round_).chosen()
    if form.validate():
        try:
            with unit_of_work():
                services.save_list(form.to_command(round_, query), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"この条件を「{form.name.data}」として保存しました。", "status")
            return redirect(list_url({"round": round_.key, **query}))
    return _page(actor, saving=form, to_save={"round": round_.key, **query})


@blueprint.post("/saved-lists/<int:list_id>")
@roles(*SECRETARIAT_ROLES)
def change(list_id: int) -> Answer:
    """Rename or share a list (一覧の変更)."""
    actor = current_actor()
    saved = get_list(actor, list_id)
    form = ChangeListForm()
    if form.validate():
        try:
            with unit_of_work():
                services.change_list(saved, form.to_command(), actor=actor)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"「{form.name.data}」を変えました。", "status")
            return redirect(url_for("saved_lists.index"))
    return _page(actor, changing=form, changed_id=list_id)


@blueprint.post("/saved-lists/<int:list_id>/delete")
@roles(*SECRETARIAT_ROLES)
def delete(list_id: int) -> Answer:
    """Forget a list; its cases stay (一覧の削除)."""
    actor = current_actor()
    saved = get_list(actor, list_id)
    form, name = DeleteListForm(), saved.name
    if not form.validate():
        return _page(actor)
    with unit_of_work():
        services.delete_list(saved, form.expected_version(), actor=actor)
    flash(f"一覧「{name}」を削除しました。提案はそのままです。", "status")
    return redirect(url_for("saved_lists.index"))


def numbers_of(saved: SavedList, reader: User) -> list[str]:
    """Receipt numbers of what a list shows its reader now, in the order of receipt."""
    return numbers_found(reader, saved.round, _filters_in(saved.query, reader, saved.round))


def address_of(saved: SavedList) -> str:
    """Address of the case list with the filters of a saved one."""
    return list_url({"round": saved.round.key, **saved.query})


def _filters_in(query: dict[str, str], reader: User, round_: Round) -> CaseFilters:
    filters, _left_out = read_filters(query, filter_options(reader, round_))
    return filters


def _page(
    actor: User,
    *,
    saving: SaveListForm | None = None,
    to_save: dict[str, str] | None = None,
    changing: ChangeListForm | None = None,
    changed_id: int | None = None,
) -> Answer:
    form = saving or changing
    lines = [_line(row, actor) for row in lists_for(actor)]
    page = render_template(
        "saved_lists/index.html",
        lines=lines,
        forms={
            line.saved.id: changing
            if changing is not None and line.saved.id == changed_id
            else _change_form(line.saved)
            for line in lines
            if line.is_own
        },
        saving=saving,
        to_save=to_save or {},
        form=form,
    )
    return page, 422 if form is not None else 200


def _change_form(saved: SavedList) -> ChangeListForm:
    return ChangeListForm(
        formdata=None,
        prefix="",
        name=saved.name,
        is_shared=saved.is_shared,
        version=saved.version,
    )


def _line(saved: SavedList, actor: User) -> ListLine:
    options = filter_options(actor, saved.round)
    filters, _left_out = read_filters(saved.query, options)
    return ListLine(
        saved=saved,
        url=address_of(saved),
        filters=[chip.label for chip in chips(filters, options)],
        cases=len(numbers_found(actor, saved.round, filters)),
        is_own=saved.owner_id == actor.id,
    )
