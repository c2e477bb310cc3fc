"""The official form (様式): what it holds, and what becomes of a filled one."""

import io
from collections.abc import Mapping
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from app.core.errors import InvalidInput
from app.exchange.form_cells import FORM_SHEET
from app.exchange.official_form import CHOICE_SHEET, official_form
from app.exchange.rows import SentFile, read_upload
from app.exchange.services.imports import ask_commit
from app.rounds.models import FieldKind, FormField
from app.rounds.services import NewRound, create_round
from tests.exchange.conftest import CLOSES, OPENS
from tests.exchange.tables import checked, kinds, said, started, titles
from tests.factories import World

FILLED = {
    "提案概要": "=SUM(1,2) で始まる題",
    "提案詳細": "一行目\n二行目　𠮷野家 髙﨑①㈱",
    "求める措置": "共通にしてほしい。",
    "支障事例": "'困っている。",
    "制度改正の効果": "＝効果",
    "所管府省庁": "厚生労働省",
    "視点ⅰ": "○",
    "視点ⅲ": "◯",
    "地方分権改革の提案募集にも出している": "はい",
    "分権提案管理番号": "012",
    "担当部署": "情報政策課",
}


def form_of(world: World, login: str = "city") -> bytes:
    return official_form(world.round, world[login].organization)


def book_of(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def input_cells(book: Any) -> dict[str, Any]:
    """Cells to be filled in, by their labels."""
    found = {}
    for label, cell, *_rest in book[FORM_SHEET].iter_rows():
        if not cell.protection.locked:
            found[str(label.value).partition("　※")[0].strip()] = cell
    return found


def filled(content: bytes, answers: Mapping[str, str]) -> bytes:
    """The form with answers typed into its cells, as text."""
    book = book_of(content)
    cells = input_cells(book)
    for label, answer in answers.items():
        cells[label].value = answer
        cells[label].data_type = "s"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def refusal(world: World, content: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_upload([SentFile("様式.xlsx", content)], world.round)
    (message,) = refused.value.errors["file"]
    return message


# --- What it holds --------------------------------------------------------------------------------


def test_form_asks_for_the_fields_of_the_round_in_their_order(world: World) -> None:
    world.round.form_fields.append(
        FormField(name="budget", position=99, kind=FieldKind.TEXT, label="予算", section="")
    )

    labels = list(input_cells(book_of(form_of(world))))

    assert labels == [
        "団体コード",
        "団体名",
        "提案概要",
        "提案詳細",
        "求める措置",
        "支障事例",
        "制度改正の効果",
        "根拠法令",
        "所管府省庁",
        "視点ⅰ",
        "視点ⅱ",
        "視点ⅲ",
        "自団体の導入状況",
        "地方分権改革の提案募集にも出している",
        "分権提案管理番号",
        "担当部署",
        "連絡先メールアドレス",
        "予算",
    ]


def test_form_knows_the_body_that_fetched_it(world: World) -> None:
    cells = input_cells(book_of(form_of(world)))

    assert (cells["団体コード"].value, cells["団体名"].value) == ("902012", "甲子市")


def test_form_has_lists_limits_and_prompts(world: World) -> None:
    book = book_of(form_of(world))

    cells = input_cells(book)
    rules = {
        str(rule.sqref): (rule.type, rule.formula1, rule.prompt)
        for rule in book[FORM_SHEET].data_validations.dataValidation
    }
    ministry = rules[cells["所管府省庁"].coordinate]
    assert ministry[:2] == ("list", f"{CHOICE_SHEET}!$A$2:$A$3")
    assert book[CHOICE_SHEET]["A2"].value == "厚生労働省"
    assert rules[cells["視点ⅰ"].coordinate][:2] == ("list", f"{CHOICE_SHEET}!$B$2:$B$2")
    assert rules[cells["求める措置"].coordinate] == (
        "textLength",
        "250",
        "250文字以内。国や事務局に何をしてほしいかを書いてください",
    )


def test_form_is_protected_but_for_its_cells_and_holds_nothing_odd(world: World) -> None:
    book = book_of(form_of(world))

    sheets = {sheet.title: sheet for sheet in book}
    assert list(sheets) == [FORM_SHEET, CHOICE_SHEET]
    assert [sheet.protection.sheet for sheet in sheets.values()] == [True, True]
    assert [len(sheet.merged_cells.ranges) for sheet in sheets.values()] == [0, 0]
    assert [sheet.sheet_state for sheet in sheets.values()] == ["visible", "visible"]
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in types


# --- Filled in ------------------------------------------------------------------------------------


def test_filled_form_becomes_a_draft_with_equal_answers(world: World, db_session: Session) -> None:
    file = SentFile("様式.xlsx", filled(form_of(world), FILLED))

    ask_commit(started(world, file), actor=world["city"])

    result = checked(world, SentFile("様式.xlsx", filled(form_of(world), FILLED)))
    content = result.lines[0].content
    assert content is not None
    assert titles(db_session) == ["=SUM(1,2) で始まる題"]
    assert (content.detail, content.hardship_case, content.effect) == (
        FILLED["提案詳細"],
        FILLED["支障事例"],
        FILLED["制度改正の効果"],
    )
    assert (content.is_viewpoint_new_issue, content.is_viewpoint_reform_burden) == (True, False)
    assert content.is_viewpoint_timely_data
    assert content.ministry_id == world["ministry"].organization_id
    assert (content.bunken_control_number, dict(content.answers)) == (
        "012",
        {"is_bunken_proposal": "yes"},
    )


def test_many_filled_forms_come_in_one_go(world: World, db_session: Session) -> None:
    files = [
        SentFile(
            f"様式{number}.xlsx", filled(form_of(world), {**FILLED, "提案概要": f"題{number}"})
        )
        for number in range(3)
    ]

    ask_commit(started(world, *files), actor=world["city"])

    assert titles(db_session) == ["題0", "題1", "題2"]


def test_error_of_a_form_names_its_cell(world: World) -> None:
    content = filled(form_of(world), {"提案概要": "題", "所管府省庁": "無い省", "団体コード": "1"})
    cells = input_cells(book_of(content))

    result = checked(world, SentFile("様式.xlsx", content))

    assert kinds(result) == ["faulty"]
    assert [cell for cell, _reason in said(result)] == [
        cells["団体コード"].coordinate,
        cells["所管府省庁"].coordinate,
    ]


def test_formula_in_a_form_is_an_error(world: World) -> None:
    book = book_of(filled(form_of(world), FILLED))
    cell = input_cells(book)["提案詳細"]
    cell.value = "=1+1"
    buffer = io.BytesIO()
    book.save(buffer)

    result = checked(world, SentFile("様式.xlsx", buffer.getvalue()))

    assert said(result) == [
        (
            cell.coordinate,
            "数式が入っています。値に変えてから（コピーして「値の貼り付け」）取り込んでください",
        )
    ]


def test_empty_form_is_refused(world: World) -> None:
    assert "何も入力されていません" in refusal(world, form_of(world))


def test_form_of_another_round_is_refused_kindly(world: World) -> None:
    content = filled(form_of(world), FILLED)
    command = NewRound(key="R7", label="令和7年", name="R7", opens_at=OPENS, closes_at=CLOSES)
    world.round = create_round(world.round.scheme, command, actor=world["admin"])

    assert refusal(world, content) == (
        "様式.xlsx：募集回R6の様式です。選んだ募集回は令和7年（R7）です。募集回を選び直すか、"
        "この画面から様式をダウンロードし直して、写してください。"
    )


def test_form_whose_field_is_gone_is_refused_when_it_was_filled(world: World) -> None:
    extra = FormField(name="budget", position=99, kind=FieldKind.TEXT, label="予算", section="")
    world.round.form_fields.append(extra)
    contents = [
        filled(form_of(world), {**FILLED, **answers}) for answers in ({}, {"予算": "10万円"})
    ]
    world.round.form_fields.remove(extra)
    world.round.form_version += 1

    assert kinds(checked(world, SentFile("様式.xlsx", contents[0]))) == ["new"]
    assert refusal(world, contents[1]) == (
        "様式.xlsx：この募集回の様式にない項目があります（予算　※任意）。"
    )


def test_form_without_its_number_is_refused(world: World) -> None:
    book = book_of(filled(form_of(world), FILLED))
    book[FORM_SHEET]["B2"] = "なし"
    buffer = io.BytesIO()
    book.save(buffer)

    assert "様式番号を読み取れません" in refusal(world, buffer.getvalue())
