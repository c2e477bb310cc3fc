"""The check of an import (取込みの確認): every error by cell, every change by field."""

import pytest

from app.core import clock
from app.core.errors import InvalidInput
from app.exchange.result import Change, LineKind
from app.exchange.rows import SentFile, read_upload
from app.exchange.targets import AMEND_INSTEAD
from app.proposals.services.late import RequestLate, request_late_submission
from app.rounds.services import NewRound, create_round
from tests.exchange.conftest import CLOSES, OPENS
from tests.exchange.tables import checked, complete, csv_of, kinds, said, sent
from tests.factories import World, make_draft, make_returned, make_submitted

DITTO = "「〃」「同上」は読み取れません。前の行と同じ内容を書いてください"


def number_not_found(label: str) -> str:
    return (
        f"この{label}の提案は見つかりません。"
        "番号を確かめるか、新しい提案にするときは空欄にしてください"
    )


# --- New rows -------------------------------------------------------------------------------------


def test_row_without_a_number_is_a_new_draft_of_the_own_body(world: World) -> None:
    result = checked(world, sent(complete()))

    (line,) = result.lines
    assert (said(result), line.kind, line.missing) == ([], LineKind.NEW, [])
    assert line.organization_id == world["city"].organization_id
    assert line.content is not None
    assert line.content.title == "鍵の貸出しの共通化"
    assert line.content.is_viewpoint_new_issue


def test_incomplete_row_is_a_draft_with_what_is_missing(world: World) -> None:
    row = complete(求める措置="措" * 251, 支障事例="")

    (line,) = checked(world, sent(row)).lines

    assert line.kind is LineKind.NEW
    assert [words.partition("（")[0] for words in line.missing] == [
        "求める措置は250文字以内で入力してください",
        "支障事例を入力してください",
    ]


def test_columns_are_found_in_any_order_below_title_rows(world: World) -> None:
    content = "令和6年の提案,,\n,,\n 求める 措置 ,提案概要※必須,メモ\n措置,題,内緒\n".encode()

    result = checked(world, SentFile("表.csv", content))

    (line,) = result.lines
    assert line.content is not None
    assert (line.content.title, line.content.requested_measure) == ("題", "措置")
    assert line.place.row == 4
    assert result.notices == ["表.csv：読み取らない列があります（メモ）。"]


def test_blank_rows_and_rows_with_a_code_alone_are_skipped(world: World) -> None:
    code = world["city"].organization.code or ""
    rows = [{"団体コード": code, "提案概要": ""}, {"団体コード": "", "提案概要": "題"}]

    result = checked(world, sent(*rows, {"団体コード": "", "提案概要": ""}))

    assert [(line.place.row, line.title) for line in result.lines] == [(3, "題")]


@pytest.mark.parametrize(
    ("label", "value", "reason"),
    [
        ("提案詳細", "〃", DITTO),
        ("団体コード", "同上", DITTO),
        (
            "団体コード",
            "13000",
            "団体コードは、検査数字を含む6桁の数字です。番号を確かめてください",
        ),
        ("団体コード", "130001", "自団体の団体コード（902012）ではありません"),
        (
            "分権提案管理番号",
            "1" * 17,
            "分権提案管理番号は16文字以内で入力してください（1文字超えています）",
        ),
        ("受付番号", "R6-0099", number_not_found("受付番号")),
        ("下書きID", "99", number_not_found("下書きID")),
        ("下書きID", "9" * 40, number_not_found("下書きID")),
        ("募集回", "R5", "募集回R5の提案です。募集回を選び直してください"),
        (
            "所管府省庁",
            "存在しない省",
            "一覧にない所管府省庁です。様式の「選択肢」のとおりに書くか、"
            "分からなければ空欄にしてください",
        ),
        (
            "視点",
            "大事",
            "視点は ⅰ、ⅱ、ⅲ のうち当てはまるものを「、」で区切って書いてください（例：ⅰ、ⅲ）",
        ),
        (
            "地方分権改革の提案募集にも出している",
            "たぶん",
            "「はい」か「いいえ」を書いてください",
        ),
    ],
)
def test_wrong_value_is_told_with_cell_value_and_reason(
    world: World, label: str, value: str, reason: str
) -> None:
    row = {"提案概要": "題", label: value}

    (error,) = checked(world, sent(row)).errors

    assert (error.file, error.row, error.cell, error.label) == ("表.csv", 2, "B2", label)
    assert (error.value[:16], error.reason) == (value[:16], reason)


def test_every_error_of_every_row_is_told_in_the_order_of_the_cells(world: World) -> None:
    wrong = {"受付番号": "R6-0099", "提案概要": "〃", "視点": "大事", "所管府省庁": "無い省"}
    fine = {"受付番号": "", "提案概要": "題", "視点": "", "所管府省庁": ""}

    result = checked(world, sent(wrong, fine, {**wrong, "受付番号": ""}))

    assert [cell for cell, _reason in said(result)] == ["A2", "B2", "C2", "D2", "B4", "C4", "D4"]
    assert kinds(result) == ["faulty", "new", "faulty"]


def test_ministry_is_found_by_its_name_in_any_width(world: World) -> None:
    (line,) = checked(world, sent({"提案概要": "題", "所管府省庁": " 厚生 労働省 "})).lines

    assert line.content is not None
    assert line.content.ministry_id == world["ministry"].organization_id


def test_code_that_lost_its_zero_is_repaired_where_the_check_digit_proves_it(
    world: World,
) -> None:
    world["city"].organization.code = "012025"

    result = checked(world, sent({"団体コード": "12025", "提案概要": "題"}))

    assert kinds(result) == ["new"]
    assert result.notices == ["団体コードの先頭の0が落ちていたため補いました（2行目 012025）。"]


def test_same_title_is_told_but_not_refused(world: World) -> None:
    draft = make_draft(world, title="鍵の貸出しの共通化")

    result = checked(world, sent(complete(), complete(提案概要="別の題")))

    assert kinds(result) == ["new", "new"]
    assert result.notices == [
        f"表.csv 2行目：同じ提案概要の提案が既にあります（下書き{draft.id}）。"
        "同じものなら、取り込まないでください。"
    ]


def test_round_that_has_not_opened_takes_no_new_draft(world: World) -> None:
    with clock.at(clock.jst(2024, 8, 1)):
        result = checked(world, sent(complete()))

    assert [error.reason for error in result.errors] == [
        "この募集回はまだ始まっていません。開始してから入力してください。"
    ]


def test_person_who_may_not_draft_is_refused_in_words(world: World) -> None:
    result = checked(world, sent(complete()), by="officer1")

    assert [error.reason for error in result.errors] == [
        "この提案を編集できるのは、提案団体の担当者と管理者だけです。"
    ]


# --- Rows with a number ---------------------------------------------------------------------------


def test_unchanged_row_does_nothing(world: World) -> None:
    draft = make_draft(world)

    result = checked(world, sent({"下書きID": str(draft.id), "提案概要": draft.title}))

    assert (kinds(result), result.effects) == (["unchanged"], 0)


def test_changed_row_shows_the_changed_field_alone(world: World) -> None:
    draft = make_draft(world, title="前の題")
    row = {"下書きID": str(draft.id), "提案概要": "後の題", "求める措置": draft.requested_measure}

    (line,) = checked(world, sent(row)).lines

    assert (line.kind, line.reference) == (LineKind.CHANGED, f"下書き{draft.id}")
    assert line.changes == [Change("提案概要", "前の題", "後の題")]
    assert (line.proposal_id, line.version) == (draft.id, draft.version)


def test_column_that_is_not_there_leaves_its_answer_alone(world: World) -> None:
    draft = make_draft(world)

    (line,) = checked(world, sent({"下書きID": str(draft.id), "提案概要": "後の題"})).lines

    assert line.content is not None
    assert line.content.detail == draft.detail
    assert line.content.is_viewpoint_new_issue


def test_column_that_is_empty_clears_its_answer(world: World) -> None:
    draft = make_draft(world, adoption_status="未導入")
    row = {"下書きID": str(draft.id), "自団体の導入状況": "", "視点": ""}

    (line,) = checked(world, sent(row)).lines

    assert line.changes == [Change("視点", "ⅰ", ""), Change("自団体の導入状況", "未導入", "")]


def test_returned_proposal_can_be_changed(world: World) -> None:
    returned = make_returned(world)

    result = checked(world, sent({"受付番号": "ｒ６－０００１", "提案概要": "後の題"}))

    assert (said(result), kinds(result)) == ([], ["changed"])
    assert result.lines[0].reference == returned.receipt_number


def test_submitted_proposal_cannot_be_changed_but_its_one_change_is_shown(world: World) -> None:
    submitted = make_submitted(world)

    result = checked(world, sent({"受付番号": "R6-0001", "提案概要": "後の題"}))

    assert said(result) == [("A2", AMEND_INSTEAD)]
    assert result.lines[0].changes == [Change("提案概要", submitted.title, "後の題")]


def test_submitted_proposal_that_is_unchanged_is_no_error(world: World) -> None:
    submitted = make_submitted(world)

    result = checked(world, sent({"受付番号": "R6-0001", "提案概要": submitted.title}))

    assert (said(result), kinds(result)) == ([], ["unchanged"])


def test_draft_that_waits_for_a_lead_cannot_be_changed(world: World) -> None:
    draft = make_draft(world)
    with clock.at(clock.jst(2024, 8, 28)):
        command = RequestLate(version=draft.version, reason="停電のため")
        request_late_submission(draft, command, actor=world["city-mgr"])

        result = checked(world, sent({"下書きID": str(draft.id), "提案概要": "後の題"}))

    assert [reason for _cell, reason in said(result)] == [
        "期限後の提出を申し出ているため、可否が決まるまで編集できません。"
    ]


def test_draft_that_was_submitted_is_named_by_its_number_now(world: World) -> None:
    submitted = make_submitted(world)

    result = checked(world, sent({"下書きID": str(submitted.id), "提案概要": "題"}))

    assert [reason for _cell, reason in said(result)] == [
        "この下書きは提出済みです（R6-0001）。取り込み直すときは、受付番号の列に書いてください"
    ]


def test_same_proposal_in_two_rows_is_an_error(world: World) -> None:
    draft = make_draft(world)
    rows = [{"下書きID": str(draft.id), "提案概要": title} for title in ("一", "二")]

    result = checked(world, sent(*rows))

    assert said(result) == [("A3", "同じ提案の行が2つあります（2行目）。1つにしてください")]


def test_body_of_a_proposal_cannot_be_changed(world: World) -> None:
    draft = make_draft(world)
    row = {"下書きID": str(draft.id), "団体コード": "130001", "提案概要": draft.title}

    result = checked(world, sent(row))

    assert said(result) == [
        ("B2", "この提案の団体コードは902012です。取込みで提案団体は変えられません")
    ]


def test_p25_another_body_is_told_the_same_of_foreign_and_missing_numbers(world: World) -> None:
    make_submitted(world)
    draft = make_draft(world)
    foreign = sent(
        {"受付番号": "R6-0001", "下書きID": ""}, {"受付番号": "", "下書きID": str(draft.id)}
    )
    missing = sent({"受付番号": "R6-0099", "下書きID": ""}, {"受付番号": "", "下書きID": "9999"})

    of_foreign = checked(world, foreign, by="other")
    of_missing = checked(world, missing, by="other")

    assert said(of_foreign) == said(of_missing)
    assert [error.cell for error in of_foreign.errors] == ["A2", "B3"]


def test_proposal_of_another_round_is_refused(world: World) -> None:
    make_submitted(world)
    command = NewRound(key="R7", label="令和7年", name="R7", opens_at=OPENS, closes_at=CLOSES)
    create_round(world.round.scheme, command, actor=world["admin"])
    world.round = create_round(
        world.round.scheme,
        NewRound(key="R9", label="令和9年", name="R9", opens_at=OPENS, closes_at=CLOSES),
        actor=world["admin"],
    )

    result = checked(world, sent({"受付番号": "R6-0001", "提案概要": "題"}))

    assert said(result) == [("A2", "募集回R6の提案です。募集回を選び直してください")]


def test_cp932_letters_that_look_alike_are_no_change(world: World) -> None:
    draft = make_draft(world, title="10〜20−𠮷", detail="詳細〜")
    row = {"下書きID": str(draft.id), "提案概要": "10～20－〓", "提案詳細": "詳細～改"}

    result = checked(world, sent(row, codec="cp932"))

    (line,) = result.lines
    assert line.changes == [Change("提案詳細", "詳細〜", "詳細～改")]
    assert line.content is not None
    assert line.content.title == "10〜20−𠮷"


# --- Files ----------------------------------------------------------------------------------------


def refused(world: World, *files: SentFile) -> list[str]:
    with pytest.raises(InvalidInput) as error:
        read_upload(files, world.round)
    return error.value.errors["file"]


def test_file_without_a_header_is_refused(world: World) -> None:
    (message,) = refused(world, SentFile("表.csv", "ア,イ\n1,2\n".encode()))

    assert message.startswith("表.csv：見出しの行が見つかりません。")


def test_doubled_header_is_refused(world: World) -> None:
    (message,) = refused(world, SentFile("表.csv", "提案概要,提案詳細,提案概要\n1,2,3\n".encode()))

    assert message == "表.csv：同じ見出しが2つあります（提案概要）。"


def test_every_bad_file_of_several_is_told(world: World) -> None:
    files = [SentFile("a.xlsx", b"x"), sent(complete()), SentFile("b.xls", b"x")]

    messages = refused(world, *files)

    assert [message.partition("：")[0] for message in messages] == ["a.xlsx", "b.xls"]


def test_rows_of_all_files_are_checked_together(world: World) -> None:
    files = [sent(complete(提案概要=title), name=f"{title}.csv") for title in ("一", "二")]

    result = checked(world, *files)

    assert [(line.place.file, line.title) for line in result.lines] == [
        ("一.csv", "一"),
        ("二.csv", "二"),
    ]


def test_labels_of_the_round_are_understood_beside_those_of_the_contract(world: World) -> None:
    field = next(row for row in world.round.form_fields if row.name == "title")
    field.label = "提案の名前"

    (line,) = checked(world, SentFile("表.csv", csv_of([{"提案の名前": "題", "視点": "2"}]))).lines

    assert line.content is not None
    assert (line.content.title, line.content.is_viewpoint_reform_burden) == ("題", True)
