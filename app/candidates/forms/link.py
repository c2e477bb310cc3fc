"""Forms about what a candidate rests on (対象候補の根拠の様式)."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs

from app.candidates.models import Candidate
from app.candidates.services.link import LONGEST_REASON
from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.proposals.forms.base import number_in


class ReasonForm(JaForm):
    """An act that needs its reason only (理由)."""

    reason = TextAreaField("理由", [Required(), CharacterLimit(LONGEST_REASON)], filters=[clean])


class LinkByNumberForm(ReasonForm):
    """A case that leads to the candidate one looks at (案件をつなぐ)."""

    receipt_number = StringField(
        "受付番号", [Required()], filters=[clean], description="例：R6-0228"
    )


class LinkForm(ReasonForm):
    """A candidate the case one looks at leads to (対象候補につなぐ)."""

    candidate_id = SelectField(
        "対象候補",
        [Required("対象候補を一覧から選んでください")],
        validate_choice=False,
    )

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidate_id.choices = [
            SelectChoice("", "選んでください"),
            *(SelectChoice(str(row.id), row.name, optgroup=row.round.label) for row in candidates),
        ]

    def chosen_id(self) -> int | None:
        """Id of the candidate that was chosen, None for what is none."""
        return number_in(self.candidate_id.data or "")


class RegisterRowForm(JaForm):
    """A row of a register the candidate rests on (台帳の行)."""

    entry_id = SelectField("台帳の行", validate_choice=False)

    def __init__(
        self,
        *args: Any,
        entry_groups: Sequence[tuple[str, list[tuple[str, str]]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.entry_id.choices = [
            SelectChoice("", "選んでください"),
            *(
                SelectChoice(value, label, optgroup=group)
                for group, entries in entry_groups
                for value, label in entries
            ),
        ]

    def chosen_id(self) -> int:
        """Id of the row that was chosen; 0, which no row has, for what is none."""
        return number_in(self.entry_id.data or "") or 0
