"""The forms of the proposing body (提案の入力様式)."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.accounts.models import OrganizationKind
from app.accounts.queries import list_ministries
from app.proposals.content import FIELD_LABELS, VIEWPOINT_LABELS, VIEWPOINTS
from app.proposals.forms.base import LONGEST_TEXT, UNKNOWN_VERSION
from app.proposals.forms.submitting import DecideLateForm, RequestLateForm, SubmitForm
from app.proposals.forms.writing import (
    UNKNOWN_MINISTRY,
    ProposalForm,
    form_values,
    ministry_id_of,
)
from app.proposals.models import LateDecision
from app.proposals.services.late import DecideLate, RequestLate
from tests.factories import COMPLETE, World, make_draft, make_organization, make_world

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


def fill(**values: object) -> ProposalForm:
    """Fill the form as an importer does: without a request and without a CSRF token."""
    return ProposalForm(formdata=MultiDict(values), meta={"csrf": False})


def test_proposal_form_makes_the_command_without_a_request(world: World) -> None:
    form = fill(**COMPLETE_INPUT)

    assert form.validate()
    assert form.to_command() == COMPLETE


def test_proposal_form_accepts_nothing_at_all(world: World) -> None:
    form = fill(title="")

    assert form.validate()
    assert form.error_list() == []


def test_proposal_form_has_the_fields_in_the_order_of_their_labels(world: World) -> None:
    names = [name for name in FIELD_LABELS if name not in VIEWPOINT_LABELS]
    names.insert(names.index("ministry_id") + 1, VIEWPOINTS)

    shown = [field.name for field in fill() if field.name != "version"]

    assert shown == names


def test_proposal_form_maps_each_viewpoint_to_its_field(world: World) -> None:
    chosen = ["is_viewpoint_reform_burden", "is_viewpoint_timely_data"]

    command = fill(viewpoints=chosen).to_command()

    boxes = [getattr(command, name) for name in VIEWPOINT_LABELS]
    assert boxes == [False, True, True]


def test_proposal_form_keeps_line_breaks_and_wide_letters(world: World) -> None:
    command = fill(detail="  １行目\r\n㈱と①\x00  ").to_command()

    assert command.detail == "１行目\n㈱と①"


def test_proposal_form_offers_the_ministries_with_their_units(world: World) -> None:
    cabinet = make_organization(OrganizationKind.MINISTRY, "内閣府")
    make_organization(OrganizationKind.MINISTRY, "防災担当").parent = cabinet

    labels = list(fill().ministry_id.choices.values())

    assert labels == ["分からない", "厚生労働省", "内閣府", "内閣府　防災担当"]


def test_proposal_form_takes_the_chosen_ministry(world: World) -> None:
    ministry = list_ministries()[0]

    command = fill(**COMPLETE_INPUT, ministry_id=str(ministry.id)).to_command()

    assert command == replace(COMPLETE, ministry_id=ministry.id)


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
    fits, too_long = fill(**{name: "あ" * maximum}), fill(**{name: "あ" * (maximum + 1)})

    assert fits.validate()
    assert not too_long.validate()
    label = FIELD_LABELS[name]
    words = f"{label}は{maximum:,}文字以内で入力してください（1文字超えています）"
    assert too_long.error_list() == [(name, label, words)]
    assert too_long[name].data == "あ" * (maximum + 1)


def test_form_values_bring_back_what_was_saved(app: Flask, world: World) -> None:
    saved = make_draft(world, is_viewpoint_timely_data=True)

    with app.test_request_context():
        form = ProposalForm(formdata=None, data=form_values(saved))

    assert form.to_command() == replace(COMPLETE, is_viewpoint_timely_data=True)


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
