"""Form of a line of the list (対象候補の行の様式)."""

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.candidates.models import Candidate
from app.candidates.models.candidate import LONGEST_SYSTEM
from app.candidates.printing import HOW_TO_WRITE, print_ministries
from app.candidates.services.write import ChangeCandidate, WriteCandidate
from app.core.forms import CharacterLimit, Required, clean
from app.core.text import is_blank
from app.proposals.forms.base import StorageLimit, VersionForm, number_in
from app.workflow.candidates import (
    CANDIDATE_KIND_LABELS,
    CANDIDATE_ORIGIN_LABELS,
    CandidateKind,
    CandidateOrigin,
)


class CandidateForm(VersionForm):
    """A line of the list (対象候補の行)."""

    system = StringField(
        "業務・システム名", [Required(), CharacterLimit(LONGEST_SYSTEM)], filters=[clean]
    )
    kind = RadioField(
        "行の種類",
        choices={row.value: label for row, label in CANDIDATE_KIND_LABELS.items()},
        default=CandidateKind.CANDIDATE.value,
        validate_choice=False,
        description="候補になる前に、調べて方向性を検討する行は「検討」にします。",
    )
    ministries = StringField(
        "府省庁", [StorageLimit(1000)], filters=[clean], description=HOW_TO_WRITE
    )
    mark = StringField(
        "番号",
        filters=[clean],
        description="丸数字の番号。空にすると「＋」の行になります。例：⑨のときは 9",
    )
    section_code = StringField(
        "区分",
        [StorageLimit(20)],
        filters=[clean],
        description="一覧の見出しの記号。例：Ⅱ(1)。見出しのない行は空にします。",
    )
    section_title = StringField(
        "区分の見出し",
        [StorageLimit(200)],
        filters=[clean],
        description="一覧にない区分のときだけ入力してください。",
    )
    origin = SelectField(
        "由来",
        choices={
            "": "由来の表記なし",
            **{row.value: f"【{label}】" for row, label in CANDIDATE_ORIGIN_LABELS.items()},
        },
        validate_choice=False,
    )
    is_provisional = BooleanField("【P】（調整中）を付ける")
    position = StringField(
        "並び順", filters=[clean], description="一覧の上からの順。空にすると最後に置きます。"
    )
    source = StringField(
        "出所", [StorageLimit(300)], filters=[clean], description="載っている資料の名前と頁など。"
    )
    reason = TextAreaField("変える理由", [CharacterLimit(1000)], filters=[clean])

    def show(self, candidate: Candidate) -> None:
        """Fill in the line as it reads now (今の内容)."""
        self.system.data = candidate.system
        self.kind.data = candidate.kind.value
        self.ministries.data = print_ministries(candidate.ministries)
        self.mark.data = str(candidate.mark or "")
        self.section_code.data = candidate.section.code if candidate.section else ""
        self.origin.data = candidate.origin.value if candidate.origin else ""
        self.is_provisional.data = candidate.is_provisional
        self.position.data = str(candidate.position)
        self.source.data = candidate.source

    def validate_kind(self, field: RadioField) -> None:
        """Refuse what is no kind."""
        if field.data not in list(CandidateKind):
            raise ValidationError("行の種類を選んでください")

    def validate_origin(self, field: SelectField) -> None:
        """Refuse what is no origin."""
        if field.data and field.data not in list(CandidateOrigin):
            raise ValidationError("由来を一覧から選んでください")

    def validate_mark(self, field: StringField) -> None:
        """Refuse what is no number."""
        _read_number(field)

    def validate_position(self, field: StringField) -> None:
        """Refuse what is no number."""
        _read_number(field)

    def to_command(self) -> WriteCandidate:
        """Make the command of the form."""
        origin = self.origin.data
        return WriteCandidate(
            system=self.system.data or "",
            ministries=self.ministries.data or "",
            section_code=self.section_code.data or "",
            section_title=self.section_title.data or "",
            origin=CandidateOrigin(origin) if origin else None,
            mark=_read_number(self.mark),
            position=_read_number(self.position),
            kind=CandidateKind(self.kind.data),
            is_provisional=bool(self.is_provisional.data),
            source=self.source.data or "",
        )

    def to_change(self) -> ChangeCandidate:
        """Make the command of a change."""
        return ChangeCandidate(
            version=self.expected_version(),
            line=self.to_command(),
            reason=self.reason.data or "",
        )


def _read_number(field: StringField) -> int | None:
    typed = field.data or ""
    if is_blank(typed):
        return None
    number = number_in(typed)
    if number is None:
        raise ValidationError(f"{field.label.text}は半角の数字で入力してください")
    return number
