"""Forms of the sign-off inside a body (決裁の様式)."""

from wtforms import TextAreaField

from app.core.forms import clean
from app.proposals.forms.base import StorageLimit, VersionForm
from app.proposals.services.approval import AskApproval, DecideApproval


class AskApprovalForm(VersionForm):
    """Request for approval from the page of the last check (決裁の依頼)."""

    note = TextAreaField(
        "決裁する人への連絡",
        [StorageLimit()],
        filters=[clean],
        description="見てほしい点などがあれば書いてください。自団体の人だけが読みます。",
    )

    def to_command(self) -> AskApproval:
        """Make the command of the form."""
        return AskApproval(version=self.expected_version(), note=self.note.data or "")


class DecideApprovalForm(VersionForm):
    """Word of the approver (決裁): the button says which."""

    reason = TextAreaField(
        "理由・連絡",
        [StorageLimit()],
        filters=[clean],
        description="承認しないときは必ず書いてください。起案した人がそのまま読みます。",
    )

    def to_command(self) -> DecideApproval:
        """Make the command of the form."""
        return DecideApproval(version=self.expected_version(), reason=self.reason.data or "")


class WithdrawApprovalForm(VersionForm):
    """The request taken back (決裁の依頼の取下げ)."""
