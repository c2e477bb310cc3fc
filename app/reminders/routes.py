"""News to a person, what waits by date, how to be told (お知らせの画面)."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.core import clock
from app.core.access import signed_in
from app.core.numbered_pages import page_number
from app.core.unit_of_work import unit_of_work
from app.reminders.digest import digest_of, quiet_days
from app.reminders.forms import BY_MAIL, ON_PAGE, NoticesForm
from app.reminders.lines import GROUP_LABELS
from app.reminders.queries import count_unread, get_notice, notices_page, wants_digest_by_mail
from app.reminders.services.notices import choose_notices, read_all_notices, read_notice

blueprint = Blueprint("reminders", __name__)

Answer = str | Response | tuple[str, int]

SHOWN = 30


@blueprint.get("/notices")
@signed_in
def notices() -> str:
    """News to oneself, newest first (お知らせ). Reading a list marks nothing as read."""
    actor = current_actor()
    page = notices_page(actor, request.args, SHOWN)
    return render_template(
        "reminders/notices.html",
        notices=page.rows,
        page=page.number,
        unread=count_unread(actor),
        previous_url=_page_url(page.previous),
        next_url=_page_url(page.next),
    )


@blueprint.post("/notices/<int:notice_id>/open")
@signed_in
def open_notice(notice_id: int) -> Answer:
    """Mark a piece of news as read and go to the page it tells of (お知らせを開く)."""
    actor = current_actor()
    notice = get_notice(actor, notice_id)
    path = notice.path
    with unit_of_work():
        read_notice(get_notice(actor, notice_id))
    return redirect(path or url_for("reminders.notices"))


@blueprint.post("/notices/<int:notice_id>/read")
@signed_in
def mark_read(notice_id: int) -> Answer:
    """Mark a piece of news as read without opening it (読んだことにする)."""
    actor = current_actor()
    with unit_of_work():
        read_notice(get_notice(actor, notice_id))
    flash("お知らせを1件、読んだことにしました。", "status")
    return redirect(url_for("reminders.notices", page=page_number(request.args.get("page", ""))))


@blueprint.post("/notices/read")
@signed_in
def mark_all_read() -> Answer:
    """Mark all the own news as read (すべて読んだことにする)."""
    actor = current_actor()
    with unit_of_work():
        count = read_all_notices(actor)
    flash(f"お知らせを{count}件、読んだことにしました。", "status")
    return redirect(url_for("reminders.notices"))


@blueprint.get("/notices/due")
@signed_in
def due() -> str:
    """What waits for oneself by date, as it stands now (期限のまとめ)."""
    return render_template(
        "reminders/due.html", digest=digest_of(current_actor()), labels=GROUP_LABELS
    )


@blueprint.route("/notices/settings", methods=["GET", "POST"])
@signed_in
def settings() -> Answer:
    """How to be told (知らせの受け取り方), and the days on which nothing is sent."""
    actor = current_actor()
    chosen = BY_MAIL if wants_digest_by_mail(actor) else ON_PAGE
    form = NoticesForm(data={"digest": chosen})
    if form.validate_on_submit():
        with unit_of_work():
            has_changed = choose_notices(form.to_command(), actor=actor)
        flash(
            "知らせの受け取り方を保存しました。" if has_changed else "変更はありません。", "status"
        )
        return redirect(url_for("reminders.settings"))
    days = quiet_days(actor, clock.today())
    return render_template("reminders/settings.html", form=form, quiet_days=days), (
        422 if form.errors else 200
    )


def _page_url(place: Mapping[str, str] | None) -> str | None:
    return f"{url_for('reminders.notices')}?{urlencode(place)}" if place else None
