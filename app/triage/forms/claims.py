"""Forms of the queue (次の1件・着手・後回しの入力様式)."""

from collections.abc import Iterable
from datetime import date, timedelta

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.core import UnboundField
from wtforms.validators import ValidationError

from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import CharacterLimit, JaForm, clean
from app.core.text import is_blank
from app.triage.forms.assess import AssessForm
from app.triage.forms.base import CaseForm, as_number
from app.triage.models import Pile
from app.triage.services.claims import Claim, ClaimNext
from app.triage.services.opinion_drafts import SaveOpinionDraft
from app.triage.services.skips import Skip
from app.triage.worklist.filters import QueueFilters

LONGEST_REASON = 500
# What says nothing of what was written: tokens, the version, buttons.
NOT_DRAFT = ("csrf_token", "form_key", "version", "then", "show_result", "sequence")
# Fields of the opinion; rows and groups of fields have a name behind that of the field (P30).
DRAFTED = frozenset(
    name for name in dir(AssessForm) if isinstance(getattr(AssessForm, name), UnboundField)
)
LONGEST_NAME = 80


class NextForm(JaForm):
    """The next case of a pile (次の1件); the filters stand beside it, as in the address."""

    pile = SelectField("仕事の種類", choices={pile.value: pile.value for pile in Pile})

    def to_command(self, filters: QueueFilters, term: timedelta) -> ClaimNext:
        """Make the command of the form."""
        return ClaimNext(pile=Pile(self.pile.data), filters=filters, term=term)


class ClaimForm(CaseForm):
    """Taking a case on the desk (着手), or over from a colleague (引継ぎ)."""

    pile = SelectField("仕事の種類", choices={pile.value: pile.value for pile in Pile})
    from_id = HiddenField("今の人")

    def to_command(self, term: timedelta) -> Claim:
        """Make the command of the form."""
        return Claim(
            version=self.opened_version,
            pile=Pile(self.pile.data),
            term=term,
            from_id=as_number(self.from_id.data) or None,
        )


class SkipForm(CaseForm):
    """Putting a case behind the others for oneself (後回し)."""

    until = StringField("いつまで", filters=[clean])
    reason = TextAreaField(
        "理由",
        [CharacterLimit(LONGEST_REASON)],
        filters=[clean],
        description="提案の履歴に残り、事務局の人が読みます。提案団体には見えません。",
    )

    def validate_until(self, field: StringField) -> None:
        """Refuse a text that is no date."""
        try:
            self.until_date()
        except DomainError as error:
            raise ValidationError(error.message) from error

    def until_date(self) -> date | None:
        """Day typed in either way of writing, None for nothing typed. Raises DateFormatError."""
        typed = self.until.data or ""
        return None if is_blank(typed) else parse_date(typed)

    def to_command(self) -> Skip:
        """Make the command of the form."""
        return Skip(
            version=self.opened_version, until=self.until_date(), reason=self.reason.data or ""
        )


class OpinionDraftForm(CaseForm):
    """A half-written opinion (下書き): what the fields of the opinion hold, unread."""

    def to_command(self, sent: Iterable[tuple[str, str]]) -> SaveOpinionDraft:
        """Make the command of the form from all that was sent with it."""
        fields = [
            (name[:LONGEST_NAME], clean(value))
            for name, value in sent
            if name.partition("-")[0] in DRAFTED and name not in NOT_DRAFT and name.isprintable()
        ]
        return SaveOpinionDraft(version=self.opened_version, fields=fields)


class BareForm(JaForm):
    """A button without fields (ボタンだけの様式)."""
