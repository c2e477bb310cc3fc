"""The forms of the proposing body (提案の入力様式)."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.accounts.models import OrganizationKind
from app.accounts.queries import list_ministries
from app.proposals.content import VIEWPOINT_BOXES, label_of, labels_of
from app.proposals.forms.base import LONGEST_TEXT, UNKNOWN_VERSION, VersionForm
from app.proposals.forms.submitting import DecideLateForm, RequestLateForm, SubmitForm
from app.proposals.forms.writing import (
    UNKNOWN_MINISTRY,
    ProposalForm,
    form_values,
    ministry_id_of,
    new_proposal_form,
    proposal_form,
)
from app.proposals.models import LateDecision
from app.proposals.services.late import DecideLate, RequestLate
from app.rounds.default_form import BUNKEN_FIELD
from app.rounds.models import FieldKind
from app.rounds.round_form import field_named
from tests.factories import COMPLETE, World, make_draft, make_organization, make_world
from tests.rounds.forms import add_field, make_round

COMPLETE_INPUT = {
    "title": COMPLETE.title,
    "detail": COMPLETE.detail,
    "requested_measure": COMPLETE.requested_measure,
    "hardship_case": COMPLETE.hardship_case,
    "effect": COMPLETE.effect,
    "viewpoints": "is_viewpoint_new_issue",
    "adoption_status": COMPLETE.adoption_status,
    "contact_department": COMPLETE.contact_department,
}


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def fill(world: World, **values: object) -> ProposalForm:
    """Fill the form as an importer does: without a request and without a CSRF token."""
    return proposal_form(world.round, formdata=MultiDict(values), meta={"csrf": False})


def test_proposal_form_makes_the_command_without_a_request(world: World) -> None:
    form = fill(world, **COMPLETE_INPUT)

    assert form.validate()
    assert form.to_command() == replace(COMPLETE, answers={BUNKEN_FIELD: ""})


def test_proposal_form_accepts_nothing_at_all(world: World) -> None:
    form = fill(world, title="")

    assert form.validate()
    assert form.error_list() == []


def test_proposal_form_has_the_fields_in_the_order_of_their_labels(world: World) -> None:
    asked = [(field.name, field.label.text) for field in fill(world)]

    hidden = ("form_key", "version")
    assert [row for row in asked if row[0] not in hidden] == list(labels_of(world.round).items())


def test_proposal_form_maps_each_viewpoint_to_its_field(world: World) -> None:
    chosen = ["is_viewpoint_reform_burden", "is_viewpoint_timely_data"]

    command = fill(world, viewpoints=chosen).to_command()

    boxes = [getattr(command, name) for name in VIEWPOINT_BOXES]
    assert boxes == [False, True, True]


def test_proposal_form_keeps_line_breaks_and_wide_letters(world: World) -> None:
    command = fill(world, detail="  １行目\r\n㈱と①\x00  ").to_command()

    assert command.detail == "１行目\n㈱と①"


def test_proposal_form_offers_the_ministries_with_their_units(world: World) -> None:
    cabinet = make_organization(OrganizationKind.MINISTRY, "内閣府")
    make_organization(OrganizationKind.MINISTRY, "防災担当").parent = cabinet

    labels = list(fill(world).ministry_id.choices.values())

    assert labels == ["分からない", "厚生労働省", "デジタル庁", "内閣府", "内閣府　防災担当"]


def test_proposal_form_takes_the_chosen_ministry(world: World) -> None:
    ministry = list_ministries()[0]

    command = fill(world, **COMPLETE_INPUT, ministry_id=str(ministry.id)).to_command()

    assert command == replace(COMPLETE, ministry_id=ministry.id, answers={BUNKEN_FIELD: ""})


@pytest.mark.parametrize(
    ("sent", "read"),
    [("", None), (None, None), ("7", 7), ("x", UNKNOWN_MINISTRY), ("9" * 30, UNKNOWN_MINISTRY)],
)
def test_ministry_id_is_a_number_nothing_or_unknown(sent: str | None, read: int | None) -> None:
    assert ministry_id_of(sent) == read


@pytest.mark.parametrize(
    ("name", "maximum"),
    [
        ("detail", LONGEST_TEXT),
        ("title", LONGEST_TEXT),
        ("bunken_control_number", 16),
        ("contact_department", 100),
        ("contact_email", 254),
    ],
)
def test_text_beyond_what_can_be_kept_is_refused_and_stays(
    world: World, name: str, maximum: int
) -> None:
    fits, too_long = (
        fill(world, **{name: "あ" * maximum}),
        fill(world, **{name: "あ" * (maximum + 1)}),
    )

    assert fits.validate()
    assert not too_long.validate()
    label = label_of(world.round, name)
    words = f"{label}は{maximum:,}文字以内で入力してください（1文字超えています）"
    assert too_long.error_list() == [(name, label, words)]
    assert too_long[name].data == "あ" * (maximum + 1)


def test_form_of_another_round_asks_what_that_round_asks(world: World) -> None:
    other = make_round(world, "R7")
    add_field(other, "extra_1", FieldKind.CHOICE, "規模", choices=["小", "大"], is_required=True)
    field_named(other, "title").label = "提案の名前"

    form = proposal_form(other, formdata=MultiDict({"extra_1": "大"}), meta={"csrf": False})

    assert form["title"].label.text == "提案の名前"
    assert form["extra_1"].choices == {"": "選んでください", "小": "小", "大": "大"}
    assert form.to_command().answers == {BUNKEN_FIELD: "", "extra_1": "大"}
    assert "extra_1" not in fill(world)


def test_form_of_a_new_proposal_asks_as_the_first_offered_round_asks(
    app: Flask, world: World
) -> None:
    other = make_round(world, "R7")
    add_field(other, "extra_1", FieldKind.LONG_TEXT, "費用")

    with app.test_request_context():
        forms = [new_proposal_form(rows) for rows in ([other, world.round], [world.round, other])]

    assert ["extra_1" in form for form in forms] == [True, False]
    assert [form.round.data for form in forms] == ["R7", "R6"]


def test_form_values_bring_back_what_was_saved(app: Flask, world: World) -> None:
    saved = make_draft(world, is_viewpoint_timely_data=True, answers={BUNKEN_FIELD: "yes"})

    with app.test_request_context():
        form = proposal_form(world.round, formdata=None, data=form_values(saved))

    assert form.to_command() == replace(
        COMPLETE, is_viewpoint_timely_data=True, answers={BUNKEN_FIELD: "yes"}
    )


@pytest.mark.parametrize(
    ("sent", "read"),
    [("3", 3), ("", UNKNOWN_VERSION), ("三", UNKNOWN_VERSION), ("-1", UNKNOWN_VERSION)],
)
def test_version_that_is_no_number_counts_as_stale(
    db_session: Session, sent: str, read: int
) -> None:
    form = SubmitForm(formdata=MultiDict({"version": sent}), meta={"csrf": False})

    assert form.to_command().version == read


def test_late_request_needs_a_reason(db_session: Session) -> None:
    form = RequestLateForm(formdata=MultiDict({"reason": "　"}), meta={"csrf": False})

    assert not form.validate()
    assert form.reason.errors == ["期限に間に合わなかった理由を入力してください"]


def test_late_request_makes_the_command(db_session: Session) -> None:
    sent = MultiDict({"version": "4", "reason": "停電のため"})

    form = RequestLateForm(formdata=sent, meta={"csrf": False})

    assert form.to_command() == RequestLate(version=4, reason="停電のため")


@pytest.mark.parametrize("decision", ["", "maybe"])
def test_late_decision_must_be_one_of_two(db_session: Session, decision: str) -> None:
    sent = MultiDict({"decision": decision, "reason": "理由"})

    form = DecideLateForm(formdata=sent, meta={"csrf": False})

    assert not form.validate()
    assert form.decision.errors == ["受け付けるかどうかを選んでください"]


def test_late_decision_makes_the_command(db_session: Session) -> None:
    sent = MultiDict({"decision": "refused", "reason": "事情に当たりません。"})

    form = DecideLateForm(formdata=sent, meta={"csrf": False})

    assert form.to_command() == DecideLate(
        decision=LateDecision.REFUSED, reason="事情に当たりません。"
    )


def test_version_that_was_not_sent_is_stale_whatever_the_page_would_show(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"reason": "理由"}):
        unsent = VersionForm(version=3)
    with app.test_request_context("/", method="POST", data={"version": "3"}):
        sent = VersionForm(version=4)

    assert unsent.expected_version() == UNKNOWN_VERSION
    assert sent.expected_version() == 3
