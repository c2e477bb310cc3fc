"""The candidates of the demo (試用の対象候補): as the meeting paper prints them."""

import json

import pytest
from sqlalchemy import select

from app.candidates.models import Candidate, CandidateCase, CandidateExemption
from app.extensions import db
from app.proposals.models import Proposal
from app.reports.catalog import REPORTS
from app.reports.files import report_json
from app.rounds.models import Category
from app.rounds.queries import get_round

CLOUD = "Ⅱ(1) クラウドの活用による情報集約手法のフラット化"
KEYS = ["seq", "section", "system", "ministries", "origin", "status"]


@pytest.mark.usefixtures("demo_session")
def test_report_is_the_printed_list() -> None:
    report = json.loads(report_json(REPORTS["candidates"].build(get_round("R6"), None)))

    rows = report["rows"]
    assert (report["total"], [row["seq"] for row in rows]) == (15, list("①②③④⑤⑥⑦⑧＋⑨＋⑩⑪⑫＋"))
    assert list(rows[7].items()) == list(
        zip(
            KEYS,
            [
                "⑧",
                CLOUD,
                "経由調査（232調査）の一斉調査システムの利用拡大等",
                "行革事務局;総務省;デジタル庁",
                "経由調査",
                "",
            ],
            strict=True,
        )
    )
    assert [row["status"] for row in rows] == [*[""] * 8, "検討", "P", "検討", *[""] * 3, "検討"]
    assert rows[14]["section"] == ""


@pytest.mark.usefixtures("demo_session")
def test_every_case_for_candidates_has_one_or_a_reason() -> None:
    links = db.session.execute(
        select(Candidate.mark, Proposal.receipt_number)
        .join(CandidateCase, CandidateCase.candidate_id == Candidate.id)
        .join(Proposal, Proposal.id == CandidateCase.proposal_id)
        .order_by(Candidate.mark, Proposal.receipt_sequence)
    ).all()
    exempt = set(db.session.scalars(select(CandidateExemption.proposal_id)))
    of_class = select(Proposal.id).join(Category, Category.id == Proposal.category_id)
    of_r6 = Proposal.round_id == get_round("R6").id
    owed = set(db.session.scalars(of_class.where(Category.key == "f5", of_r6)))
    linked = set(db.session.scalars(select(CandidateCase.proposal_id)))

    assert {mark: sum(row[0] == mark for row in links) for mark in (1, 9, 12)} == {
        1: 5,
        9: 2,
        12: 3,
    }
    assert [number for mark, number in links if mark == 9] == ["R6-0228", "R6-0229"]
    assert (len(owed), len(exempt), owed - linked - exempt) == (11, 3, set())
