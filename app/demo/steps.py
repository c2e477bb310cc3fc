"""What people do with one case of the demo (案件の操作): each step calls a service as its actor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.accounts.models import Organization, User
from app.core.errors import InvalidInput
from app.demo.answers import answers_for
from app.demo.texts import SampleText
from app.lineage.services.merging import MergeCases, SeenCase, merge_cases
from app.proposals.models import Proposal
from app.proposals.services.drafts import ProposalContent, edit_proposal, start_draft
from app.proposals.services.partners import AskPartner, ask_partner
from app.proposals.services.submission import Submit, submit
from app.registers.models import Register
from app.rounds.default_form import BUNKEN_FIELD, NO, YES
from app.rounds.models import Round
from app.suggestions.engine import suggest
from app.triage.checklist import checklist_of
from app.triage.consistency import differences
from app.triage.models import Assessment, CheckVerdict
from app.triage.services.assess import Assess, Evidence, assess
from app.triage.services.assign import Assign, assign
from app.triage.services.check_marks import Mark, MarkLines, mark_lines
from app.triage.services.confirm import Confirm, Dispute, confirm_assessment, dispute_assessment
from app.triage.services.form_check import (
    Accept,
    Correction,
    ReturnForCorrection,
    accept,
    return_for_correction,
)
from app.triage.services.pending import Hold, hold
from app.triage.services.settle import Close, close
from app.triage.services.withdraw import Withdraw, withdraw


@dataclass(frozen=True, kw_only=True)
class Place:
    """What all cases of a round share (募集回と参照先): ids of ministries and register rows."""

    round: Round
    ministry_ids: Mapping[str, int]
    entry_ids: Mapping[tuple[Register, str], int]


class Case:
    """One proposal of the demo on its way (案件). The steps run in the order of the events."""

    def __init__(
        self, place: Place, text: SampleText, *, drafter: User, manager: User, department: str
    ) -> None:
        self._place = place
        self._drafter = drafter
        self.manager = manager
        self._department = department
        self._proposal: Proposal | None = None
        self._opinion: Assessment | None = None
        self.text = text

    def draft(self) -> None:
        """The drafter writes it, with the flaw that is sent back later, if any (下書き)."""
        returned = self.text.returned
        first = {returned.field: returned.first_text} if returned else {}
        content = self._content(first)
        self._proposal = start_draft(
            self._place.round, content, actor=self._drafter, is_sample=True
        )

    def ask_partner(self, body: Organization) -> None:
        """The drafter asks another body to propose with its own (共同提案の依頼)."""
        command = AskPartner(version=self.proposal.version, organization_id=body.id)
        ask_partner(self.proposal, command, actor=self._drafter)

    def submit(self) -> None:
        """The manager hands it in (提出)."""
        submit(self.proposal, Submit(version=self.proposal.version), actor=self.manager)

    def accept(self, officer: User) -> None:
        """An officer goes through the checklist and finds the form in order (受理)."""
        self._check_off(officer)
        accept(self.proposal, Accept(version=self.proposal.version), actor=officer)

    def _check_off(self, officer: User) -> None:
        marks = tuple(
            Mark(item=line.key, verdict=CheckVerdict.OK)
            for line in checklist_of(self.proposal)
            if not line.is_settled
        )
        command = MarkLines(version=self.proposal.version, marks=marks)
        mark_lines(self.proposal, command, actor=officer)

    def send_back(self, officer: User) -> None:
        """An officer asks for a correction (差戻し)."""
        returned = self.text.returned
        if returned is None:
            raise LookupError(f"this text is not sent back: {self.text.title}")
        items = (Correction(field=returned.field, reason=returned.reason),)
        command = ReturnForCorrection(version=self.proposal.version, items=items)
        return_for_correction(self.proposal, command, actor=officer)

    def correct(self) -> None:
        """The drafter mends what was sent back (補正)."""
        proposal = self.proposal
        edit_proposal(proposal, self._content({}), version=proposal.version, actor=self._drafter)

    def assign(self, lead: User, reviewers: Sequence[User]) -> None:
        """The lead gives it to its reviewers (担当割当)."""
        ids = tuple(user.id for user in reviewers)
        command = Assign(version=self.proposal.version, reviewer_ids=ids)
        assign(self.proposal, command, actor=lead)

    def assess(
        self, officer: User, *, introduction: str = "", with_suggestions: bool = False
    ) -> None:
        """A reviewer gives an opinion with evidence and answers (仕分け意見).

        With suggestions only for a few, for their report: all of a round would take half a minute.
        """
        command = Assess(
            version=self.proposal.version,
            category_key=self.text.category,
            reason=introduction + self.text.reason,
            evidence=self._evidence(),
            answers=answers_for(self.text),
            suggested=tuple(suggest(self.proposal)) if with_suggestions else None,
        )
        self._opinion = assess(self.proposal, command, actor=officer)

    def confirm(self, officer: User, note: str = "") -> None:
        """A second person agrees (二次確認), after a look at what differs, if anything does."""
        try:
            self._confirm(officer, note, ())
        except InvalidInput:
            rows = differences(officer, self.proposal)
            self._confirm(officer, note, tuple(row.number for row in rows))

    def _confirm(self, officer: User, note: str, compared_with: tuple[str, ...]) -> None:
        command = Confirm(
            version=self.proposal.version,
            assessment_id=self._opinion_id(),
            note=note,
            compared_with=compared_with,
        )
        confirm_assessment(self.proposal, command, actor=officer)

    def dispute(self, officer: User, category: str, reason: str) -> None:
        """A second person asks for another category (異議)."""
        command = Dispute(
            version=self.proposal.version,
            assessment_id=self._opinion_id(),
            category_key=category,
            reason=reason,
        )
        dispute_assessment(self.proposal, command, actor=officer)

    def merge_into(self, target: "Case", officer: User, reason: str) -> None:
        """An officer takes it together with another case (統合)."""
        command = MergeCases(
            version=target.proposal.version,
            absorbed=(SeenCase(self.proposal, self.proposal.version),),
            reason=reason,
        )
        merge_cases(target.proposal, command, actor=officer)

    def hold(self, officer: User, reason: str, revisit_on: date) -> None:
        """An officer puts it off; the text's category is the provisional one (ペンディング)."""
        command = Hold(
            version=self.proposal.version,
            reason=reason,
            revisit_on=revisit_on,
            category_key=self.text.category,
        )
        hold(self.proposal, command, actor=officer)

    def close(self, lead: User, outcome_text: str) -> None:
        """The lead ends it and tells the body (終了)."""
        command = Close(version=self.proposal.version, outcome_text=outcome_text)
        close(self.proposal, command, actor=lead)

    def withdraw(self, reason: str) -> None:
        """The manager takes it back (取下げ)."""
        command = Withdraw(version=self.proposal.version, reason=reason)
        withdraw(self.proposal, command, actor=self.manager)

    @property
    def proposal(self) -> Proposal:
        """The proposal of this case. Raises LookupError before its draft was started."""
        if self._proposal is None:
            raise LookupError(f"not drafted yet: {self.text.title}")
        return self._proposal

    def ministry_id(self, name: str) -> int:
        """Id of a ministry by its name (府省庁)."""
        return self._place.ministry_ids[name]

    def _content(self, other: Mapping[str, str]) -> ProposalContent:
        fields: dict[str, Any] = {**self.text.fields, **other}
        return ProposalContent(
            **fields,
            ministry_id=self._place.ministry_ids[self.text.ministry],
            is_viewpoint_new_issue="i" in self.text.viewpoints,
            is_viewpoint_reform_burden="ii" in self.text.viewpoints,
            is_viewpoint_timely_data="iii" in self.text.viewpoints,
            contact_department=self._department,
            contact_email=self._drafter.email or "",
            answers={BUNKEN_FIELD: YES if fields["bunken_control_number"] else NO},
        )

    def _evidence(self) -> tuple[Evidence, ...]:
        """Register rows of the opinion; the quoted words go with the first one."""
        ids = [self._place.entry_ids[row] for row in self.text.evidence]
        return tuple(
            Evidence(register_entry_id=entry_id, quote=self.text.quote if index == 0 else "")
            for index, entry_id in enumerate(ids)
        )

    def _opinion_id(self) -> int:
        if self._opinion is None:
            raise LookupError(f"no opinion yet: {self.text.title}")
        return self._opinion.id
