"""The form in which a body writes its proposal (提案の入力)."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.accounts.models import Organization
from app.accounts.queries import list_ministries
from app.core.eras import format_datetime
from app.core.forms import clean
from app.proposals.content import FIELD_LABELS, VIEWPOINT_LABELS, VIEWPOINTS
from app.proposals.forms.base import LONGEST_TEXT, StorageLimit, VersionForm, number_in
from app.proposals.models import Proposal
from app.proposals.services.drafts import ProposalContent
from app.rounds.models import Round

LONGEST_CONTROL_NUMBER = 16
LONGEST_DEPARTMENT = 100
LONGEST_EMAIL = 254
UNKNOWN_MINISTRY = 0

TEXT_FIELDS = (
    "title",
    "detail",
    "requested_measure",
    "hardship_case",
    "effect",
    "legal_basis",
    "adoption_status",
    "bunken_control_number",
    "contact_department",
    "contact_email",
)


def ministry_id_of(value: Any) -> int | None:
    """Read the choice of a ministry (所管府省庁): None for 「分からない」; the service judges."""
    text = "" if value is None else str(value)
    if not text:
        return None
    return number_in(text) or UNKNOWN_MINISTRY


def _text(name: str, description: str = "", maximum: int = LONGEST_TEXT) -> StringField:
    return StringField(
        FIELD_LABELS[name], [StorageLimit(maximum)], filters=[clean], description=description
    )


def _long_text(name: str, description: str = "") -> TextAreaField:
    return TextAreaField(
        FIELD_LABELS[name], [StorageLimit()], filters=[clean], description=description
    )


class ProposalForm(VersionForm):
    """The proposal as its body writes it (提案の入力). A draft may be incomplete.

    Fields stand in the order of `FIELD_LABELS`, in which their errors are listed.
    """

    title = _text("title", "業務の名前が分かるように書いてください。")
    detail = _long_text("detail", "どの業務を、どのように共通化したいかを書いてください。")
    requested_measure = _long_text(
        "requested_measure", "国や事務局に何をしてほしいかを書いてください。"
    )
    hardship_case = _long_text("hardship_case", "今、どの業務で誰が困っているか。")
    effect = _long_text("effect", "住民と行政にとって、何がどれだけ良くなるか。")
    legal_basis = _long_text(
        "legal_basis", "業務の根拠となる法令と条。例：地方自治法第244条の2。分からなければ空欄。"
    )
    ministry_id = SelectField(
        FIELD_LABELS["ministry_id"],
        coerce=ministry_id_of,
        validate_choice=False,  # the service judges it, for every caller alike
        description="根拠となる制度を所管する府省庁。分からなければ、そのままで構いません。",
    )
    viewpoints = SelectMultipleField(
        "当てはまる視点",
        choices=VIEWPOINT_LABELS,
        description="いくつでも選べます。",
    )
    adoption_status = _long_text(
        "adoption_status", "今使っているシステム、導入した年度、費用など。未導入のときはその旨。"
    )
    bunken_control_number = _text(
        "bunken_control_number",
        "同じ内容を地方分権改革の提案募集にも出しているときの管理番号。",
        LONGEST_CONTROL_NUMBER,
    )
    contact_department = _text(
        "contact_department", "事務局からの問い合わせに答える部署。", LONGEST_DEPARTMENT
    )
    contact_email = _text("contact_email", "担当部署の共用のアドレス。", LONGEST_EMAIL)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ministries = {str(ministry.id): ministry_name(ministry) for ministry in list_ministries()}
        self.ministry_id.choices = {"": "分からない", **ministries}

    def to_command(self) -> ProposalContent:
        """Make the command of the form. Texts are kept as typed."""
        chosen = self.viewpoints.data or []
        values: dict[str, Any] = {name: self[name].data or "" for name in TEXT_FIELDS}
        values |= {name: name in chosen for name in VIEWPOINT_LABELS}
        return ProposalContent(**values, ministry_id=self.ministry_id.data)


class NewProposalForm(ProposalForm):
    """A proposal that has no draft yet: it also names its round (新しい提案)."""

    round = RadioField(
        "募集回", validate_choice=False, description="下書きを保存した後は変えられません。"
    )

    def __init__(self, *args: Any, rounds: Sequence[Round], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {row.key: round_words(row) for row in rounds}
        self.round.choices = self.offered
        if self.round.data is None:
            self.round.data = rounds[0].key

    def validate_round(self, field: RadioField) -> None:
        """Refuse a round that is not offered."""
        if field.data not in self.offered:
            raise ValidationError("募集回を選んでください")


def form_values(proposal: Proposal) -> Mapping[str, Any]:
    """Values that fill the form with what a proposal holds now, its version apart."""
    return {
        **{name: getattr(proposal, name) for name in TEXT_FIELDS},
        "ministry_id": proposal.ministry_id,
        VIEWPOINTS: [name for name in VIEWPOINT_LABELS if getattr(proposal, name)],
    }


def ministry_name(ministry: Organization) -> str:
    """Name of a ministry, a unit with its ministry in front (内閣府　防災担当)."""
    return f"{ministry.parent.name}　{ministry.name}" if ministry.parent else ministry.name


def round_words(round_: Round) -> str:
    """Name of a round with its end; a practice round says what it is (練習)."""
    name = f"練習用　{round_.label}（審査しません）" if round_.is_practice else round_.label
    return f"{name}　{format_datetime(round_.closes_at)}まで"
