"""The form of the subscriptions (購読の入力様式)."""

from wtforms import BooleanField

from app.core.forms import JaForm
from app.reports.backlog.services import ChooseReports


class ChooseReportsForm(JaForm):
    """Which reports to be told of (購読)."""

    daily = BooleanField("日次報告（開庁日の朝8時）")
    weekly = BooleanField("週次報告（週の最初の開庁日の朝8時、前週との比較）")

    def to_command(self) -> ChooseReports:
        """Make the command of the form."""
        return ChooseReports(daily=bool(self.daily.data), weekly=bool(self.weekly.data))
