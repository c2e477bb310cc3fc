"""Forms of the access codes (期限後提出コードの様式)."""

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.accounts.queries import find_body
from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import JaForm, Required, clean
from app.proposals.forms.base import StorageLimit, VersionForm, number_in
from app.proposals.services.access_codes import MOST_USES, IssueCode, SubmitWithCode


class IssueCodeForm(JaForm):
    """A code for one body (期限後提出コードの発行)."""

    round = SelectField("募集回", validate_choice=False)
    organization_code = StringField(
        "団体コード",
        [Required("団体コードを入力してください")],
        filters=[clean],
        description="全国地方公共団体コード6桁。例：131016",
    )
    uses_allowed = StringField(
        "提出を認める件数",
        [Required("件数を入力してください")],
        filters=[clean],
        default="1",
        description=f"1から{MOST_USES}まで。",
    )
    expires_on = StringField(
        "有効期限",
        [Required("有効期限を入力してください")],
        filters=[clean],
        description="この日の終わりまで。令和6年9月5日、2024-09-05 のどちらでも入力できます。",
    )
    reason = TextAreaField(
        "認める理由",
        [Required("認める理由を入力してください"), StorageLimit()],
        filters=[clean],
        description="期限後受付の理由として、提案ごとに残ります。提案団体も読みます。",
    )

    def validate_expires_on(self, field: StringField) -> None:
        """Refuse a day that cannot be read."""
        try:
            parse_date(field.data or "")
        except DomainError as error:
            raise ValidationError(error.message) from error

    def to_command(self) -> IssueCode:
        """Make the command of the form; the service judges body, number and day."""
        return IssueCode(
            organization=find_body(self.organization_code.data or ""),
            uses_allowed=number_in(self.uses_allowed.data or "") or 0,
            expires_on=parse_date(self.expires_on.data or ""),
            reason=self.reason.data or "",
        )


class SubmitWithCodeForm(VersionForm):
    """Submission after the end with a code (コードによる期限後の提出)."""

    code = StringField(
        "期限後提出コード",
        [Required("期限後提出コードを入力してください"), StorageLimit(40)],
        filters=[clean],
        description="事務局から知らされた12文字。大文字と小文字、ハイフンの有無は区別しません。",
    )

    def to_command(self) -> SubmitWithCode:
        """Make the command of the form."""
        return SubmitWithCode(version=self.expected_version(), code=self.code.data or "")
