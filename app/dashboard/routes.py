"""Home of each role, and the front page for everybody else (ホーム)."""

from flask import Blueprint, render_template
from flask_login import current_user

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core import clock
from app.core.access import public
from app.core.closing_days import office_calendar
from app.dashboard import homes
from app.dashboard.body_home import proposer_home
from app.dashboard.escalated import escalated_cases
from app.dashboard.front import front_round, published_rounds
from app.dashboard.handoff_work import handoff_work
from app.deadlines.calendar_view import is_ending
from app.deadlines.queries import waiting_requests
from app.handoffs.inbox import MINE, PREVIEW, build_inbox
from app.handoffs.received import refused_twice
from app.public.queries import live_counts
from app.rounds.choice import chosen_round
from app.rounds.queries import current_round
from app.watches.queries import due_count

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/")
@public
def home() -> str:
    """Home of the signed-in role; the public front page otherwise (ホーム)."""
    if not current_user.is_authenticated:
        return render_template(
            "public/front.html",
            round=front_round(current_round()),
            published=sum(count for _round, count in live_counts()),
        )
    return _home_of(current_actor())


def _home_of(actor: User) -> str:
    if actor.has_role(Role.OFFICER, Role.LEAD):
        desk = homes.secretariat_home(actor, chosen_round())
        return render_template(
            "dashboard/secretariat.html",
            home=desk,
            escalated=escalated_cases(actor),
            refused_twice=refused_twice(actor),
            handoff_work=handoff_work(actor, chosen_round()),
            watches_due=due_count(actor, clock.today()),
            extensions=waiting_requests(actor) if actor.has_role(Role.LEAD) else [],
        )
    if actor.has_role(Role.PROPOSER, Role.PROPOSER_MANAGER):
        return render_template("dashboard/proposer.html", home=proposer_home(actor))
    if actor.has_role(Role.ADMIN):
        return render_template(
            "dashboard/admin.html",
            home=homes.admin_home(actor),
            calendar_ends_in=office_calendar().last_valid_year if is_ending() else None,
        )
    if actor.has_role(Role.AUDITOR):
        view = homes.auditor_home(actor, chosen_round())
        return render_template("dashboard/auditor.html", home=view)
    if actor.has_role(Role.MINISTRY_OFFICER, Role.MINISTRY_COORDINATOR):
        return render_template(
            "dashboard/ministry.html",
            inbox=build_inbox(actor, chosen_round(), most=PREVIEW),
            mine=build_inbox(actor, chosen_round(), asked={MINE: "1"}).found,
        )
    return render_template("dashboard/observer.html", rounds=published_rounds())
