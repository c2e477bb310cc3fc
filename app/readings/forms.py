"""Form for taking the trail out (監査証跡の出力の入力様式)."""

from collections.abc import Mapping

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.accounts.forms.fields import IsDate, day_in
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.readings.trail_files import TrailFormat

FORMAT_LABELS = {
    TrailFormat.CSV: "CSV（表計算ソフトで読む）",
    TrailFormat.JSON_LINES: "JSON Lines（プログラムで照合する）",
}
LONGEST_REASON = 300


class ExportTrailForm(JaForm):
    """Which entries, in which form, and why (監査証跡の出力)."""

    first = StringField("この日から", [IsDate()], [clean])
    last = StringField("この日まで", [IsDate()], [clean])
    case = StringField(
        "受付番号", filters=[clean], description="1件の提案の記録だけにするとき。例：R6-0012"
    )
    person = StringField(
        "利用者のログイン名", filters=[clean], description="1人の操作の記録だけにするとき。"
    )
    format = RadioField(
        "形式",
        choices={form.value: label for form, label in FORMAT_LABELS.items()},
        default=TrailFormat.CSV.value,
        validate_choice=False,
    )
    with_names = BooleanField("操作した人の氏名を含める")
    reason = TextAreaField(
        "出力する理由",
        [Required(), CharacterLimit(LONGEST_REASON)],
        [clean],
        description="監査証跡に残ります。人の名は書かないでください。",
    )

    def validate_format(self, field: RadioField) -> None:
        """Refuse a form of file that does not exist."""
        if field.data not in list(TrailFormat):
            raise ValidationError("形式を選んでください")

    def conditions(self) -> Mapping[str, str]:
        """What was asked for, as the address of the trail says it (検索の条件)."""
        days = {name: day_in(self[name].data) for name in ("first", "last")}
        return {
            "case": self.case.data or "",
            "person": self.person.data or "",
            **{name: day.isoformat() for name, day in days.items() if day},
        }
