"""The rubric (評価の基準): anchored levels, weights, 判断しない is no zero, no class by it."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core.errors import InvalidInput, NotAllowed, StaleVersion
from app.proposals.models import Proposal
from app.rounds.default_rubric import DEFAULT_RUBRIC
from app.rounds.queries import current_rubric_version, rubric_versions
from app.triage.opinion_view import parts_of, rating_spreads
from app.triage.queries import assessments_of
from app.triage.rubric import CRITERION_KEYS, Levels, level_errors, rubric_of, score, spreads
from app.triage.services.assess import Assess, assess
from app.triage.services.confirm import give_second_opinion
from app.triage.services.guide import ChangeRubric, change_rubric, seen_of
from tests.accounts.browser import enter
from tests.factories import World, make_in_review
from tests.triage.pages import address, errors_of, section_of, typed

ALL_OUT = dict.fromkeys(CRITERION_KEYS)


def rate(world: World, proposal: Proposal, levels: Levels) -> None:
    command = Assess(version=proposal.version, category_key="f5", reason="理由", ratings=levels)
    assess(proposal, command, actor=world["officer1"])


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        # Weights 2, 2, 1; the third criterion has three levels: 2 of 3 stands at 3 of 5.
        ({"effect": 5, "coordination_cost": 3, "viewpoint": 2}, (2 * 5 + 2 * 3 + 3) / 5),
        ({"effect": 4, "coordination_cost": None, "viewpoint": None}, 4.0),
        (ALL_OUT, None),
        ({}, None),
    ],
)
def test_e1_score_leaves_out_what_was_not_judged(
    world: World, levels: Levels, expected: float | None
) -> None:
    rubric = rubric_of(current_rubric_version(world.round))

    assert score(levels, rubric) == expected


def test_spreads_count_means_and_differences(world: World) -> None:
    rubric = rubric_of(current_rubric_version(world.round))
    ratings: list[Levels] = [
        {"effect": 5, "coordination_cost": None, "viewpoint": None},
        {"effect": 2, "coordination_cost": None, "viewpoint": 3},
    ]

    lines = spreads(ratings, rubric, asked=2)

    assert [(row.label, row.rated, row.asked, row.mean, row.difference) for row in lines[:3]] == [
        ("効果", 2, 2, 3.5, 3.0),
        ("調整コスト", 0, 2, None, None),
        ("視点の当てはまり", 1, 2, 5.0, None),
    ]


@pytest.mark.parametrize(
    ("levels", "is_taken"),
    [
        ({}, True),
        (ALL_OUT, True),
        ({"effect": 3}, False),
        ({**ALL_OUT, "viewpoint": 4}, False),
        ({**ALL_OUT, "effect": 0}, False),
        ({**ALL_OUT, "other": 1}, False),
    ],
)
def test_levels_are_those_of_the_rubric_and_of_all_criteria(
    world: World, levels: Levels, is_taken: bool
) -> None:
    rubric = rubric_of(current_rubric_version(world.round))

    assert (level_errors(levels, rubric) == []) is is_taken


def test_rating_is_kept_with_the_opinion_and_decides_no_class(world: World) -> None:
    proposal = make_in_review(world)

    rate(world, proposal, {"effect": 1, "coordination_cost": 1, "viewpoint": None})

    [opinion] = assessments_of(proposal)
    assert opinion.category.key == "f5"
    parts = parts_of(opinion, proposal)
    assert [(row.label, row.level) for row in parts.rating] == [
        ("効果", 1),
        ("調整コスト", 1),
        ("視点の当てはまり", None),
    ]
    assert parts.score == 1.0


def test_rubric_changed_in_place_meanwhile_is_not_written_over(world: World) -> None:
    seen = seen_of(current_rubric_version(world.round))
    first = ChangeRubric(seen=seen, criteria=criteria(weight=3), reason="重みの見直し")
    change_rubric(world.round, first, actor=world["lead"])

    with pytest.raises(StaleVersion):
        change_rubric(
            world.round,
            ChangeRubric(seen=seen, criteria=criteria(weight=5), reason="別の見直し"),
            actor=world["lead"],
        )

    assert current_rubric_version(world.round).content["criteria"][0]["weight"] == 3


def test_two_opinions_of_a_blind_round_are_summed_up(world: World) -> None:
    world.round.is_second_opinion_blind = True
    proposal = make_in_review(world)
    rate(world, proposal, {**ALL_OUT, "effect": 5})
    [first] = assessments_of(proposal)
    command = Assess(
        version=proposal.version,
        category_key="f5",
        reason="理由",
        ratings={**ALL_OUT, "effect": 2},
    )
    before = rating_spreads(proposal, world["officer2"])
    give_second_opinion(proposal, command, assessment_id=first.id, actor=world["officer2"])

    after = rating_spreads(proposal, world["officer2"])

    assert before == []
    assert (after[0].rated, after[0].mean, after[0].difference) == (2, 3.5, 3.0)


def seen_now(world: World) -> str:
    return seen_of(current_rubric_version(world.round))


def criteria(**changes: object) -> tuple[dict[str, object], ...]:
    first, *rest = DEFAULT_RUBRIC["criteria"]
    return ({**first, **changes}, *rest)


def test_rubric_changes_in_place_before_the_first_rating_and_anew_later(world: World) -> None:
    command = ChangeRubric(seen=seen_now(world), criteria=criteria(weight=3), reason="重みの見直し")
    change_rubric(world.round, command, actor=world["lead"])
    in_place = len(rubric_versions(world.round))
    proposal = make_in_review(world)
    rate(world, proposal, {**ALL_OUT, "effect": 5})

    later = ChangeRubric(
        seen=seen_now(world), criteria=criteria(anchors=["低い", "高い"]), reason="2段階に"
    )
    change_rubric(world.round, later, actor=world["lead"])

    assert (in_place, [row.number for row in rubric_versions(world.round)]) == (1, [2, 1])
    [opinion] = assessments_of(proposal)
    assert (
        parts_of(opinion, proposal).rating[0].anchor == DEFAULT_RUBRIC["criteria"][0]["anchors"][4]
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"label": ""}, "label_effect"),
        ({"weight": 0}, "weight_effect"),
        ({"anchors": ["一つだけ"]}, "anchors_effect"),
        ({"anchors": list("一二三四五六")}, "anchors_effect"),
        ({"key": "other"}, "number"),
    ],
)
def test_rubric_that_cannot_be_used_is_refused(
    world: World, changes: dict[str, object], field: str
) -> None:
    command = ChangeRubric(seen=seen_now(world), criteria=criteria(**changes), reason="見直し")

    with pytest.raises(InvalidInput) as refused:
        change_rubric(world.round, command, actor=world["lead"])

    assert list(refused.value.errors) == [field]


def test_rubric_is_for_leads_and_not_for_latecomers(world: World) -> None:
    command = ChangeRubric(seen=seen_now(world), criteria=criteria(weight=3), reason="見直し")

    with pytest.raises(NotAllowed):
        change_rubric(world.round, command, actor=world["officer1"])
    with pytest.raises(StaleVersion):
        change_rubric(
            world.round,
            ChangeRubric(seen="7-0", criteria=criteria(weight=3), reason="見直し"),
            actor=world["lead"],
        )


def test_rubric_page_keeps_what_was_typed_and_stores_a_change(
    app: Flask, world: World, db_session: Session
) -> None:
    values = {"seen": seen_now(world), "reason": "見直し"}
    for row in DEFAULT_RUBRIC["criteria"]:
        key = row["key"]
        values |= {
            f"label_{key}": row["label"],
            f"weight_{key}": str(row["weight"]),
            f"anchors_{key}": "\r\n".join(row["anchors"]),
        }
    browser = enter(app, "lead")

    refused = browser.post("/triage/rubric", data={**values, "weight_effect": "重い"})
    done = browser.post("/triage/rubric", data={**values, "weight_effect": "4"})

    assert (refused.status_code, errors_of(refused)) == (
        422,
        ["重みは1から10までの整数にしてください"],
    )
    assert done.status_code == 302
    db_session.expire_all()
    content = current_rubric_version(world.round).content
    assert [row["weight"] for row in content["criteria"]] == [4, 2, 1]


def test_desk_takes_viewpoints_and_rating_and_the_record_shows_them(
    app: Flask, world: World, db_session: Session
) -> None:
    proposal = make_in_review(world)
    db_session.commit()
    browser = enter(app, "officer1")
    values = {
        "category_key": "f5",
        "reason": "理由",
        "viewpoints-is_viewpoint_new_issue": "no",
        "ratings-effect": "4",
        "ratings-coordination_cost": "abstain",
        "ratings-viewpoint": "1",
    }

    refused = browser.post(address(proposal, "assess"), data=typed(proposal, **values))
    why = {"viewpoints-is_viewpoint_new_issue_reason": "新しい課題ではない"}
    done = browser.post(address(proposal, "assess"), data=typed(proposal, **values, **why))
    record = browser.get(address(proposal, "triage-record"))

    assert errors_of(refused) == ["視点ⅰは提案団体の記入と違います。わけを一言入力してください"]
    assert done.status_code == 302
    section = section_of(record, "opinions-head")
    assert "当てはまらない（提案団体の記入は「当てはまる」）" in section
    assert "わけ：新しい課題ではない" in section
    assert "評点 3.0" in section
