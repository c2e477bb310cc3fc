"""Content by the form of the round (提案の項目): required ones, limits, conditions, changes."""

from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.accounts.queries import list_ministries
from app.core.errors import InvalidInput
from app.proposals.content import (
    answer_of,
    apply_content,
    changed_fields,
    check_choices,
    clear_hidden,
    content_of,
    extra_fields,
    field_of,
    group_length,
    hidden_fields,
    inner_fields,
    is_answered,
    label_of,
    limit_groups,
    problems_of,
    required_fields,
    shared_fields,
    shown_fields,
    viewpoint_marks,
    visible_fields,
    words_in,
    write_answers,
)
from app.proposals.content.answers import COLUMNS
from app.proposals.models import Proposal
from app.proposals.services.drafts import ProposalContent, start_draft
from app.rounds.default_form import BUNKEN_FIELD, CORE_FIELDS
from app.rounds.models import FieldAudience, FieldKind, FormField
from tests.factories import COMPLETE, World, kept, make_draft, make_world
from tests.rounds.forms import add_field, make_round

ANNEX = "。長い文は別紙に書き、添付してください"


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def form_field(world: World, name: str) -> FormField:
    found = field_of(world.round, name)
    assert found is not None
    return found


def names(fields: list[FormField]) -> list[str]:
    return [field.name for field in fields]


# --- Names and places -----------------------------------------------------------------------------


def test_fields_every_form_has_are_columns_of_the_proposal() -> None:
    texts = {name: size for name, size in CORE_FIELDS.items() if size is not None and size < 20_000}

    columns = Proposal.__table__.columns
    assert {name for name in COLUMNS if name not in columns} == set()
    assert {name: columns[name].type.length for name in texts} == texts  # type: ignore[attr-defined]


def test_content_of_the_command_are_the_columns_and_the_other_answers() -> None:
    assert set(asdict(ProposalContent())) == {*COLUMNS, "answers"}


def test_content_lists_every_field_in_the_order_of_the_form(world: World) -> None:
    content = content_of(make_draft(world))

    assert content == kept(COMPLETE)
    assert list(content)[5:11] == [
        "legal_basis",
        "ministry_id",
        "is_viewpoint_new_issue",
        "is_viewpoint_reform_burden",
        "is_viewpoint_timely_data",
        "adoption_status",
    ]


def test_answers_of_columns_and_others_are_read_alike(world: World) -> None:
    proposal = make_draft(world, answers={BUNKEN_FIELD: "yes"})

    read = [answer_of(proposal, name) for name in ("title", "viewpoints", BUNKEN_FIELD, "extra_9")]

    assert read == [COMPLETE.title, ["is_viewpoint_new_issue"], "yes", ""]


def test_label_of_a_field_is_that_of_the_round(world: World) -> None:
    other = make_round(world, "R7")
    renamed = field_of(other, "title")
    assert renamed is not None
    renamed.label = "提案の名前"

    labels = [
        label_of(row, name)
        for row in (world.round, other)
        for name in ("title", "is_viewpoint_timely_data", "extra_9")
    ]

    assert labels == ["提案概要", "視点ⅲ", "extra_9", "提案の名前", "視点ⅲ", "extra_9"]


def test_fields_are_parted_by_who_reads_them(world: World) -> None:
    form_field(world, "adoption_status").audience = FieldAudience.BODY_AND_SECRETARIAT

    inner, shared = names(inner_fields(world.round)), names(shared_fields(world.round))

    assert inner == ["adoption_status", "contact_department", "contact_email"]
    assert shared == [
        "title",
        "detail",
        "requested_measure",
        "hardship_case",
        "effect",
        "legal_basis",
        "ministry_id",
        "viewpoints",
        BUNKEN_FIELD,
        "bunken_control_number",
    ]


def test_extra_fields_are_those_without_a_column(world: World) -> None:
    add_field(world.round, "extra_1", FieldKind.TEXT, "費用")

    assert names(extra_fields(world.round)) == [BUNKEN_FIELD, "extra_1"]


# --- What is missing ------------------------------------------------------------------------------


def test_complete_proposal_has_no_problem(world: World) -> None:
    assert problems_of(make_draft(world)) == {}


def test_empty_proposal_names_every_missing_field_in_the_order_of_the_form(world: World) -> None:
    blank = start_draft(world.round, ProposalContent(), actor=world["city"])

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
    assert names(required_fields(blank)) == list(problems)


def test_required_choice_is_asked_for_as_a_choice(world: World) -> None:
    add_field(world.round, "extra_1", FieldKind.CHOICE, "規模", choices=["小"], is_required=True)
    form_field(world, "ministry_id").is_required = True

    assert problems_of(make_draft(world)) == {
        "ministry_id": ["所管府省庁を選んでください"],
        "extra_1": ["規模を選んでください"],
    }


@pytest.mark.parametrize("address", ["mado@city.kinoe.example", "mado@madoguchi", ""])
def test_address_of_the_right_shape_is_taken(world: World, address: str) -> None:
    assert problems_of(make_draft(world, contact_email=address)) == {}


@pytest.mark.parametrize("address", ["mado", "mado@", "mado＠city.example.jp", "a b@c.jp", "a@b@c"])
def test_address_of_another_shape_is_told(world: World, address: str) -> None:
    assert problems_of(make_draft(world, contact_email=address)) == {
        "contact_email": [
            "連絡先メールアドレスは、mado@city.example.jp のような形で入力してください"
        ]
    }


@pytest.mark.parametrize(
    ("sent", "is_refused"), [("小", False), ("大", False), ("", False), ("中", True)]
)
def test_choice_must_be_one_that_is_offered(world: World, sent: str, is_refused: bool) -> None:
    add_field(world.round, "extra_1", FieldKind.CHOICE, "規模", choices=["小", "大"])

    try:
        check_choices(world.round, {"extra_1": sent, "extra_9": "何か"})
        errors = {}
    except InvalidInput as error:
        errors = error.errors

    assert errors == ({"extra_1": ["規模を一覧から選んでください"]} if is_refused else {})


# --- Limits ---------------------------------------------------------------------------------------


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
        name: [f"{label}は{limit}文字以内で入力してください（3文字超えています）{ANNEX}"]
    }


def test_line_breaks_do_not_count(world: World) -> None:
    proposal = make_draft(world, title="あ\n" * 100)

    assert problems_of(proposal) == {}


def test_hardship_and_effect_share_one_limit(world: World) -> None:
    proposal = make_draft(world, hardship_case="あ" * 400, effect="い" * 300)
    over = make_draft(world, hardship_case="あ" * 400, effect="い" * 301)

    (group,) = [group for group in limit_groups(world.round) if len(group.fields) > 1]
    assert (group_length(group, content_of(proposal)), problems_of(proposal)) == (700, {})
    assert problems_of(over) == {
        "hardship_case": [
            "支障事例と制度改正の効果は合わせて700文字以内で入力してください"
            f"（1文字超えています）{ANNEX}"
        ]
    }


def test_limits_are_those_of_the_round(world: World) -> None:
    other = make_round(world, "R7")
    form_field(world, "title").character_limit = 5
    title = {"title": "六文字の題名"}

    here, there = (
        make_draft(world, **title),
        start_draft(other, world.content(**title), actor=world["city"]),
    )

    assert problems_of(here) == {
        "title": [f"提案概要は5文字以内で入力してください（1文字超えています）{ANNEX}"]
    }
    assert problems_of(there) == {}


def test_extra_field_has_a_limit_of_its_own(world: World) -> None:
    add_field(world.round, "extra_1", FieldKind.TEXT, "費用", character_limit=3)

    assert problems_of(make_draft(world, answers={"extra_1": "四文字だ"})) == {
        "extra_1": [f"費用は3文字以内で入力してください（1文字超えています）{ANNEX}"]
    }


# --- Conditions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "number", "is_shown"),
    [
        ("yes", "", True),
        ("yes", "12", True),
        ("no", "12", False),
        ("no", "", False),
        ("", "", False),
        # Nobody has decided yet: what was typed does not disappear.
        ("", "12", True),
    ],
)
def test_conditional_field_is_shown_by_the_deciding_answer(
    world: World, answer: str, number: str, is_shown: bool
) -> None:
    proposal = make_draft(world, bunken_control_number=number, answers={BUNKEN_FIELD: answer})

    assert ("bunken_control_number" in names(shown_fields(proposal))) is is_shown
    assert names(hidden_fields(proposal)) == ([] if is_shown else ["bunken_control_number"])


def test_field_behind_a_hidden_field_is_hidden_too(world: World) -> None:
    add_field(
        world.round,
        "extra_1",
        FieldKind.YES_NO,
        "採択された",
        shown_when_field=BUNKEN_FIELD,
        shown_when_value="yes",
    )
    add_field(
        world.round,
        "extra_2",
        FieldKind.TEXT,
        "採択の年",
        shown_when_field="extra_1",
        shown_when_value="yes",
    )
    values: dict[str, Any] = {"extra_1": "yes", "extra_2": "令和5年"}

    shown = names(visible_fields(world.round, {**values, BUNKEN_FIELD: "yes"}))
    hidden = names(visible_fields(world.round, {**values, BUNKEN_FIELD: "no"}))

    assert shown[-2:] == ["extra_1", "extra_2"]
    assert [name for name in shown if name not in hidden] == [
        "bunken_control_number",
        "extra_1",
        "extra_2",
    ]


@pytest.mark.parametrize(
    ("answer", "problems"),
    [
        ("yes", {"bunken_control_number": ["分権提案管理番号を入力してください"]}),
        ("no", {}),
        ("", {}),
    ],
)
def test_conditional_field_is_required_only_when_shown(
    world: World, answer: str, problems: dict[str, list[str]]
) -> None:
    form_field(world, "bunken_control_number").is_required = True

    assert problems_of(make_draft(world, answers={BUNKEN_FIELD: answer})) == problems


def test_hidden_text_is_never_too_long(world: World) -> None:
    number = form_field(world, "bunken_control_number")
    number.character_limit = 2
    hidden = {"bunken_control_number": "12345", "answers": {BUNKEN_FIELD: "no"}}

    assert problems_of(make_draft(world, **hidden)) == {}


def test_hidden_answer_is_cleared_unless_the_form_keeps_it(world: World) -> None:
    hidden = {"bunken_control_number": "12", "answers": {BUNKEN_FIELD: "no"}}
    cleared, keeping = make_draft(world, **hidden), make_draft(world, **hidden)

    names_cleared = clear_hidden(cleared)
    form_field(world, "bunken_control_number").keeps_hidden_answer = True
    names_kept = clear_hidden(keeping)

    assert (names_cleared, cleared.bunken_control_number) == (["bunken_control_number"], "")
    assert (names_kept, keeping.bunken_control_number) == ([], "12")


def test_hidden_viewpoints_are_cleared_box_by_box(world: World) -> None:
    viewpoints = form_field(world, "viewpoints")
    # The deciding field has to stand before what it decides about.
    form_field(world, BUNKEN_FIELD).position = 1
    viewpoints.shown_when_field, viewpoints.shown_when_value = BUNKEN_FIELD, "yes"
    proposal = make_draft(world, answers={BUNKEN_FIELD: "no"})
    world.round.form_fields.sort(key=lambda field: field.position)

    cleared = clear_hidden(proposal)

    assert cleared == ["is_viewpoint_new_issue"]
    assert viewpoint_marks(proposal) == []


# --- Writing and comparing ------------------------------------------------------------------------


def test_apply_content_returns_the_names_of_changed_fields(world: World) -> None:
    proposal = make_draft(world)
    other = world.content(effect="ほかの効果", title="題", answers={BUNKEN_FIELD: "no"})

    changed = apply_content(proposal, asdict(other))

    assert changed == ["title", "effect", BUNKEN_FIELD]
    assert content_of(proposal) == kept(other)


def test_apply_content_takes_back_what_a_revision_keeps(world: World) -> None:
    proposal = make_draft(world)
    before = content_of(proposal)
    apply_content(proposal, asdict(world.content(title="題", answers={BUNKEN_FIELD: "no"})))

    apply_content(proposal, before)

    assert content_of(proposal) == before
    assert proposal.answers == {}


def test_apply_content_keeps_what_is_not_given_and_leaves_out_what_is_not_asked(
    world: World,
) -> None:
    proposal = make_draft(world, answers={BUNKEN_FIELD: "yes"})

    changed = apply_content(proposal, {"title": "題", "extra_9": "様式にない"})

    assert changed == ["title"]
    assert content_of(proposal) == kept(world.content(title="題", answers={BUNKEN_FIELD: "yes"}))


def test_text_is_kept_as_typed_and_folded_for_search_only(world: World) -> None:
    proposal = make_draft(world, title="⽥んぼのＩＣカード")

    assert proposal.title == "⽥んぼのＩＣカード"
    assert proposal.search_key.startswith("田んぼのic")


def test_field_that_did_not_exist_yet_counts_as_left_empty(world: World) -> None:
    proposal = make_draft(world)
    first = content_of(proposal)
    add_field(world.round, "extra_1", FieldKind.TEXT, "費用")
    empty = content_of(proposal)

    write_answers(proposal, {"extra_1": "百万円", "is_viewpoint_timely_data": True})
    filled = content_of(proposal)

    assert changed_fields(world.round, first, empty) == []
    assert names(changed_fields(world.round, first, filled)) == ["viewpoints", "extra_1"]


# --- In words -------------------------------------------------------------------------------------


def test_answers_are_put_into_words(world: World) -> None:
    ministry = list_ministries()[0]
    content = content_of(
        make_draft(
            world,
            ministry_id=ministry.id,
            is_viewpoint_timely_data=True,
            answers={BUNKEN_FIELD: "no"},
        )
    )

    words = [
        words_in(form_field(world, name), content)
        for name in ("title", "ministry_id", "viewpoints", BUNKEN_FIELD, "legal_basis")
    ]

    assert words == [
        COMPLETE.title,
        "厚生労働省",
        "ⅰ　新しい課題で、導入団体は少ないが全国に広げる意義がある\n"
        "ⅲ　データを適時に扱う必要があり、国への報告に手間がかかる",
        "いいえ",
        "",
    ]


@pytest.mark.parametrize(("text", "expected"), [("　\n", False), ("", False), ("あ", True)])
def test_blanks_are_no_answer(world: World, text: str, expected: bool) -> None:
    assert is_answered(form_field(world, "title"), {"title": text}) is expected


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
