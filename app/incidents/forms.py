"""Forms of the incidents (事故の報告の入力様式)."""

import re
from datetime import date
from typing import Any

from wtforms import BooleanField, Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.core.text import normalize_input
from app.incidents.labels import STEP_LABELS
from app.incidents.models import StepKind
from app.incidents.services import NoteStep, ReportIncident

LONGEST_TEXT = 2000  # characters
LONGEST_CONCERNED = 200  # characters
LONGEST_WHEN = 100  # characters
LONGEST_TARGET = 200  # characters
LONGEST_VERSION = 9  # digits
MOST_PERSONS = 100_000_000


class IsDay:
    """Validator: a day as people write it (令和6年8月27日, R6.8.27, 2024-08-27)."""

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError for a text that is no day."""
        try:
            parse_date(field.data or "")
        except DomainError as error:
            raise ValidationError(error.message) from error


class ReportForm(JaForm):
    """What happened (事故・漏えいの報告)."""

    happened = TextAreaField(
        "何が起きたか",
        [Required(), CharacterLimit(LONGEST_TEXT)],
        [clean],
        description="分かる範囲で書いてください。本人の名前や番号は書かないでください。",
    )
    happened_when = StringField(
        "いつ起きたか",
        [Required(), CharacterLimit(LONGEST_WHEN)],
        [clean],
        description="例：9月2日の午後、いまも続いている",
    )
    known_on = StringField(
        "知った日",
        [Required(), IsDay()],
        [clean],
        description="速報と確報の期限は、この日から数えます。",
    )
    concerned = StringField(
        "どの提案・ファイル・連絡か",
        [CharacterLimit(LONGEST_CONCERNED)],
        [clean],
        description="受付番号（例：R6-0001）や「一斉連絡 12」を書くと、次の画面で凍結できます。",
    )
    seen_by = TextAreaField(
        "だれが見た、または見たおそれがあるか",
        [CharacterLimit(LONGEST_TEXT)],
        [clean],
        description="例：別の団体の利用者1人。分からないときは空欄にしてください。",
    )
    persons_estimate = StringField(
        "個人情報の本人の数（見込み）",
        filters=[clean],
        description="人数だけを入力します。分からないときは空欄にしてください。",
    )
    is_malicious = BooleanField(
        "不正の目的によるおそれがある", description="不正アクセス、持ち出し、盗難など"
    )

    def validate_persons_estimate(self, field: StringField) -> None:
        """Refuse what is no number of persons."""
        if field.data and _persons_in(field.data) is None:
            raise ValidationError("人数を数字で入力してください。例：120")

    def to_command(self) -> ReportIncident:
        """Make the command of the form."""
        return ReportIncident(
            happened=self.happened.data or "",
            happened_when=self.happened_when.data or "",
            known_on=parse_date(self.known_on.data or ""),
            concerned=self.concerned.data or "",
            seen_by=self.seen_by.data or "",
            persons_estimate=_persons_in(self.persons_estimate.data or ""),
            is_malicious=bool(self.is_malicious.data),
        )


def _persons_in(text: str) -> int | None:
    """Number of persons a text says (120, 1,200人), None for what is none."""
    found = re.fullmatch(r"([0-9][0-9,]{0,12})人?", normalize_input(text).translate(_NARROW))
    number = int(found[1].replace(",", "")) if found else None
    return number if number is None or number <= MOST_PERSONS else None


_NARROW = str.maketrans("０１２３４５６７８９，", "0123456789,")


class FreezeForm(JaForm):
    """One press (凍結)."""

    target = HiddenField()

    def wanted(self) -> str:
        """What is to be frozen, "" for what was lost."""
        return (self.target.data or "")[:LONGEST_TARGET]


class LiftForm(JaForm):
    """Lifting a freeze (凍結の解除)."""

    reason = TextAreaField(
        "凍結を解く理由", [Required(), CharacterLimit(LONGEST_TEXT)], filters=[clean]
    )


class StepForm(JaForm):
    """What was done (対応の記録)."""

    version = HiddenField()
    kind = RadioField(
        "種類",
        [Required("種類を選んでください")],
        choices={kind.value: STEP_LABELS[kind] for kind in StepKind},
    )
    done_on = StringField("行った日", [Required(), IsDay()], filters=[clean])
    note = TextAreaField("内容", [Required(), CharacterLimit(LONGEST_TEXT)], filters=[clean])

    def to_command(self) -> NoteStep:
        """Make the command of the form."""
        return NoteStep(
            kind=StepKind(self.kind.data),
            note=self.note.data or "",
            done_on=self._day(),
            version=self._seen_version(),
        )

    def _day(self) -> date:
        return parse_date(self.done_on.data or "")

    def _seen_version(self) -> int:
        text = self.version.data or ""
        is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION
        return int(text) if is_number else -1
