"""Forms of the plans of assignment (割当案の入力様式)."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import HiddenField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from app.core.forms import JaForm
from app.proposals.models import Proposal
from app.triage.forms.base import CaseForm, as_number
from app.triage.services.plans import MOST_REVIEWERS, ChangeRow, MakePlan

NO_NUMBER = "数字で入力してください"
LARGEST_SEED = 2**31 - 1


class MakePlanForm(JaForm):
    """What a plan is made of (割当案の条件)."""

    proposal_ids = SelectMultipleField(
        "割り当てる提案", choices=[], coerce=int, validate_choice=False
    )
    reviewers_per_case = IntegerField(
        "1件の担当者数",
        [InputRequired(NO_NUMBER)],
        description=f"1人から{MOST_REVIEWERS}人まで",
    )
    seed = IntegerField(
        "くじの番号",
        [InputRequired(NO_NUMBER)],
        description="手持ちが同じ人の順を決めます。同じ番号なら、同じ条件で同じ案になります。",
    )

    def __init__(self, *args: Any, cases: Sequence[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, proposal_ids=[case.id for case in cases], **kwargs)

    def to_command(self, suggested: Mapping[int, str]) -> MakePlan:
        """Make the command of the form; `suggested` are categories by proposal id."""
        return MakePlan(
            proposal_ids=tuple(self.proposal_ids.data or ()),
            reviewers_per_case=self.reviewers_per_case.data or 0,
            seed=abs(self.seed.data or 0) % LARGEST_SEED,
            suggested=suggested,
        )


class PlanForm(CaseForm):
    """An act on a whole plan (割当案の操作); `version` is that of the plan."""


class PlanRowForm(CaseForm):
    """Another person for one place of a plan (割当案の修正)."""

    proposal_id = HiddenField()
    slot = HiddenField()
    reviewer_id = SelectField("担当", validate_choice=False)

    def to_command(self) -> ChangeRow:
        """Make the command of the form."""
        return ChangeRow(
            version=self.opened_version,
            proposal_id=as_number(self.proposal_id.data),
            slot=as_number(self.slot.data),
            reviewer_id=as_number(self.reviewer_id.data) or None,
        )
