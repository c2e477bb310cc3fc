"""Forms of the desk (仕分けの入力様式): what becomes a command, and what is refused before."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.rounds.default_form import default_fields
from app.rounds.models import Category, Round
from app.triage.forms.assess import AssessForm
from app.triage.forms.base import NO_VERSION, as_number
from app.triage.forms.correction import ReturnForm
from app.triage.forms.decide import AssignForm, DisputeForm
from app.triage.forms.form_check import FormCheckForm
from app.triage.forms.settle import HoldForm, WithdrawForm
from app.triage.guide import GUIDE_VERSION
from app.triage.services.assess import Evidence
from app.triage.services.assign import Assign
from app.triage.services.confirm import Dispute
from app.triage.services.form_check import Accept, Correction
from app.triage.services.withdraw import Withdraw

VERSION = {"version": "3"}


@pytest.fixture(autouse=True)
def in_request(shared_app: Flask) -> Iterator[None]:
    with shared_app.test_request_context(method="POST"):
        yield


def sent(**fields: str) -> MultiDict[str, str]:
    """What a browser sends, with the version the form was opened with."""
    return MultiDict({**VERSION, **fields})


def return_form(content: MultiDict[str, str]) -> ReturnForm:
    """Return form of a round with the standard form, without phrases."""
    return ReturnForm(content, round_=Round(form_fields=default_fields()), phrases=[])


def sent_rows(rows: dict[str, str]) -> MultiDict[str, str]:
    """What a browser sends from the rows of a return, the empty ones too."""
    names = [f"items-{number}-{name}" for number in range(6) for name in ("field", "reason")]
    return MultiDict({**VERSION, **dict.fromkeys(names, ""), **rows})


def test_form_keeps_the_version_it_was_opened_with() -> None:
    form = FormCheckForm(sent(note=" 形式は整っている\u200b "), version=9, lines=[])

    assert form.validate()
    assert form.to_command() == Accept(version=3, note="形式は整っている")


@pytest.mark.parametrize("typed", [{}, {"version": ""}, {"version": "三"}])
def test_form_without_its_version_is_refused(typed: dict[str, str]) -> None:
    form = FormCheckForm(MultiDict(typed), version=9, lines=[])

    assert not form.validate()
    assert set(form.errors) == {"version"}
    assert NO_VERSION in form.errors["version"] or typed == {"version": "三"}


def test_return_form_ignores_empty_rows() -> None:
    form = return_form(
        sent_rows(
            {
                "items-0-field": "title",
                "items-0-reason": "対象の業務を書いてください。",
                "items-1-field": "",
                "items-1-reason": " 　",
                "items-4-field": "effect",
                "items-4-reason": "件数を書いてください。",
            }
        )
    )

    assert form.validate()
    assert form.to_command().items == (
        Correction(field="title", reason="対象の業務を書いてください。"),
        Correction(field="effect", reason="件数を書いてください。"),
    )


def test_return_form_puts_each_error_at_its_row() -> None:
    form = return_form(
        sent_rows(
            {
                "items-0-field": "title",
                "items-1-reason": "理由だけ",
                "items-2-field": "state",
                "items-2-reason": "知らない項目",
            }
        )
    )

    assert not form.validate()
    assert [(field_id, message) for field_id, _label, message in form.error_list()] == [
        ("items-0-reason", "「提案概要」を補正してほしい理由を入力してください"),
        ("items-1-field", "どこについての理由かを選んでください"),
        ("items-2-field", "補正してほしいところを一覧から選んでください"),
    ]


def test_return_form_shows_a_refusal_of_the_service_at_its_first_row() -> None:
    form = return_form(sent())
    form.validate()

    form.add_errors({"items": ["1つ以上入力してください"]})

    assert form.error_list() == [
        ("items-0-field", "補正してほしいところ", "1つ以上入力してください")
    ]
    assert set(form.errors) == {"items"}


def test_assign_form_takes_every_ticked_reviewer() -> None:
    form = AssignForm(MultiDict([("version", "3"), ("reviewer_ids", "5"), ("reviewer_ids", "8")]))

    assert form.validate()
    assert form.to_command() == Assign(version=3, reviewer_ids=(5, 8))


def assess_form(**fields: str | list[str]) -> AssessForm:
    names = [f"evidence-{number}-{name}" for number in range(3) for name in ("entry_id", "quote")]
    return AssessForm(MultiDict({**VERSION, **dict.fromkeys(names, ""), **fields}), categories=[])


def test_assess_form_joins_rows_and_ticked_rows_without_doubles() -> None:
    form = assess_form(
        **{
            "evidence-0-entry_id": "7",
            "evidence-0-quote": "一つ目の文",
            "evidence-2-entry_id": "7",
            "evidence-2-quote": "二つ目の文",
            "near": ["7", "9"],
        }
    )

    assert form.validate()
    assert form.to_command([]).evidence == (
        Evidence(register_entry_id=7, quote="一つ目の文\n二つ目の文"),
        Evidence(register_entry_id=9),
    )


def test_assess_form_refuses_words_without_a_row() -> None:
    form = assess_form(**{"evidence-1-quote": "文だけ"})

    assert not form.validate()
    assert form.error_list() == [
        ("evidence-1-entry_id", "台帳の行", "この文が当たる台帳の行を選んでください")
    ]


def test_assess_form_shows_missing_evidence_at_the_first_row() -> None:
    form = assess_form()
    form.validate()

    form.add_errors({"evidence": ["根拠が要ります"], "reason": ["理由が要ります"]})

    assert form.error_list() == [
        ("evidence-0-entry_id", "台帳の行", "根拠が要ります"),
        ("reason", "理由", "理由が要ります"),
    ]


def test_assess_form_keeps_known_answers_with_the_version_of_the_guide() -> None:
    form = assess_form(**{"answers-types": "yes", "answers-effect": "perhaps"})

    assert form.to_command([]).answers == {
        "guide_version": GUIDE_VERSION,
        "suggestion": "types",
        "types": "yes",
    }


def test_gather_evidence_fills_free_rows_and_adds_more() -> None:
    form = assess_form(**{"evidence-0-entry_id": "1", "near": ["1", "2", "3", "4"]})

    form.gather_evidence()

    assert [row.form.entry_id.data for row in form.evidence] == ["1", "2", "3", "4"]
    assert form.near.data == []


def test_gather_evidence_leaves_ticked_what_has_no_room() -> None:
    form = assess_form(near=[f"{number}|文{number}" for number in range(1, 11)])

    form.gather_evidence()

    assert len(form.evidence) == 8
    assert form.near.data == ["9|文9", "10|文10"]


def test_dispute_form_offers_the_categories() -> None:
    category = Category(key="f2", code="F-2", short_label="多くが導入済み")
    form = DisputeForm(
        sent(assessment_id="12", category_key="f2", reason="既にある"), categories=[category]
    )

    assert form.category_key.choices == {"": "選んでください", "f2": "F-2　多くが導入済み"}
    assert form.to_command() == Dispute(
        version=3, assessment_id=12, category_key="f2", reason="既にある"
    )


@pytest.mark.parametrize(
    "typed", ["令和6年10月31日", "R6.10.31", "2024-10-31", "２０２４／１０／３１"]
)
def test_hold_form_reads_both_ways_of_writing_a_date(typed: str) -> None:
    form = HoldForm(sent(reason="照会中", revisit_on=typed), categories=[])

    assert form.validate()
    assert form.to_command().revisit_on == date(2024, 10, 31)


def test_hold_form_says_why_a_text_is_no_date() -> None:
    form = HoldForm(sent(reason="照会中", revisit_on="来月末"), categories=[])

    assert not form.validate()
    assert form.errors["revisit_on"] == [
        "「来月末」は日付として読めません。"
        "「令和6年8月27日」「R6.8.27」「2024-08-27」のように書いてください。"
    ]


def test_hold_form_leaves_a_missing_date_to_the_service() -> None:
    form = HoldForm(sent(reason="照会中", revisit_on=" "), categories=[])

    assert form.validate()
    assert form.to_command().revisit_on is None


def test_withdraw_form_makes_its_command() -> None:
    form = WithdrawForm(sent(reason="予算が付いたため"))

    assert form.validate()
    assert form.to_command() == Withdraw(version=3, reason="予算が付いたため")


@pytest.mark.parametrize(
    ("typed", "number"), [("12", 12), ("", 0), (None, 0), ("-1", 0), ("x", 0), ("9" * 5000, 0)]
)
def test_hidden_number_is_read_or_none(typed: str | None, number: int) -> None:
    assert as_number(typed) == number


@pytest.mark.parametrize("typed", ["9" * 5000, "12345678901", "一"])
def test_evidence_that_is_no_id_of_a_row_is_refused(typed: str) -> None:
    form = AssessForm(sent(**{"evidence-0-entry_id": typed}), categories=[])

    assert not form.validate()
    assert form.evidence[0].form.entry_id.errors == ["根拠を台帳の一覧から選んでください"]
    assert form.chosen_entries() == {}
