"""Forms of the disclosure (情報公開の入力様式)."""

import re

from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput

from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.disclosure.labels import GROUND_LABELS, KIND_LABELS
from app.disclosure.models import DisclosureRequest, Ground
from app.disclosure.queries import get_record
from app.disclosure.services import Decide, HideWords, OpenRequest, Withhold

LONGEST_NOTE = 1000  # characters
LONGEST_WORDS = 2000  # characters
EVERYWHERE = "all"
GROUND_CHOICES = {ground.value: words for ground, words in GROUND_LABELS.items()}


class RequestForm(JaForm):
    """A request as it came in (開示請求の登録)."""

    number = StringField(
        "請求の番号",
        [Required()],
        filters=[clean],
        description="情報公開の窓口の番号です。請求した人の名前は、ここには残しません。",
    )
    received_on = StringField("受付日", [Required()], filters=[clean])
    cases = TextAreaField(
        "対象の受付番号",
        [Required()],
        filters=[clean],
        description="1行に1件、または読点で区切って入力してください。例：R6-0001",
    )
    note = TextAreaField(
        "備考",
        [CharacterLimit(LONGEST_NOTE)],
        filters=[clean],
        description="事務局だけが読みます。請求した人が分かることは書かないでください。",
    )

    def validate_received_on(self, field: StringField) -> None:
        """Refuse a day that cannot be read."""
        try:
            parse_date(field.data or "")
        except DomainError as error:
            raise ValidationError(error.message) from error

    def to_command(self) -> OpenRequest:
        """Make the command of the form."""
        numbers = [part.strip() for part in re.split(r"[\n、,\s]+", self.cases.data or "")]
        return OpenRequest(
            number=self.number.data or "",
            received_on=parse_date(self.received_on.data or ""),
            receipt_numbers=[number for number in numbers if number],
            note=self.note.data or "",
        )


class StepForm(JaForm):
    """A step of a request (開示請求の操作), of the version that was looked at."""

    version = IntegerField(widget=HiddenInput())

    @property
    def seen_version(self) -> int:
        """Version that was looked at; -1 for none, which no row has."""
        return -1 if self.version.data is None else int(self.version.data)

    def to_decision(self) -> Decide:
        """Make the command of the form."""
        return Decide(version=self.seen_version)


class HideForm(StepForm):
    """Words to be hidden, where, and why (語句の不開示)."""

    words = StringField(
        "隠す語句",
        [Required(), CharacterLimit(LONGEST_WORDS)],
        description="文書から写してください。同じ語句が出るところを、すべて隠します。",
    )
    ground = SelectField("不開示の理由", [Required()], choices=GROUND_CHOICES)
    scope = SelectField("範囲", [Required()], choices={})

    def offer(self, request: DisclosureRequest) -> None:
        """Offer the records of a request to choose from."""
        texts = [row for row in request.records if row.text]
        self.scope.choices = {
            EVERYWHERE: "すべての文書",
            **{
                str(row.id): f"{row.proposal.reference}　{KIND_LABELS[row.kind]}　{row.label}"
                for row in texts
            },
        }

    def to_command(self, request: DisclosureRequest) -> HideWords:
        """Make the command of the form."""
        scope = self.scope.data
        records = request.records if scope == EVERYWHERE else [get_record(request, int(scope))]
        return HideWords(
            version=self.seen_version,
            words=self.words.data or "",
            ground=Ground(self.ground.data),
            records=records,
        )


class WithholdForm(StepForm):
    """Whether the whole of a record is withheld (文書全体の不開示)."""

    ground = HiddenField()

    def to_command(self) -> Withhold:
        """Make the command of the form; what is no ground hands the record out."""
        known = {ground.value: ground for ground in Ground}
        return Withhold(version=self.seen_version, ground=known.get(self.ground.data or ""))
