"""Writing an opinion down, and setting one aside (仕分け意見の登録・差替え)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.accounts.models import User
from app.core import clock
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.proposals.content.fields import VIEWPOINT_MARKS
from app.proposals.models import Proposal
from app.registers.queries import are_citable
from app.rounds.models import Category, GuideVersion, RubricVersion
from app.rounds.queries import (
    available_categories,
    current_guide_version,
    current_rubric_version,
)
from app.suggestions.engine import ENGINE_VERSION, Suggestion
from app.suggestions.services import record_shown
from app.triage.earlier import Treatment, departed_from, earlier_treatments
from app.triage.guide import guide_of, is_answered, is_guide_for, unanswered_first
from app.triage.models import (
    Assessment,
    AssessmentEvidence,
    AssessmentRating,
    AssessmentStatus,
)
from app.triage.queries import open_assessment
from app.triage.rubric import level_errors, rubric_of
from app.triage.services.departures import departure_errors, keep_departures


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A register row and the words of the proposal that meet it (根拠)."""

    register_entry_id: int
    quote: str = ""


@dataclass(frozen=True, kw_only=True)
class ViewpointCheck:
    """What the reviewer finds of one viewpoint (視点の確認); `reason` where the body says other."""

    is_met: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Assess:
    """One reviewer's category with reason, evidence and answers to the guide (仕分け意見).

    `viewpoints` by the names of the viewpoints, `ratings` by the keys of the rubric with None for
    判断しない. The versions are those the page showed; none stands for those in use now.
    """

    version: int
    category_key: str
    reason: str
    evidence: tuple[Evidence, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    viewpoints: Mapping[str, ViewpointCheck] = field(default_factory=dict)
    ratings: Mapping[str, int | None] = field(default_factory=dict)
    guide_version_id: int | None = None
    rubric_version_id: int | None = None
    # Why another class than in the round before (前の回と違う理由); kept only where asked for.
    why_different: str = ""
    # What the page suggested, kept to measure it (示した候補): found before the transaction. None
    # where there was no page, empty where the page found nothing.
    suggested: tuple[Suggestion, ...] | None = None


class CheckedOpinion(NamedTuple):
    """An opinion that may be written down: its category and what it departs from (前の回)."""

    category: Category
    departed: list[Treatment]


def check_opinion(proposal: Proposal, command: Assess, *, actor: User) -> CheckedOpinion:
    """Check an opinion before it is written down. Raises InvalidInput.

    Another class than in the round before needs its reason, as far as the actor may know of it.
    """
    errors: dict[str, list[str]] = {}
    choices = {row.key: row for row in available_categories(proposal.round)}
    category = choices.get(command.category_key)
    if category is None:
        errors["category_key"] = ["分類を選んでください"]
    if is_blank(command.reason):
        errors["reason"] = ["分類の理由を入力してください"]
    if category is not None and category.is_evidence_required and not command.evidence:
        errors["evidence"] = [f"分類{category.code}には、根拠となる台帳の行を1つ以上選んでください"]
    if not _are_known(command.evidence):
        errors["evidence"] = ["根拠を台帳の一覧から選んでください"]
    departed = departed_from(earlier_treatments(actor, proposal), category) if category else []
    others = {
        "why_different": departure_errors(departed, command.why_different),
        "answers": _answer_errors(proposal, command),
        "ratings": level_errors(command.ratings, rubric_of(rubric_shown(proposal, command))),
        **_viewpoint_errors(proposal, command),
    }
    errors |= {name: said for name, said in others.items() if said}
    if errors or category is None:
        raise InvalidInput(errors)
    return CheckedOpinion(category, departed)


def write_opinion(
    proposal: Proposal,
    command: Assess,
    *,
    actor: User,
    checked: CheckedOpinion,
    status: AssessmentStatus,
    first: Assessment | None = None,
    acting_for: User | None = None,
) -> Assessment:
    """Write an opinion down as it was checked (仕分け意見の登録); `first` for a blind one.

    `acting_for` is the absent reviewer a deputy (代理) writes it for.
    """
    has_guide = is_answered(command.answers) and _has_guide(proposal, command)
    assessment = Assessment(
        proposal_id=proposal.id,
        author_id=actor.id,
        acting_for_id=acting_for.id if acting_for else None,
        category=checked.category,
        guide_version_id=guide_shown(proposal, command).id if has_guide else None,
        rubric_version_id=rubric_shown(proposal, command).id if command.ratings else None,
        first_opinion_id=first.id if first else None,
        status=status,
        suggestions_version=None if command.suggested is None else ENGINE_VERSION,
        created_at=clock.now(),
        **_said(command),
    )
    db.session.add(assessment)
    db.session.flush()
    keep_departures(assessment, checked.departed, command.why_different)
    cited = [item.register_entry_id for item in command.evidence]
    if command.suggested is not None:
        record_shown(proposal, assessment.id, command.suggested, cited, actor=actor)
    return assessment


def _said(command: Assess) -> dict[str, Any]:
    """What the reviewer said, as an opinion keeps it (意見の中身)."""
    return {
        "reason": command.reason,
        "answers": dict(command.answers),
        "viewpoints": {
            name: {"is_met": check.is_met, "reason": check.reason}
            for name, check in command.viewpoints.items()
        },
        "ratings": [
            AssessmentRating(criterion=key, level=level) for key, level in command.ratings.items()
        ],
        "evidence": [
            AssessmentEvidence(register_entry_id=item.register_entry_id, quote=item.quote)
            for item in command.evidence
        ],
    }


def supersede_open_assessment(proposal: Proposal) -> Assessment | None:
    """Set the waiting opinion aside, kept and visible, and return it (意見の差替え)."""
    waiting = open_assessment(proposal)
    if waiting is not None:
        waiting.status = AssessmentStatus.SUPERSEDED
        db.session.flush()
    return waiting


def guide_shown(proposal: Proposal, command: Assess) -> GuideVersion:
    """Version of the guide the answers were given to (示した手引き)."""
    scheme = proposal.round.scheme
    shown = db.session.get(GuideVersion, command.guide_version_id or 0)
    return shown if shown and shown.scheme_id == scheme.id else current_guide_version(scheme)


def rubric_shown(proposal: Proposal, command: Assess) -> RubricVersion:
    """Version of the rubric the levels were chosen from (示した評価の基準)."""
    round_ = proposal.round
    shown = db.session.get(RubricVersion, command.rubric_version_id or 0)
    return shown if shown and shown.round_id == round_.id else current_rubric_version(round_)


def _has_guide(proposal: Proposal, command: Assess) -> bool:
    keys = {row.key for row in proposal.round.scheme.categories}
    return is_guide_for(keys, guide_of(guide_shown(proposal, command)))


def _answer_errors(proposal: Proposal, command: Assess) -> list[str]:
    """All of A–E are asked, also after a hit: what is met besides stays as a label."""
    if not is_answered(command.answers) or not _has_guide(proposal, command):
        return []
    guide = guide_of(guide_shown(proposal, command))
    missing = "、".join(row.mark for row in unanswered_first(command.answers, guide))
    return [f"A–Eはすべて答えてください（まだ：{missing}）"] if missing else []


def _viewpoint_errors(proposal: Proposal, command: Assess) -> dict[str, list[str]]:
    return {
        name: [f"視点{VIEWPOINT_MARKS[name]}は提案団体の記入と違います。わけを一言入力してください"]
        for name, check in command.viewpoints.items()
        if check.is_met != getattr(proposal, name) and is_blank(check.reason)
    }


def _are_known(evidence: Sequence[Evidence]) -> bool:
    ids = [item.register_entry_id for item in evidence]
    return len(set(ids)) == len(ids) and are_citable(ids)
