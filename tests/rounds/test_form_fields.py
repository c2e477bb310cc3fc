"""The form of a round as data (様式): its standard, its rules, who may change what and when."""

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core.errors import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from app.proposals.services.form_fields import RemoveField, count_answers, remove_field
from app.rounds.default_form import BUNKEN_FIELD, CORE_FIELDS
from app.rounds.form_rules import FieldSettings
from app.rounds.models import FieldAudience, FieldKind, FormField, Round
from app.rounds.round_form import condition_words, fields_of, limit_words
from app.rounds.services.form_fields import (
    AddField,
    ChangeField,
    MoveField,
    RewordField,
    add_field,
    change_field,
    move_field,
    reword_field,
)
from tests.accounts.browser import let_in
from tests.factories import World, make_draft, make_submitted, make_world
from tests.rounds.forms import make_round, named


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def settings_of(field: FormField, **changes: Any) -> FieldSettings:
    """Settings a field has now, with the changes."""
    together = {"hardship_case": "effect", "effect": "hardship_case"}
    values: dict[str, Any] = {
        "label": field.label,
        "help": field.help,
        "section": field.section,
        "is_required": field.is_required,
        "character_limit": field.character_limit,
        "counted_with": together.get(field.name, "") if field.limit_group else "",
        "choices": tuple(field.choices),
        "shown_when_field": field.shown_when_field or "",
        "shown_when_value": field.shown_when_value,
        "keeps_hidden_answer": field.keeps_hidden_answer,
        "audience": field.audience,
    }
    return FieldSettings(**(values | changes))


def change(world: World, name: str, **changes: Any) -> list[str]:
    field = named(world.round, name)
    command = ChangeField(version=world.round.form_version, settings=settings_of(field, **changes))
    return change_field(world.round, name, command, actor=world["admin"])


def add(world: World, kind: FieldKind = FieldKind.TEXT, **settings: Any) -> FormField:
    command = AddField(
        version=world.round.form_version,
        kind=kind,
        settings=FieldSettings(**({"label": "費用"} | settings)),
    )
    return add_field(world.round, command, actor=world["admin"])


def move(world: World, name: str, *, is_up: bool) -> None:
    command = MoveField(version=world.round.form_version, is_up=is_up)
    move_field(world.round, name, command, actor=world["admin"])


def remove(world: World, name: str) -> None:
    command = RemoveField(version=world.round.form_version)
    remove_field(world.round, name, command, actor=world["admin"])


def names(round_: Round) -> list[str]:
    return [field.name for field in fields_of(round_)]


def errors_of(act: Any, *arguments: Any, **changes: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as caught:
        act(*arguments, **changes)
    return caught.value.errors


def trail(session: Session) -> list[tuple[str, dict[str, Any]]]:
    session.commit()
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.verb.like("round.%field")).order_by(AuditEvent.seq)
    )
    return [(event.verb, event.changes) for event in events]


# --- The standard form ----------------------------------------------------------------------------


def test_new_round_has_the_standard_form(world: World) -> None:
    fields = fields_of(world.round)

    assert [row.name for row in fields if row.name in CORE_FIELDS] == list(CORE_FIELDS)
    assert [row.position for row in fields] == list(range(1, len(fields) + 1))
    assert [row.name for row in fields if row.audience is not FieldAudience.SHARED] == [
        "contact_department",
        "contact_email",
    ]
    assert limit_words(world.round) == (
        "提案概要 100文字、求める措置 250文字、支障事例と制度改正の効果を合わせて 700文字"
    )


def test_number_of_the_other_call_is_asked_only_where_there_is_one(world: World) -> None:
    number = named(world.round, "bunken_control_number")

    words = condition_words(world.round, number)

    assert (number.shown_when_field, number.shown_when_value) == (BUNKEN_FIELD, "yes")
    assert words == "「地方分権改革の提案募集にも出している」が「はい」のとき"
    assert condition_words(world.round, named(world.round, "title")) == ""


def test_rounds_do_not_share_their_fields(world: World) -> None:
    other = make_round(world, "R7")

    change(world, "title", label="題")

    labels = [named(round_, "title").label for round_ in (world.round, other)]
    assert labels == ["題", "提案概要"]


# --- Changing -------------------------------------------------------------------------------------


def test_change_of_a_field_is_kept_and_audited(world: World, db_session: Session) -> None:
    changed = change(world, "legal_basis", label="根拠", is_required=True, character_limit=300)

    field = named(world.round, "legal_basis")
    assert changed == ["label", "is_required", "character_limit"]
    assert (field.label, field.is_required, field.character_limit) == ("根拠", True, 300)
    assert world.round.form_version == 2
    assert trail(db_session) == [
        (
            "round.change_form_field",
            {"field": "legal_basis", "set": changed, "character_limit": 300, "form_version": 2},
        )
    ]


def test_change_of_nothing_leaves_no_trace(world: World, db_session: Session) -> None:
    assert change(world, "hardship_case") == []

    assert (world.round.form_version, trail(db_session)) == (1, [])


def test_settings_a_kind_does_not_have_are_ignored(world: World) -> None:
    change(world, "ministry_id", character_limit=5, counted_with="title", choices=("あ",))

    field = named(world.round, "ministry_id")
    assert (field.character_limit, field.limit_group, field.choices) == (None, None, [])


def test_fields_counted_together_share_the_limit(world: World) -> None:
    change(world, "detail", character_limit=900, counted_with="effect")

    together = [
        (row.name, row.character_limit)
        for row in fields_of(world.round)
        if row.limit_group is not None
    ]
    assert together == [("detail", 900), ("hardship_case", 900), ("effect", 900)]


def test_field_counted_alone_leaves_no_group_of_one(world: World) -> None:
    change(world, "effect", counted_with="", character_limit=400)

    limits = [
        (row.character_limit, row.limit_group)
        for row in (named(world.round, "hardship_case"), named(world.round, "effect"))
    ]
    assert limits == [(700, None), (400, None)]


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("detail", {"label": "　"}, "label"),
        ("detail", {"label": "あ" * 101}, "label"),
        ("detail", {"label": "提案概要"}, "label"),
        ("detail", {"help": "あ" * 1001}, "help"),
        ("detail", {"section": "あ" * 101}, "section"),
        ("detail", {"character_limit": 0}, "character_limit"),
        ("detail", {"character_limit": 20_001}, "character_limit"),
        ("bunken_control_number", {"character_limit": 17}, "character_limit"),
        ("detail", {"counted_with": "effect"}, "character_limit"),
        ("detail", {"character_limit": 5, "counted_with": "detail"}, "counted_with"),
        ("detail", {"character_limit": 5, "counted_with": "ministry_id"}, "counted_with"),
        (
            "detail",
            {"character_limit": 17, "counted_with": "bunken_control_number"},
            "character_limit",
        ),
        ("viewpoints", {"choices": ("ⅰ", "ⅱ")}, "choices"),
        ("contact_email", {"shown_when_field": "title", "shown_when_value": "あ"}, "condition"),
        ("detail", {"shown_when_field": BUNKEN_FIELD, "shown_when_value": "yes"}, "condition"),
        (
            "contact_email",
            {"shown_when_field": BUNKEN_FIELD, "shown_when_value": "たぶん"},
            "condition",
        ),
        ("title", {"is_required": False}, "is_required"),
        ("title", {"audience": FieldAudience.BODY_AND_SECRETARIAT}, "audience"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    world: World, name: str, changes: dict[str, Any], field: str
) -> None:
    errors = errors_of(change, world, name, **changes)

    assert list(errors) == [field]


# --- Adding and removing --------------------------------------------------------------------------


def test_added_field_stands_last_and_is_named_by_the_system(
    world: World, db_session: Session
) -> None:
    first = add(world, label="費用", character_limit=50)
    second = add(
        world,
        FieldKind.CHOICE,
        label="規模",
        choices=("小", "大"),
        shown_when_field=BUNKEN_FIELD,
        shown_when_value="no",
    )

    assert [row.name for row in fields_of(world.round)[-2:]] == ["extra_1", "extra_2"]
    assert (first.audience, first.character_limit) == (FieldAudience.BODY_AND_SECRETARIAT, 50)
    assert (second.choices, second.shown_when_value) == (["小", "大"], "no")
    assert [changes["field"] for _, changes in trail(db_session)] == ["extra_1", "extra_2"]


@pytest.mark.parametrize("kind", [FieldKind.MINISTRY, FieldKind.VIEWPOINTS])
def test_kinds_of_columns_cannot_be_added(world: World, kind: FieldKind) -> None:
    assert errors_of(add, world, kind) == {"kind": ["項目の種類を一覧から選んでください"]}


@pytest.mark.parametrize(
    "choices", [(), ("小",), ("小", "小"), ("小", "大" * 201), tuple(map(str, range(51)))]
)
def test_choice_needs_different_choices(world: World, choices: tuple[str, ...]) -> None:
    assert list(errors_of(add, world, FieldKind.CHOICE, choices=choices)) == ["choices"]


def test_choice_that_is_a_condition_stays(world: World) -> None:
    add(world, FieldKind.CHOICE, label="規模", choices=("小", "大"))
    add(world, label="費用", shown_when_field="extra_1", shown_when_value="大")

    errors = errors_of(change, world, "extra_1", choices=("小", "中"))

    assert errors == {"choices": ["「大」は別の項目の条件なので消せません"]}


def test_unanswered_added_field_is_removed(world: World, db_session: Session) -> None:
    add(world)
    make_draft(world)

    remove(world, "extra_1")

    assert "extra_1" not in names(world.round)
    assert trail(db_session)[-1] == (
        "round.remove_form_field",
        {"field": "extra_1", "form_version": 3},
    )


def test_answered_field_stays(world: World, db_session: Session) -> None:
    add(world)
    make_draft(world, answers={"extra_1": "百万円"})
    make_draft(world)
    db_session.commit()

    with pytest.raises(IllegalTransition, match="下書き1件がこの項目に答えている"):
        remove(world, "extra_1")

    db_session.rollback()
    assert count_answers(world.round, "extra_1") == 1
    assert "extra_1" in names(world.round)


def test_field_every_form_has_stays(world: World) -> None:
    with pytest.raises(IllegalTransition, match="どの様式にもある項目"):
        remove(world, "adoption_status")


def test_field_that_decides_about_another_stays(world: World) -> None:
    with pytest.raises(IllegalTransition, match="「分権提案管理番号」の条件"):
        remove(world, BUNKEN_FIELD)


def test_missing_field_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        remove(world, "extra_9")


# --- Moving ---------------------------------------------------------------------------------------


def test_field_moves_one_place(world: World) -> None:
    before = names(world.round)

    move(world, "effect", is_up=True)
    move(world, "contact_email", is_up=False)

    after = names(world.round)
    assert after[3:5] == ["effect", "hardship_case"]
    assert sorted(after) == sorted(before)
    assert after[-1] == "contact_email"


@pytest.mark.parametrize(
    ("name", "is_up"), [("bunken_control_number", True), (BUNKEN_FIELD, False)]
)
def test_condition_stays_before_what_follows_it(world: World, name: str, is_up: bool) -> None:
    errors = errors_of(move, world, name, is_up=is_up)

    assert errors == {"position": ["条件にする項目は、その条件に従う項目より前に置いてください。"]}


# --- Who and when ---------------------------------------------------------------------------------


def test_after_the_first_submission_only_the_words_change(world: World) -> None:
    make_submitted(world)
    words = RewordField(version=world.round.form_version, label="題", help="短く")

    reword_field(world.round, "title", words, actor=world["admin"])

    field = named(world.round, "title")
    assert (field.label, field.help, field.character_limit) == ("題", "短く", 100)
    for act in (
        lambda: change(world, "title", character_limit=5),
        lambda: add(world),
        lambda: move(world, "effect", is_up=True),
        lambda: remove(world, BUNKEN_FIELD),
    ):
        with pytest.raises(IllegalTransition, match="提出があったため"):
            act()


def test_words_may_not_repeat_another_label(world: World) -> None:
    words = RewordField(version=1, label="提案詳細", help="")

    errors = errors_of(reword_field, world.round, "title", words, actor=world["admin"])

    assert errors == {"label": ["この項目名は、この様式の別の項目で使われています"]}


@pytest.mark.parametrize("login", ["lead", "officer1", "auditor", "city-mgr", "ministry"])
def test_only_the_administration_changes_the_form(world: World, login: str) -> None:
    actor = world[login]
    version = world.round.form_version
    settings = FieldSettings(label="題")
    acts = [
        lambda: change_field(
            world.round, "detail", ChangeField(version=version, settings=settings), actor=actor
        ),
        lambda: reword_field(
            world.round, "detail", RewordField(version=version, label="題", help=""), actor=actor
        ),
        lambda: add_field(
            world.round,
            AddField(version=version, kind=FieldKind.TEXT, settings=settings),
            actor=actor,
        ),
        lambda: move_field(
            world.round, "detail", MoveField(version=version, is_up=True), actor=actor
        ),
        lambda: remove_field(world.round, BUNKEN_FIELD, RemoveField(version=version), actor=actor),
    ]

    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_page_of_an_older_form_is_stale(world: World) -> None:
    seen = replace(
        ChangeField(version=world.round.form_version, settings=FieldSettings(label="題")),
    )
    change(world, "effect", label="効果")

    with pytest.raises(StaleVersion):
        change_field(world.round, "detail", seen, actor=world["admin"])


# --- Pages ----------------------------------------------------------------------------------------


def test_admin_adds_changes_moves_and_removes_a_field(world: World, client: FlaskClient) -> None:
    let_in(client, "admin")
    added = {"version": "1", "label": "規模", "kind": "choice", "choices": "小\n\n大\n"}
    inner = {"audience": "body_and_secretariat"}
    base = "/rounds/R6/form/fields"

    answers = [
        client.post(f"{base}/new", data={**added, **inner}),
        client.post(
            f"{base}/extra_1",
            data={"version": "2", "label": "大きさ", "choices": "小\n中\n大", **inner},
        ),
        client.post(f"{base}/extra_1/move", data={"version": "3", "direction": "up"}),
    ]
    field = named(world.round, "extra_1")
    held = (field.label, field.choices, names(world.round)[-2])
    gone = client.post(f"{base}/extra_1/remove", data={"version": "4"})

    assert [(row.status_code, row.location) for row in (*answers, gone)] == [
        (302, "/rounds/R6/form")
    ] * 4
    assert held == ("大きさ", ["小", "中", "大"], "extra_1")
    assert "extra_1" not in names(world.round)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"label": ""}, "項目名を入力してください"),
        ({"character_limit": "百"}, "文字数の上限は、半角の数字で入力してください"),
        ({"condition": "title=あ"}, "条件を一覧から選んでください"),
        ({"audience": "everybody"}, "読む人を選んでください"),
        ({"counted_with": "extra_9"}, "合わせて数える項目を一覧から選んでください"),
    ],
)
def test_wrong_settings_come_back_with_what_was_typed(
    world: World, client: FlaskClient, changes: dict[str, str], words: str
) -> None:
    let_in(client, "admin")
    sent = {
        "version": "1",
        "label": "詳しい内容",
        "help": "書いたばかりの説明",
        "character_limit": "500",
        "audience": "shared",
        **changes,
    }

    page = client.post("/rounds/R6/form/fields/detail", data=sent)

    assert page.status_code == 422
    assert words in page.text
    assert "書いたばかりの説明" in page.text
    assert named(world.round, "detail").label == "提案詳細"


def test_wrong_kind_of_an_added_field_is_refused(world: World, client: FlaskClient) -> None:
    let_in(client, "admin")
    sent = {"version": "1", "label": "費用", "kind": "viewpoints", "audience": "shared"}

    page = client.post("/rounds/R6/form/fields/new", data=sent)

    assert page.status_code == 422
    assert "種類を一覧から選んでください" in page.text


def test_move_against_the_condition_says_why(world: World, client: FlaskClient) -> None:
    let_in(client, "admin")
    sent = {"version": "1", "direction": "up"}

    page = client.post("/rounds/R6/form/fields/bunken_control_number/move", data=sent)

    assert page.status_code == 422
    assert "その条件に従う項目より前に置いてください" in page.text


def test_stale_page_of_the_form_is_a_conflict(world: World, client: FlaskClient) -> None:
    let_in(client, "admin")

    answers = [
        client.post(f"/rounds/R6/form/fields/{BUNKEN_FIELD}/{act}", data={"version": version})
        for act in ("move", "remove")
        for version in ("7", "", "x")
    ]

    assert [answer.status_code for answer in answers] == [409] * 6


def test_form_of_a_round_with_a_submission_offers_words_only(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    make_submitted(world)
    db_session.commit()
    let_in(client, "admin")

    page = client.get("/rounds/R6/form")
    edit = client.get("/rounds/R6/form/fields/title")
    sent = client.post(
        "/rounds/R6/form/fields/title", data={"version": "1", "label": "題", "help": "短く"}
    )

    assert "直せるのは、項目名と説明の言い回しだけです" in page.text
    assert page.text.count("項目を加える") == 0
    assert 'name="character_limit"' not in edit.text
    assert (sent.status_code, named(world.round, "title").label) == (302, "題")


def test_field_that_no_form_has_is_not_found(world: World, client: FlaskClient) -> None:
    let_in(client, "admin")

    statuses = [
        client.get(f"/rounds/R6/form/fields/{name}{page}").status_code
        for name in ("extra_9", "%00", "x" * 500)
        for page in ("", "/remove")
    ]

    assert statuses == [404] * 6


@pytest.mark.parametrize("login", ["city", "officer1", "admin", "observer"])
def test_everybody_signed_in_sees_the_form_as_a_body_does(
    world: World, client: FlaskClient, login: str
) -> None:
    let_in(client, login)

    page = client.get("/rounds/R6/form/preview")

    assert page.status_code == 200
    assert 'name="title"' in page.text
    assert "「地方分権改革の提案募集にも出している」が「はい」のときだけ入力" in page.text
    assert 'method="post"' not in page.text.split("<main")[1].split("</main>")[0]
