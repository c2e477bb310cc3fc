"""Pages of the register of bodies (団体・府省庁の画面), for the system's administrator."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.directory import LONGEST_SEARCH, Found, Search, prefectures, search_bodies
from app.accounts.forms import DissolveForm, NewBodyForm, RenameForm, TypeForm
from app.accounts.forms.fields import BodyForm
from app.accounts.labels import KIND_LABELS, ORG_TYPE_LABELS
from app.accounts.models import Organization, OrganizationKind, Role
from app.accounts.queries import get_body
from app.accounts.routes.blueprint import Answer, blueprint
from app.accounts.services import bodies
from app.accounts.services.master_data import count_waiting
from app.core import clock
from app.core.access import roles
from app.core.errors import InvalidInput
from app.core.forms import JaForm
from app.core.text import is_blank
from app.core.unit_of_work import unit_of_work

SORTS_OF_BODY = {org_type.value: label for org_type, label in ORG_TYPE_LABELS.items()} | {
    kind.value: label
    for kind, label in KIND_LABELS.items()
    if kind is not OrganizationKind.LOCAL_GOVERNMENT
}


@blueprint.get("/organizations")
@roles(Role.ADMIN)
def organizations() -> str:
    """Search the register of bodies (団体の検索): name, reading, code, type, prefecture."""
    search = _asked()
    found = search_bodies(search)
    return render_template(
        "accounts/organizations.html",
        search=search,
        found=found,
        chips=_chips(search),
        sorts_of_body=SORTS_OF_BODY,
        prefectures=[(name, name) for name in prefectures()],
        previous_url=_page_url(search, found, -1),
        next_url=_page_url(search, found, 1),
        waiting_requests=count_waiting(),
        kind_labels=KIND_LABELS,
        type_labels=ORG_TYPE_LABELS,
        today=clock.today(),
    )


def _asked() -> Search:
    chosen = request.args.get("sort_of_body", "")
    page = request.args.get("page", "")
    return Search(
        text=request.args.get("q", "").strip()[:LONGEST_SEARCH],
        sort_of_body=chosen if chosen in SORTS_OF_BODY else "",
        prefecture=request.args.get("prefecture", "")[:10],
        page=int(page) if page.isascii() and page.isdigit() and len(page) <= 4 else 1,
    )


def _kept(search: Search) -> dict[str, str]:
    values = {
        "q": search.text,
        "sort_of_body": search.sort_of_body,
        "prefecture": search.prefecture,
    }
    return {name: value for name, value in values.items() if not is_blank(value)}


def _chips(search: Search) -> list[tuple[str, str]]:
    kept = _kept(search)
    words = {
        "q": f"検索：{search.text}",
        "sort_of_body": f"種別：{SORTS_OF_BODY.get(search.sort_of_body, '')}",
        "prefecture": f"都道府県：{search.prefecture}",
    }
    return [
        (words[name], url_for("accounts.organizations", **_without(kept, name))) for name in kept
    ]


def _without(kept: dict[str, str], name: str) -> dict[str, Any]:
    return {key: value for key, value in kept.items() if key != name}


def _page_url(search: Search, found: Found, step: int) -> str | None:
    page = found.page + step
    if not 1 <= page <= found.pages:
        return None
    values: dict[str, Any] = {**_kept(search), "page": page}
    return url_for("accounts.organizations", **values)


@blueprint.route("/organizations/new", methods=["GET", "POST"])
@roles(Role.ADMIN)
def new_body() -> Answer:
    """Add a local government (団体の登録)."""
    actor, form = current_actor(), NewBodyForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                body = bodies.add_body(form.to_command(), actor=actor)
                body_id, name = body.id, body.name
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(f"{name}を登録しました。次に、管理者を招待してください。", "status")
            return redirect(url_for("accounts.body", organization_id=body_id))
    page = render_template("accounts/new_body.html", form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/organizations/<int:organization_id>/type", methods=["GET", "POST"])
@roles(Role.ADMIN)
def body_type(organization_id: int) -> Answer:
    """Change the type of a body from a day on (団体種別の変更)."""
    actor, body = current_actor(), get_body(organization_id)
    form = TypeForm(version=body.version)

    def change() -> None:
        org_type, day = form.chosen()
        bodies.change_type(body, org_type, day, version=form.opened_version(), actor=actor)

    return _changed(
        body, form, change, "body_type.html", "団体種別を変えました。前の期間も残っています。"
    )


@blueprint.route("/organizations/<int:organization_id>/name", methods=["GET", "POST"])
@roles(Role.ADMIN)
def body_name(organization_id: int) -> Answer:
    """Change the name of a body from a day on (名称の変更)."""
    actor, body = current_actor(), get_body(organization_id)
    form = RenameForm(version=body.version, reading=body.reading)

    def change() -> None:
        bodies.rename(
            body,
            form.name.data or "",
            form.reading.data or "",
            form.first_day(),
            version=form.opened_version(),
            actor=actor,
        )

    return _changed(body, form, change, "body_name.html", "名称の変更を記録しました。")


@blueprint.route("/organizations/<int:organization_id>/end", methods=["GET", "POST"])
@roles(Role.ADMIN)
def body_end(organization_id: int) -> Answer:
    """Record a merger or the end of a body (合併・廃止)."""
    actor, body = current_actor(), get_body(organization_id)
    form = DissolveForm(version=body.version)

    def change() -> None:
        bodies.dissolve(body, form.to_command(), version=form.opened_version(), actor=actor)

    return _changed(
        body,
        form,
        change,
        "body_end.html",
        "合併・廃止を記録しました。その日から、合併先の利用者が案件を扱います。",
    )


@blueprint.post("/organizations/<int:organization_id>/keep")
@roles(Role.ADMIN)
def body_keep(organization_id: int) -> Response:
    """Take back an end that has not come yet (廃止予定の取消し)."""
    actor, body = current_actor(), get_body(organization_id)
    form = BodyForm()
    with unit_of_work():
        bodies.keep_body(body, version=form.opened_version(), actor=actor)
    flash("合併・廃止の予定を取り消しました。", "status")
    return redirect(url_for("accounts.body", organization_id=organization_id))


def _changed(
    body: Organization, form: JaForm, change: Callable[[], None], template: str, done: str
) -> Answer:
    """Carry a change of a body out, or show its page again with what is wrong."""
    body_id = body.id
    if form.validate_on_submit():
        try:
            with unit_of_work():
                change()
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(done, "status")
            return redirect(url_for("accounts.body", organization_id=body_id))
    page = render_template(
        f"accounts/{template}",
        form=form,
        body=body,
        type_labels=ORG_TYPE_LABELS,
        today=clock.today(),
    )
    return page, 422 if form.is_submitted() else 200
