"""The form in which a body writes its proposal (提案の入力), made from the form of its round."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from wtforms import (
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from app.accounts.queries import list_ministries
from app.core.eras import format_datetime
from app.core.forms import clean
from app.proposals.content import (
    VIEWPOINT_BOXES,
    answer_of,
    choices_of,
    fields_of,
    is_extra,
    ministry_name,
    viewpoint_words,
)
from app.proposals.forms.base import LONGEST_TEXT, StorageLimit, VersionForm, number_in
from app.proposals.models import Proposal
from app.proposals.services.drafts import ProposalContent
from app.rounds.default_form import CORE_FIELDS
from app.rounds.models import FieldKind, FormField, Round

UNKNOWN_MINISTRY = 0
NO_MINISTRY = "分からない"
NOT_CHOSEN = "選んでください"
CHOOSE_NOTHING = "選ばない"


def ministry_id_of(value: Any) -> int | None:
    """Read the choice of a ministry (所管府省庁): None for 「分からない」; the service judges."""
    text = "" if value is None else str(value)
    if not text:
        return None
    return number_in(text) or UNKNOWN_MINISTRY


class ProposalForm(VersionForm):
    """The proposal as its body writes it (提案の入力). A draft may be incomplete.

    `proposal_form` adds the fields of a round to it, in their order, in which their errors are
    listed.
    """

    asked: ClassVar[tuple[FormField, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in self.asked:
            if row.kind is FieldKind.MINISTRY:
                self[row.name].choices = _ministry_choices()

    def to_command(self) -> ProposalContent:
        """Make the command of the form. Texts are kept as typed."""
        values: dict[str, Any] = {}
        answers: dict[str, str] = {}
        for row in self.asked:
            data = self[row.name].data
            if row.kind is FieldKind.VIEWPOINTS:
                values |= {box: box in (data or []) for box in VIEWPOINT_BOXES}
            elif row.kind is FieldKind.MINISTRY:
                values[row.name] = data
            elif is_extra(row):
                answers[row.name] = data or ""
            else:
                values[row.name] = data or ""
        return ProposalContent(**values, answers=answers)


class NewProposalForm(ProposalForm):
    """A proposal that has no draft yet: it also names its round (新しい提案)."""

    round = RadioField(
        "募集回", validate_choice=False, description="下書きを保存した後は変えられません。"
    )

    def offer(self, rounds: Sequence[Round]) -> None:
        """Offer the rounds a draft can be for; the first one is chosen unless another was sent."""
        self.offered_rounds = list(rounds)
        self.offered = {row.key: round_words(row) for row in rounds}
        self.round.choices = self.offered
        if self.round.data is None:
            self.round.data = rounds[0].key

    def validate_round(self, field: RadioField) -> None:
        """Refuse a round that is not offered."""
        if field.data not in self.offered:
            raise ValidationError("募集回を選んでください")


def proposal_form(round_: Round, **kwargs: Any) -> ProposalForm:
    """Make the form of a round (入力様式); `kwargs` are those of every form: data, formdata."""
    form: ProposalForm = _with_fields(ProposalForm, round_)(**kwargs)
    return form


def new_proposal_form(rounds: Sequence[Round], **kwargs: Any) -> NewProposalForm:
    """Make the form of a new proposal, asked as the first of the offered rounds asks (新規)."""
    form: NewProposalForm = _with_fields(NewProposalForm, rounds[0])(**kwargs)
    form.offer(rounds)
    return form


def _with_fields(base: type[ProposalForm], round_: Round) -> Any:
    asked = fields_of(round_)
    made: dict[str, Any] = {row.name: _MAKERS[row.kind](row) for row in asked}
    maker: Any = type(base)  # the metaclass of the forms
    return maker(base.__name__, (base,), {**made, "asked": tuple(asked)})


def _text(row: FormField) -> Field:
    limits = [StorageLimit(CORE_FIELDS.get(row.name) or LONGEST_TEXT)]
    return StringField(row.label, limits, filters=[clean], description=row.help)


def _long_text(row: FormField) -> Field:
    return TextAreaField(row.label, [StorageLimit()], filters=[clean], description=row.help)


def _ministry(row: FormField) -> Field:
    # The service judges the choice, for every caller alike.
    return SelectField(
        row.label, coerce=ministry_id_of, validate_choice=False, description=row.help
    )


def _viewpoints(row: FormField) -> Field:
    return SelectMultipleField(row.label, choices=viewpoint_words(row), description=row.help)


def _yes_no(row: FormField) -> Field:
    return RadioField(
        row.label, choices=choices_of(row), validate_choice=False, description=row.help
    )


def _choice(row: FormField) -> Field:
    nothing = NOT_CHOSEN if row.is_required else CHOOSE_NOTHING
    return SelectField(
        row.label,
        choices={"": nothing, **choices_of(row)},
        validate_choice=False,
        description=row.help,
    )


_MAKERS: dict[FieldKind, Callable[[FormField], Field]] = {
    FieldKind.TEXT: _text,
    FieldKind.EMAIL: _text,
    FieldKind.LONG_TEXT: _long_text,
    FieldKind.MINISTRY: _ministry,
    FieldKind.VIEWPOINTS: _viewpoints,
    FieldKind.YES_NO: _yes_no,
    FieldKind.CHOICE: _choice,
}


def _ministry_choices() -> dict[str, str]:
    names = {str(ministry.id): ministry_name(ministry) for ministry in list_ministries()}
    return {"": NO_MINISTRY, **names}


def form_values(proposal: Proposal) -> Mapping[str, Any]:
    """Values that fill the form with what a proposal holds now, its version apart."""
    return {row.name: answer_of(proposal, row.name) for row in fields_of(proposal.round)}


def round_words(round_: Round) -> str:
    """Name of a round with its end; a practice round says what it is (練習)."""
    name = f"練習用　{round_.label}（審査しません）" if round_.is_practice else round_.label
    return f"{name}　{format_datetime(round_.closes_at)}まで"
