"""The report on the suggestions over time (候補の品質)."""

from flask import render_template

from app.accounts.current import current_actor
from app.accounts.models import Role
from app.core.access import roles
from app.suggestions.engine import ENGINE_VERSION
from app.suggestions.quality import LEAST_OPINIONS
from app.triage.quality_lines import month_words, quality_lines
from app.triage.routes.blueprint import blueprint
from app.triage.suggestion_outcomes import shown_opinions


@blueprint.get("/triage/suggestion-quality")
@roles(Role.OFFICER, Role.LEAD, Role.AUDITOR)
def suggestion_quality() -> str:
    """Report how often suggestions were taken, month by month (候補の品質)."""
    return render_template(
        "suggestions/quality.html",
        lines=quality_lines(shown_opinions(current_actor())),
        month_words=month_words,
        least_opinions=LEAST_OPINIONS,
        engine_version=ENGINE_VERSION,
    )
