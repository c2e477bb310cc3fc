"""Fields of a proposal (提案の項目): required ones, limits in characters, what changed."""

from dataclasses import asdict

import pytest
from sqlalchemy.orm import Session

from app.proposals.content import (
    FIELD_LABELS,
    apply_content,
    content_of,
    hardship_and_effect_length,
    problems_of,
    viewpoint_marks,
)
from app.proposals.services.drafts import ProposalContent
from tests.factories import COMPLETE, World, make_draft, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def test_content_has_a_label_for_every_field_of_the_form() -> None:
    assert list(FIELD_LABELS) == list(asdict(ProposalContent()))


def test_complete_proposal_has_no_problem(world: World) -> None:
    assert problems_of(make_draft(world)) == {}


def test_empty_proposal_names_every_missing_field_in_the_order_of_the_form(world: World) -> None:
    blank = make_draft(world, **asdict(ProposalContent()))

    problems = problems_of(blank)

    assert list(problems.items()) == [
        ("title", ["提案概要を入力してください"]),
        ("detail", ["提案詳細を入力してください"]),
        ("requested_measure", ["求める措置を入力してください"]),
        ("hardship_case", ["支障事例を入力してください"]),
        ("effect", ["制度改正の効果を入力してください"]),
        ("viewpoints", ["当てはまる視点を1つ以上選んでください"]),
        ("contact_department", ["担当部署を入力してください"]),
    ]


@pytest.mark.parametrize(("name", "limit"), [("title", 100), ("requested_measure", 250)])
def test_limit_of_a_field_is_inclusive(world: World, name: str, limit: int) -> None:
    proposal = make_draft(world, **{name: "あ" * limit})

    assert problems_of(proposal) == {}


@pytest.mark.parametrize(
    ("name", "label", "limit"),
    [("title", "提案概要", 100), ("requested_measure", "求める措置", 250)],
)
def test_text_over_the_limit_says_by_how_many_characters(
    world: World, name: str, label: str, limit: int
) -> None:
    proposal = make_draft(world, **{name: "あ" * (limit + 3)})

    assert problems_of(proposal) == {
        name: [f"{label}は{limit}文字以内で入力してください（3文字超えています）"]
    }


def test_line_breaks_do_not_count(world: World) -> None:
    proposal = make_draft(world, title="あ\n" * 100)

    assert problems_of(proposal) == {}


def test_hardship_and_effect_share_one_limit(world: World) -> None:
    proposal = make_draft(world, hardship_case="あ" * 400, effect="い" * 300)
    over = make_draft(world, hardship_case="あ" * 400, effect="い" * 301)

    assert (hardship_and_effect_length(proposal), problems_of(proposal)) == (700, {})
    assert problems_of(over) == {
        "hardship_case": [
            "支障事例と制度改正の効果は合わせて700文字以内で入力してください（1文字超えています）"
        ]
    }


def test_limits_are_those_of_the_round(world: World) -> None:
    world.round.title_limit = 5

    assert problems_of(make_draft(world, title="六文字の題名")) == {
        "title": ["提案概要は5文字以内で入力してください（1文字超えています）"]
    }


def test_apply_content_returns_the_names_of_changed_fields(world: World) -> None:
    proposal = make_draft(world)

    changed = apply_content(proposal, asdict(world.content(effect="ほかの効果", title="題")))

    assert changed == ["title", "effect"]
    assert content_of(proposal) == asdict(world.content(effect="ほかの効果", title="題"))


def test_text_is_kept_as_typed_and_folded_for_search_only(world: World) -> None:
    proposal = make_draft(world, title="⽥んぼのＩＣカード")

    assert proposal.title == "⽥んぼのＩＣカード"
    assert proposal.search_key.startswith("田んぼのic")


@pytest.mark.parametrize(
    ("chosen", "marks"),
    [
        ({}, ["ⅰ"]),
        ({"is_viewpoint_timely_data": True}, ["ⅰ", "ⅲ"]),
        ({"is_viewpoint_new_issue": False, "is_viewpoint_reform_burden": True}, ["ⅱ"]),
    ],
)
def test_viewpoints_are_shown_as_marks(
    world: World, chosen: dict[str, bool], marks: list[str]
) -> None:
    assert COMPLETE.is_viewpoint_new_issue

    assert viewpoint_marks(make_draft(world, **chosen)) == marks
