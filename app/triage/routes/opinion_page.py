"""What the page of an opinion shows of guide, viewpoints and rubric (意見の画面の部品)."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from flask import request

from app.accounts.current import current_actor
from app.accounts.models import User
from app.extensions import db
from app.proposals.content import VIEWPOINTS, field_of, viewpoint_words
from app.proposals.content.fields import VIEWPOINT_MARKS
from app.proposals.models import Proposal
from app.rounds.models import Category, GuideVersion, RubricVersion
from app.rounds.queries import (
    available_categories,
    current_guide_version,
    current_rubric_version,
)
from app.triage.earlier import earlier_treatments
from app.triage.forms.assess import REASON, AssessForm
from app.triage.forms.base import as_number
from app.triage.guide import also_met, guide_of, is_guide_for, next_question, suggest
from app.triage.opinion_view import parts_of
from app.triage.routes import desk
from app.triage.routes.candidates import Candidates
from app.triage.routes.opinion_draft import restored
from app.triage.rubric import rubric_of


class ViewpointRow(NamedTuple):
    """A viewpoint to check (視点): its words, the mark of the body, the fields."""

    mark: str
    words: str
    is_marked: bool
    field: Any
    reason: Any


def opinion_form(proposal: Proposal, actor: User) -> AssessForm:
    """Form of an opinion with the guide and the rubric that were shown, or are in use (様式)."""
    return AssessForm(
        version=proposal.version,
        categories=available_categories(proposal.round),
        guide=guide_of(_shown_guide(proposal)),
        rubric=rubric_of(_shown_rubric(proposal)),
        earlier=earlier_treatments(actor, proposal),
        **restored(actor, proposal),
    )


def opinion_context(
    proposal: Proposal,
    form: AssessForm,
    categories: Sequence[Category],
    candidates: Candidates,
) -> dict[str, Any]:
    """Values of the templates _desk_guide and _desk_opinion (手引き・視点・評価)."""
    guide, answers = form.guide, form.given_answers()
    by_key: Mapping[str, Category] = {row.key: row for row in categories}
    return {
        "earlier_rounds": form.earlier,
        "parts_of": partial(parts_of, proposal=proposal, reader=current_actor()),
        "guide_label": guide.label,
        "has_guide": is_guide_for(by_key, guide),
        "first_rows": desk.guide_rows(guide.first, form, candidates),
        "second_rows": desk.guide_rows(guide.second, form, candidates),
        "suggested": by_key.get(suggest(answers, guide) or ""),
        "is_answered": bool(answers),
        "missing": next_question(answers, guide),
        "also_met": also_met(answers, guide),
        "viewpoint_rows": _viewpoint_rows(proposal, form),
        "rating_rows": [row for row in form.ratings.form if row.choices],
    }


def _viewpoint_rows(proposal: Proposal, form: AssessForm) -> list[ViewpointRow]:
    field = field_of(proposal.round, VIEWPOINTS)
    if field is None:
        return []
    words = viewpoint_words(field)
    fields = form.viewpoints.form
    return [
        ViewpointRow(
            mark, words[box], getattr(proposal, box), fields[box], fields[f"{box}{REASON}"]
        )
        for box, mark in VIEWPOINT_MARKS.items()
    ]


def _shown_guide(proposal: Proposal) -> GuideVersion:
    """Version of the guide that the sent page showed; of another scheme, the one in use."""
    scheme = proposal.round.scheme
    shown = db.session.get(GuideVersion, as_number(request.form.get("guide_version_id")))
    return shown if shown and shown.scheme_id == scheme.id else current_guide_version(scheme)


def _shown_rubric(proposal: Proposal) -> RubricVersion:
    """Version of the rubric that the sent page showed; of another round, the one in use."""
    round_ = proposal.round
    shown = db.session.get(RubricVersion, as_number(request.form.get("rubric_version_id")))
    return shown if shown and shown.round_id == round_.id else current_rubric_version(round_)
