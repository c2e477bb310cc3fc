"""An opinion in words (仕分け意見の表示): answers, viewpoints, rating, as they were given."""

from typing import NamedTuple

from app.accounts.models import User
from app.proposals.content.fields import VIEWPOINT_MARKS
from app.proposals.models import Proposal
from app.triage.blindness import readable_opinions
from app.triage.earlier import Departure, departure_of
from app.triage.guide import FIRST_GUIDE, answer_lines, guide_of
from app.triage.models import Assessment, AssessmentStatus
from app.triage.rubric import Levels, RatingLine, Spread, rating_lines, rubric_of, score, spreads

MET_WORDS = {True: "当てはまる", False: "当てはまらない"}


class ViewpointLine(NamedTuple):
    """A viewpoint as the reviewer checked it, beside the mark of the body (視点の確認)."""

    label: str
    words: str
    is_other: bool
    reason: str


class OpinionParts(NamedTuple):
    """What an opinion holds besides class, reason and evidence (仕分け意見の内訳)."""

    answers: list[tuple[str, str]]
    guide_label: str
    viewpoints: list[ViewpointLine]
    rating: list[RatingLine]
    score: float | None
    departure: Departure | None


def parts_of(opinion: Assessment, proposal: Proposal, reader: User | None = None) -> OpinionParts:
    """Read an opinion on a case with the wording of its own versions (仕分け意見の内訳).

    What it departs from (前の回との違い) names other cases: without a reader it is left out.
    """
    guide = guide_of(opinion.guide_version) if opinion.guide_version else FIRST_GUIDE
    levels = levels_of(opinion)
    rubric = rubric_of(opinion.rubric_version) if opinion.rubric_version else None
    return OpinionParts(
        answers=answer_lines(opinion.answers, guide),
        guide_label=str(opinion.answers.get("guide_version", "")),
        viewpoints=_viewpoints(opinion, proposal),
        rating=rating_lines(levels, rubric) if rubric else [],
        score=score(levels, rubric) if rubric else None,
        departure=departure_of(opinion, reader) if reader else None,
    )


def levels_of(opinion: Assessment) -> Levels:
    """Levels an opinion gave, by criterion, None for 判断しない (評価)."""
    return {row.criterion: row.level for row in opinion.ratings}


def rating_spreads(proposal: Proposal, reader: User) -> list[Spread]:
    """What the ratings of a case come to, of the opinions the reader may read (評価の集計).

    The latest opinion of each person counts, rated by the version used last. Nothing without one.
    """
    latest = {
        row.author_id: row
        for row in readable_opinions(reader, proposal)
        if row.rubric_version is not None and row.status is not AssessmentStatus.SUPERSEDED
    }
    rated = sorted(latest.values(), key=lambda row: row.id)
    if not rated or rated[-1].rubric_version is None:
        return []
    version = rated[-1].rubric_version
    levels = [levels_of(row) for row in rated if row.rubric_version_id == version.id]
    asked = max(proposal.round.reviewers_required, len(levels))
    return spreads(levels, rubric_of(version), asked=asked)


def _viewpoints(opinion: Assessment, proposal: Proposal) -> list[ViewpointLine]:
    lines = []
    for box, mark in VIEWPOINT_MARKS.items():
        check = opinion.viewpoints.get(box)
        if check is None:
            continue
        is_other = check["is_met"] != getattr(proposal, box)
        words = MET_WORDS[check["is_met"]]
        beside = (
            f"提案団体の記入は「{MET_WORDS[not check['is_met']]}」"
            if is_other
            else "提案団体の記入も同じ"
        )
        lines.append(
            ViewpointLine(f"視点{mark}", f"{words}（{beside}）", is_other, check["reason"])
        )
    return lines
