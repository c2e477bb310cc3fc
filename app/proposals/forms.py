"""Forms of the proposing body, and of the lead who decides on late ones (提案の入力様式)."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from app.accounts.models import Organization
from app.accounts.queries import list_ministries
from app.core.eras import format_datetime
from app.core.forms import JaForm, Required, clean
from app.proposals.content import FIELD_LABELS, VIEWPOINT_LABELS, VIEWPOINTS
from app.proposals.models import LateDecision, Proposal
from app.proposals.services.drafts import ProposalContent
from app.proposals.services.late import DECISION_WORDS, DecideLate, RequestLate
from app.proposals.services.submission import Submit
from app.rounds.models import Round

# Far beyond the limits of any round: a draft may be too long, but not without end.
LONGEST_TEXT = 20_000
LONGEST_CONTROL_NUMBER = 16
LONGEST_DEPARTMENT = 100
LONGEST_EMAIL = 254

# No case has this version: a form whose version was lost or garbled counts as stale.
UNKNOWN_VERSION = -1
UNKNOWN_MINISTRY = 0
LONGEST_ID = 9  # digits; anything longer is no id of ours

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


class StorageLimit:
    """Validator: at most `maximum` code points, what the database holds; drafts too obey it."""

    def __init__(self, maximum: int = LONGEST_TEXT) -> None:
        self.maximum = maximum

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError with the number of characters over the maximum."""
        over = len(field.data or "") - self.maximum
        if over > 0:
            raise ValidationError(
                f"{field.label.text}は{self.maximum:,}文字以内で入力してください"
                f"（{over:,}文字超えています）"
            )


class VersionForm(JaForm):
    """Form that remembers the version of the case it was opened with (P05)."""

    version = HiddenField()

    def expected_version(self) -> int:
        """Version the form was opened with; UNKNOWN_VERSION, which is stale, for anything else."""
        number = _number(self.version.data or "")
        return UNKNOWN_VERSION if number is None else number


def ministry_id_of(value: Any) -> int | None:
    """Read the choice of a ministry (所管府省庁): None for 「分からない」; the service judges."""
    text = "" if value is None else str(value)
    if not text:
        return None
    return _number(text) or UNKNOWN_MINISTRY


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
    return int(text) if is_number else None


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


class SubmitForm(VersionForm):
    """Submission from the page of the last check (提出)."""

    def to_command(self) -> Submit:
        """Make the command of the form."""
        return Submit(version=self.expected_version())


class DiscardForm(VersionForm):
    """Deletion of a draft (下書きの削除)."""


class RequestLateForm(VersionForm):
    """Submission after the end, with its reason (期限後の提出の申出)."""

    reason = TextAreaField(
        "期限に間に合わなかった理由",
        [Required("期限に間に合わなかった理由を入力してください"), StorageLimit()],
        filters=[clean],
        description="いつ、何があったかを書いてください。事務局の総括が読みます。",
    )

    def to_command(self) -> RequestLate:
        """Make the command of the form."""
        return RequestLate(version=self.expected_version(), reason=self.reason.data or "")


class DecideLateForm(JaForm):
    """A lead's word on a late submission (期限後の提出の可否)."""

    decision = RadioField(
        "決定",
        [Required("受け付けるかどうかを選んでください")],
        choices={decision.value: words for decision, words in DECISION_WORDS.items()},
        validate_choice=False,
    )
    reason = TextAreaField(
        "決定の理由",
        [Required(), StorageLimit()],
        filters=[clean],
        description="提案団体がそのまま読みます。",
    )

    def validate_decision(self, field: RadioField) -> None:
        """Refuse a decision that is none."""
        if field.data and field.data not in list(LateDecision):
            raise ValidationError("受け付けるかどうかを選んでください")

    def to_command(self) -> DecideLate:
        """Make the command of the form."""
        return DecideLate(decision=LateDecision(self.decision.data), reason=self.reason.data or "")


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
