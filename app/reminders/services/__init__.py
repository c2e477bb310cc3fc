"""Acts of the jobs that watch the dates (期限を見る定期処理)."""

from app.reminders.services.digests import send_digests
from app.reminders.services.escalation import escalate
from app.reminders.services.overdue import record_overdue
from app.reminders.services.revisits import tell_revisits

__all__ = ["escalate", "record_overdue", "send_digests", "tell_revisits"]
