"""Forms about personal data (個人情報の入力様式)."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import BooleanField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.core.eras import parse_date
from app.core.errors import DomainError
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.core.text import is_blank
from app.personal_data.labels import GROUND_LABELS, MEDIUM_LABELS
from app.personal_data.models import HoldGround, MediumKind
from app.personal_data.services.holds import PlaceHold
from app.personal_data.services.media import DestroyMedium, RegisterMedium
from app.personal_data.services.plans import WritePlan

LONGEST_TEXT = 1000  # characters
LONGEST_LABEL = 200  # characters
LONGEST_VERSION = 9  # digits
NO_VERSION = -1
DAY_HELP = "例：令和16年3月31日、R16.3.31"


class IsDay:
    """Validator: nothing, or a day as people write it (令和6年8月27日, R6.8.27, 2024-08-27)."""

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError for a text that is no day."""
        try:
            _day(field.data)
        except DomainError as error:
            raise ValidationError(error.message) from error


def _day(text: str | None) -> date | None:
    return None if is_blank(text) else parse_date(text or "")


def _given_day(text: str | None) -> date:
    day = _day(text)
    if day is None:
        raise LookupError("the form was validated before")
    return day


class StepForm(JaForm):
    """A step on what was looked at (操作); `version` is the one that was seen (P05)."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """Version that was looked at; -1, which no row has, when it was lost."""
        text = self.version.data or ""
        is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION
        return int(text) if is_number else NO_VERSION


class PlanForm(StepForm):
    """The plan of a round (廃棄の計画)."""

    purpose_ends_on = StringField(
        "利用目的の終わりの日",
        [Required(), IsDay()],
        [clean],
        description=f"この日の翌日から、手続の終わった提案を廃棄の対象にします。{DAY_HELP}",
    )
    purpose = TextAreaField(
        "利用目的",
        [Required(), CharacterLimit(LONGEST_TEXT)],
        [clean],
        description="何のために連絡先などを持っているか。例：提案の確認と結果の連絡",
    )
    storage = TextAreaField(
        "保管の場所と方法",
        [Required(), CharacterLimit(LONGEST_TEXT)],
        [clean],
        description="例：本システムのデータベースと保管庫。バックアップは35日で廃棄",
    )
    method = TextAreaField(
        "廃棄の方法",
        [Required(), CharacterLimit(LONGEST_TEXT)],
        [clean],
        description="例：連絡先を消して記録だけを残す。バックアップは鍵を破棄する",
    )
    erases_files = BooleanField(
        "添付も廃棄する",
        description="内容と名前を消し、ハッシュだけを残します。元に戻せません。",
    )

    def to_command(self) -> WritePlan:
        """Make the command of the form."""
        return WritePlan(
            purpose_ends_on=_given_day(self.purpose_ends_on.data),
            purpose=self.purpose.data or "",
            storage=self.storage.data or "",
            method=self.method.data or "",
            erases_files=bool(self.erases_files.data),
            version=self.seen_version,
        )


class RequestForm(StepForm):
    """Asking for an erasure (廃棄の申請)."""

    reason = TextAreaField(
        "申請の理由",
        [Required(), CharacterLimit(LONGEST_TEXT)],
        [clean],
        description="例：計画の利用目的が終わり、保留する案件がないことを確かめた",
    )


class HoldForm(JaForm):
    """A case to be kept for now (廃棄の保留)."""

    receipt_number = StringField(
        "受付番号", [Required(), CharacterLimit(20)], [clean], description="例：R6-0001"
    )
    ground = SelectField("事由", choices={each.value: GROUND_LABELS[each] for each in HoldGround})
    reason = TextAreaField(
        "理由",
        [Required(), CharacterLimit(LONGEST_TEXT)],
        [clean],
        description="いつまで、何のために残すか。案件の経過に残ります。",
    )

    def to_command(self) -> PlaceHold:
        """Make the command of the form."""
        return PlaceHold(
            receipt_number=self.receipt_number.data or "",
            ground=HoldGround(self.ground.data),
            reason=self.reason.data or "",
        )


class LiftForm(JaForm):
    """Lifting a hold (保留の解除)."""

    reason = TextAreaField(
        "保留を解く理由", [Required(), CharacterLimit(LONGEST_TEXT)], filters=[clean]
    )


class MediumForm(JaForm):
    """A backup or medium (媒体・写しの登録)."""

    kind = SelectField("種類", choices={each.value: MEDIUM_LABELS[each] for each in MediumKind})
    label = StringField(
        "名前・管理番号",
        [Required(), CharacterLimit(LONGEST_LABEL)],
        [clean],
        description="例：kyotsu-2024-09-02.backup、シリアル番号",
    )
    place = StringField("保管場所", [Required(), CharacterLimit(LONGEST_LABEL)], filters=[clean])
    made_on = StringField("作成日", [Required(), IsDay()], filters=[clean])
    destroy_by = StringField("廃棄の期日", [Required(), IsDay()], filters=[clean])

    def to_command(self) -> RegisterMedium:
        """Make the command of the form."""
        return RegisterMedium(
            kind=MediumKind(self.kind.data),
            label=self.label.data or "",
            place=self.place.data or "",
            made_on=_given_day(self.made_on.data),
            destroy_by=_given_day(self.destroy_by.data),
        )


class DestroyForm(JaForm):
    """How a medium was destroyed (媒体・写しの廃棄)."""

    destroyed_on = StringField("廃棄した日", [Required(), IsDay()], filters=[clean])
    method = TextAreaField(
        "方法",
        [Required(), CharacterLimit(LONGEST_TEXT)],
        [clean],
        description="例：上書き消去、物理破壊、鍵の破棄",
    )
    witness = SelectField(
        "立ち会った人", [Required()], choices={}, description="記録する人とは別の事務局の職員です。"
    )
    key_destroyed_on = StringField(
        "鍵を破棄した日", [IsDay()], [clean], description="封をしたバックアップの鍵を破棄したとき。"
    )
    certificate_sha256 = StringField(
        "廃棄証明書のSHA-256", filters=[clean], description="証明書があるとき。16進数64文字です。"
    )

    def offer(self, people: Mapping[int, str]) -> None:
        """Let choose among these people (立ち会った人の候補)."""
        self.witness.choices = {"": "選んでください"} | {
            str(person): label for person, label in people.items()
        }

    def validate_certificate_sha256(self, field: StringField) -> None:
        """Refuse what is no sha256."""
        if field.data and not re.fullmatch(r"[0-9a-f]{64}", field.data.lower()):
            raise ValidationError("0から9とaからfの64文字で入力してください")

    def to_command(self) -> DestroyMedium:
        """Make the command of the form."""
        return DestroyMedium(
            destroyed_on=_given_day(self.destroyed_on.data),
            method=self.method.data or "",
            witness_id=int(self.witness.data),
            key_destroyed_on=_day(self.key_destroyed_on.data),
            certificate_sha256=(self.certificate_sha256.data or "").lower(),
        )
