"""Pages of the saved lists (保存した一覧)."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import User
from app.audit.words import name_verbs
from app.core.access import roles
from app.core.errors import InvalidInput, NotFound
from app.core.unit_of_work import unit_of_work
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.rounds.queries import get_round
from app.saved_lists import services
from app.saved_lists.forms import ChangeListForm, ListStepForm, PinForm, SaveListForm
from app.saved_lists.kept_filters import kept_filters
from app.saved_lists.kinds import (
    KIND_LABELS,
    KINDS_OF_A_ROUND,
    LIST_WORDS,
    READERS,
    sharing_words,
)
from app.saved_lists.models import ListKind, SavedList
from app.saved_lists.policy import authorize_save, may_take_over
from app.saved_lists.queries import all_lists_for, get_list, has_left, lists_for, pinned_lists
from app.saved_lists.readings import Reading, address_of, read_lists

blueprint = Blueprint("saved_lists", __name__)
name_verbs(LIST_WORDS)

Answer = str | Response | tuple[str, int]
NO_SUCH_KIND = "この種類の一覧は保存できません。一覧の画面から保存してください。"
UP = "up"
STEPS = "any(up, down)"


class ListLine(NamedTuple):
    """A saved list with what it shows now (一覧の行)."""

    reading: Reading
    is_own: bool
    is_pinned: bool
    has_left: bool
    may_take_over: bool

    @property
    def saved(self) -> SavedList:
        """The list itself."""
        return self.reading.saved


@blueprint.app_context_processor
def page_words() -> dict[str, Any]:
    """Let the lists name the saved ones, and the home show them: they cannot import them."""
    return {
        "saved_list_links": saved_list_links,
        "list_sharing_words": sharing_words,
        "pinned_readings": pinned_readings,
    }


def saved_list_links(reader: User, round_: Round) -> list[tuple[str, str]]:
    """Names and addresses of the lists a reader may open in a round (保存した一覧)."""
    return [(row.name, address_of(row)) for row in lists_for(reader, round_)]


def pinned_readings(reader: User) -> list[Reading]:
    """Lists on the home of a reader with their counts of now (ピン留めした一覧)."""
    pinned = pinned_lists(reader)
    return read_lists(reader, pinned, chosen_round()) if pinned else []


@blueprint.get("/saved-lists")
@roles(*READERS)
def index() -> Answer:
    """Every saved list with its live count (保存した一覧)."""
    return _page(current_actor())


@blueprint.post("/saved-lists")
@roles(*READERS)
def save() -> Answer:
    """Keep what a list shows now under a name (一覧の保存)."""
    actor, kind = current_actor(), _asked_kind()
    authorize_save(actor, kind)
    round_ = get_round(request.form.get("round", "")) if kind in KINDS_OF_A_ROUND else None
    form = SaveListForm()
    query: dict[str, str] = {}
    try:
        query = kept_filters(kind, request.form.to_dict(), actor, round_ or chosen_round())
        if form.validate():
            with unit_of_work():
                saved = services.save_list(form.to_command(kind, round_, query), actor=actor)
                url = address_of(saved)
            flash(f"この条件を「{form.name.data}」として保存しました。", "status")
            return redirect(url)
    except InvalidInput as error:
        form.add_errors(error.errors)
    key = {"round": round_.key} if round_ else {}
    return _page(actor, saving=form, to_save={"kind": kind.value, **key, **query})


@blueprint.get("/saved-lists/<int:list_id>")
@roles(*READERS)
def show(list_id: int) -> Response:
    """Open a list by its own address, which stays when its filters change (一覧を開く)."""
    return redirect(address_of(get_list(current_actor(), list_id)))


@blueprint.post("/saved-lists/<int:list_id>")
@roles(*READERS)
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
            return _to_index()
    return _page(actor, changing=form, changed_id=list_id)


@blueprint.post("/saved-lists/<int:list_id>/delete")
@roles(*READERS)
def delete(list_id: int) -> Answer:
    """Forget a list; its cases stay (一覧の削除)."""
    actor = current_actor()
    saved = get_list(actor, list_id)
    form, name = ListStepForm(), saved.name
    if not form.validate():
        return _page(actor)
    with unit_of_work():
        services.delete_list(saved, form.expected_version(), actor=actor)
    flash(f"一覧「{name}」を削除しました。提案はそのままです。", "status")
    return _to_index()


@blueprint.post("/saved-lists/<int:list_id>/take-over")
@roles(*READERS)
def take_over(list_id: int) -> Answer:
    """Become the owner of a list whose owner has left (一覧の引継ぎ)."""
    actor = current_actor()
    saved = get_list(actor, list_id)
    form = ListStepForm()
    if not form.validate():
        return _page(actor)
    with unit_of_work():
        services.take_over(saved, form.expected_version(), actor=actor)
    flash(f"一覧「{saved.name}」を引き継ぎました。名前と共有を変えられます。", "status")
    return _to_index()


@blueprint.post("/saved-lists/<int:list_id>/copy")
@roles(*READERS)
def copy(list_id: int) -> Answer:
    """Make an own list of a shared one (一覧の写し)."""
    return _stepped(
        list_id,
        lambda saved, actor: services.copy_list(saved, actor=actor).name,
        "自分の一覧「{}」を作りました。",
    )


@blueprint.post("/saved-lists/<int:list_id>/pin")
@roles(*READERS)
def pin(list_id: int) -> Answer:
    """Put a list on one's home (ピン留め)."""
    return _stepped(
        list_id,
        lambda saved, actor: services.pin_list(saved, actor=actor),
        "「{}」をホームに置きました。",
    )


@blueprint.post("/saved-lists/<int:list_id>/unpin")
@roles(*READERS)
def unpin(list_id: int) -> Answer:
    """Take a list off one's home (ピン留めの解除)."""
    return _stepped(
        list_id,
        lambda saved, actor: services.unpin_list(saved, actor=actor),
        "「{}」をホームから外しました。",
    )


@blueprint.post(f"/saved-lists/<int:list_id>/<{STEPS}:step>")
@roles(*READERS)
def move(list_id: int, step: str) -> Answer:
    """Let a list change places on one's home (並べ替え)."""
    by = -1 if step == UP else 1
    return _stepped(
        list_id,
        lambda saved, actor: services.move_pin(saved, by, actor=actor),
        "ホームでの「{}」の位置を変えました。",
    )


def _stepped(
    list_id: int, work: Callable[[SavedList, User], str | None], done_words: str
) -> Answer:
    """Carry out a step that asks for nothing; a refusal is said on the page (操作)."""
    actor = current_actor()
    saved = get_list(actor, list_id)
    form, name = PinForm(), saved.name
    if not form.validate():
        return _page(actor)
    try:
        with unit_of_work():
            made = work(saved, actor)
    except InvalidInput as error:
        for messages in error.errors.values():
            flash("".join(f"{words}。" for words in messages), "error")
    else:
        flash(done_words.format(made or name), "status")
    return _to_index()


def _asked_kind() -> ListKind:
    """Kind of the list in the running form. Raises NotFound."""
    word = request.form.get("kind", ListKind.CASES.value)
    if word not in list(ListKind):
        raise NotFound(NO_SUCH_KIND)
    return ListKind(word)


def _to_index() -> Response:
    return redirect(url_for("saved_lists.index"))


def _page(
    actor: User,
    *,
    saving: SaveListForm | None = None,
    to_save: dict[str, str] | None = None,
    changing: ChangeListForm | None = None,
    changed_id: int | None = None,
) -> Answer:
    form = saving or changing
    lines = _lines(actor)
    page = render_template(
        "saved_lists/index.html",
        groups=[
            ("home", "ホームに置いた一覧", [line for line in lines if line.is_pinned]),
            ("own", "自分の一覧", [row for row in lines if row.is_own and not row.is_pinned]),
            ("shared", "共有の一覧", [x for x in lines if not x.is_own and not x.is_pinned]),
        ],
        total=len(lines),
        left=[line for line in lines if line.may_take_over],
        forms={
            line.saved.id: changing
            if changing is not None and line.saved.id == changed_id
            else _change_form(line.saved)
            for line in lines
            if line.is_own
        },
        cases=ListKind.CASES,
        saving=saving,
        saving_kind=KIND_LABELS[ListKind((to_save or {}).get("kind", ListKind.CASES))],
        to_save=to_save or {},
        form=form,
    )
    return page, 422 if form is not None else 200


def _lines(actor: User) -> list[ListLine]:
    """Lists of a person, those of the home first and in its order (一覧の行)."""
    lists = all_lists_for(actor)
    places = {row.id: place for place, row in enumerate(pinned_lists(actor))}
    ordered = sorted(lists, key=lambda row: places.get(row.id, len(places)))
    return [
        ListLine(
            reading=reading,
            is_own=reading.saved.owner_id == actor.id,
            is_pinned=reading.saved.id in places,
            has_left=has_left(reading.saved),
            may_take_over=may_take_over(actor, reading.saved),
        )
        for reading in read_lists(actor, ordered, chosen_round())
    ]


def _change_form(saved: SavedList) -> ChangeListForm:
    return ChangeListForm(
        formdata=None,
        prefix="",
        name=saved.name,
        is_shared=saved.is_shared,
        version=saved.version,
    )
