"""What was done to a plan, in words (方針の経過), from the trail."""

from datetime import datetime

from app.audit.models import AuditEvent
from app.audit.queries import events_of
from app.extensions import db
from app.plans.labels import VERB_WORDS
from app.plans.models import Plan
from app.plans.outline import written_headings

HistoryLine = tuple[datetime, str, str, str]
LINES_SHOWN = 50


def history_of(plan: Plan) -> list[HistoryLine]:
    """When, who, what and on which part, the newest first (経過); the last LINES_SHOWN acts."""
    headings = {row.key: row.words for row in written_headings(plan.outline_edition)}
    events = db.session.scalars(events_of("plan", plan.id).limit(LINES_SHOWN))
    return [
        (row.occurred_at, row.actor_words, VERB_WORDS[row.verb], _detail(row, headings))
        for row in events
    ]


def _detail(event: AuditEvent, headings: dict[str, str]) -> str:
    changes = event.changes
    if "section" in changes:
        return headings.get(changes["section"], "")
    number = f"第{changes['number']}版" if "number" in changes else ""
    return "　".join(words for words in (number, event.reason) if words)
