"""Forms about clusters (まとまりの入力様式)."""

from collections.abc import Mapping
from enum import StrEnum

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from app.clusters.services.correcting import AddCase, MergeClusters, RemoveCase
from app.core.forms import CharacterLimit, JaForm, Required, clean

NO_VERSION = "画面を開き直してから、もう一度操作してください"
REASON_LIMIT = 300
CHOOSE = "選んでください"


class ClusterFileFormat(StrEnum):
    """Form of a file of clusters (出力形式)."""

    XLSX = "xlsx"
    CSV = "csv"


class RoundForm(JaForm):
    """A wish about the round in the address (募集回への操作): its key stands in the address."""


class ClusterFileForm(JaForm):
    """Taking the clusters of a round out (まとまりの出力)."""

    format = SelectField("形式", choices={form.value: form.value for form in ClusterFileFormat})


class CorrectionForm(JaForm):
    """Base of the corrections (訂正); `version` is that of the cluster as it was shown (P05)."""

    version = IntegerField("画面の版", [InputRequired(NO_VERSION)], widget=HiddenInput())
    reason = TextAreaField(
        "理由",
        [Required("訂正の理由を入力してください"), CharacterLimit(REASON_LIMIT)],
        filters=[clean],
    )


class RemoveForm(CorrectionForm):
    """Taking a case out (このまとまりから外す)."""

    proposal_id = SelectField("外す案件", [Required("外す案件を選んでください")])

    def offer(self, cases: Mapping[str, str]) -> None:
        """Offer the cases of the cluster that the reader sees (選択肢)."""
        self.proposal_id.choices = {"": CHOOSE, **cases}

    def to_command(self) -> RemoveCase:
        """The command of the service."""
        return RemoveCase(
            version=self.version.data or 0,
            proposal_id=int(self.proposal_id.data),
            reason=self.reason.data or "",
        )


class AddForm(CorrectionForm):
    """Putting a case in (加える)."""

    receipt_number = StringField(
        "加える案件の受付番号",
        [Required("受付番号を入力してください")],
        filters=[clean],
        description="例：R6-0012",
    )

    def to_command(self) -> AddCase:
        """The command of the service."""
        return AddCase(
            version=self.version.data or 0,
            receipt_number=self.receipt_number.data or "",
            reason=self.reason.data or "",
        )


class MergeForm(CorrectionForm):
    """Making two clusters one (2つをまとめる)."""

    other_id = SelectField("まとめる相手", [Required("まとめる相手を選んでください")])

    def offer(self, clusters: Mapping[str, str]) -> None:
        """Offer the other clusters of the round that the reader sees (選択肢)."""
        self.other_id.choices = {"": CHOOSE, **clusters}

    def to_command(self) -> MergeClusters:
        """The command of the service."""
        return MergeClusters(
            version=self.version.data or 0,
            other_id=int(self.other_id.data),
            reason=self.reason.data or "",
        )
