"""Changing a register by a file (台帳の取込み)."""

import pytest
from sqlalchemy.orm import Session

from app.core.errors import InvalidInput, StaleVersion
from app.registers.files import RegisterFormat, register_bytes, register_table
from app.registers.models import Register
from app.registers.queries import get_entry, rows_of, versions_of
from app.registers.services.editing import RetireEntry, retire_entry
from app.registers.services.importing import ImportRegister, import_register, plan_import
from app.registers.services.reading import FileRow, RegisterFile, read_file
from tests.factories import World

HEADER = "番号,種類,手続数,時点,出典\n"


def read(text: str, register: Register = Register.KEIYU_JIMU) -> RegisterFile:
    return read_file(register, "台帳.csv", text.encode())


def command(rows: list[FileRow], seen: str, *retire_ids: int) -> ImportRegister:
    return ImportRegister(
        rows=rows, seen=seen, retire_ids=frozenset(retire_ids), reason="令和7年の資料"
    )


@pytest.mark.parametrize("form", list(RegisterFormat))
def test_export_read_back_changes_nothing(world: World, form: RegisterFormat) -> None:
    plans = {}
    for register in Register:
        table = register_table(register, rows_of(register))
        found = read_file(
            register,
            f"台帳.{form.value}",
            register_bytes(table, form, produced_by="総括"),
        )
        plan = plan_import(register, found.rows, found.faults)
        plans[register] = (plan.new, plan.changed, plan.missing, plan.faults, plan.unchanged)

    assert plans == {register: ([], [], [], [], len(rows_of(register))) for register in Register}


def test_plan_tells_new_changed_unchanged_and_missing(world: World) -> None:
    found = read(HEADER + "7,政治資金,10,2021-03-31,出典\n8,国家資格,131,,\n,水道,5,R7.4.1,資料\n")

    plan = plan_import(Register.KEIYU_JIMU, found.rows)

    # 時点 and 出典 of the second row are empty: both are required.
    assert [(fault.row, fault.label) for fault in plan.faults] == [(3, "時点"), (3, "出典")]
    assert [(row.content.number, row.content.title) for row in plan.new] == [(12, "水道")]
    assert [[cell.column.label for cell in row.cells] for row in plan.changed] == [["出典"]]
    assert len(plan.missing) == 9


def test_columns_left_out_stay(world: World, db_session: Session) -> None:
    found = read("番号,種類,手続数\n8,国家資格,131\n")
    plan = plan_import(Register.KEIYU_JIMU, found.rows)

    import_register(Register.KEIYU_JIMU, command(found.rows, plan.seen), actor=world["lead"])
    db_session.commit()

    row = get_entry(Register.KEIYU_JIMU, 8)
    assert (row.quantity, row.group_code, row.content_version) == (131, "2-C", 2)
    assert len(row.aliases) == 7
    assert versions_of(row)[0].reason == "令和7年の資料"


def test_missing_row_is_retired_only_when_ticked(world: World) -> None:
    found = read("番号,種類\n1,経由がなくなったもの\n", Register.KEIYU_JIMU)
    plan = plan_import(Register.KEIYU_JIMU, found.rows)
    ticked = plan.missing[0]

    import_register(
        Register.KEIYU_JIMU, command(found.rows, plan.seen, ticked.id), actor=world["lead"]
    )

    retired = [row.number for row in rows_of(Register.KEIYU_JIMU) if row.is_retired]
    assert retired == [ticked.number] == [2]


def test_number_moves_from_one_row_to_another(world: World) -> None:
    found = read(
        "番号,分権提案,管理番号\n"
        "9,生活保護法第29条に基づく資産調査に係る預貯金照会システムの構築等,79\n"
        "10,選挙結果に関する調査・報告事務に係る全国共通のオンラインシステムの導入等,39、56\n",
        Register.BUNKEN,
    )
    plan = plan_import(Register.BUNKEN, found.rows)

    import_register(Register.BUNKEN, command(found.rows, plan.seen), actor=world["lead"])

    held = [
        [number.number for number in get_entry(Register.BUNKEN, row).control_numbers]
        for row in (9, 10)
    ]
    assert held == [[79], [39, 56]]


def test_faulty_file_changes_nothing(world: World) -> None:
    found = read("番号,種類,手続数\n8,国家資格,131\n9,医薬品の認可等,多数\n9,もう1つ,1\n")
    plan = plan_import(Register.KEIYU_JIMU, found.rows)

    with pytest.raises(InvalidInput):
        import_register(Register.KEIYU_JIMU, command(found.rows, plan.seen), actor=world["lead"])

    assert [(fault.row, fault.label, fault.words) for fault in plan.faults] == [
        (3, "手続数", "手続数は999,999までの数字で入力してください"),
        (4, "番号", "同じ番号の行が、このファイルの3行目にもあります"),
    ]
    assert get_entry(Register.KEIYU_JIMU, 8).quantity == 130


def test_file_looked_at_before_anothers_change_is_refused(world: World) -> None:
    found = read("番号,種類,手続数\n8,国家資格,131\n")
    plan = plan_import(Register.KEIYU_JIMU, found.rows)
    other = get_entry(Register.KEIYU_JIMU, 1)
    retire_entry(other, RetireEntry(version=1, reason="廃止"), actor=world["lead"])

    with pytest.raises(StaleVersion):
        import_register(Register.KEIYU_JIMU, command(found.rows, plan.seen), actor=world["lead"])


def test_text_that_looks_like_a_formula_stays_a_text(world: World) -> None:
    found = read("番号,種類\n8,'=HYPERLINK(1)\n")
    plan = plan_import(Register.KEIYU_JIMU, found.rows)
    import_register(Register.KEIYU_JIMU, command(found.rows, plan.seen), actor=world["lead"])

    table = register_table(Register.KEIYU_JIMU, rows_of(Register.KEIYU_JIMU))
    content = register_bytes(table, RegisterFormat.CSV, produced_by="総括").decode("utf-8-sig")

    assert get_entry(Register.KEIYU_JIMU, 8).title == "=HYPERLINK(1)"
    assert "'=HYPERLINK(1)" in content


def test_number_without_an_end_is_refused_in_words(world: World) -> None:
    found = read(f"番号,種類,手続数\n{'1' * 5000},国家資格,131\n")

    plan = plan_import(Register.KEIYU_JIMU, found.rows)

    assert [fault.words for fault in plan.faults] == ["番号は999,999までの数字で入力してください"]


def test_line_fits_its_column(world: World) -> None:
    """151 letters with a variant each are 302 code points: the column holds 300."""
    title = "葛\U000e0100" * 151
    found = read(f"番号,種類,手続数\n8,{title},131\n")

    plan = plan_import(Register.KEIYU_JIMU, found.rows)

    assert [fault.words for fault in plan.faults] == [
        "種類は300文字以内で入力してください（2文字超えています）"
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("番号,種類,色\n1,水道,青\n", "「色」という列は経由事務の台帳にありません"),
        ("番号,手続数\n1,2\n", "見出しに「種類」の列がありません"),
        ("番号,種類,種類\n1,水道,水道\n", "同じ見出しの列が2つあります"),
        ("番号,種類\n", "見出しの下に行がありません"),
        ("\n", "表がありません"),
    ],
)
def test_file_that_is_no_register_is_refused_in_words(world: World, text: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(text)

    assert words in refused.value.errors["file"][0]
