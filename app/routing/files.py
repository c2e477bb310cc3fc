"""Duties as a table, out and in (所管の表): the same columns both ways."""

import io
from collections.abc import Mapping, Sequence
from datetime import date

from app.accounts.models import Organization
from app.core.eras import DateFormatError, parse_date
from app.core.errors import InvalidInput
from app.core.tabular import Column, Table, to_csv
from app.core.tabular.data import without_guard
from app.core.tabular.reading import read_table_file, refusal, text_of
from app.core.text import count_characters, is_blank, normalize_input
from app.files.gate import check_content
from app.proposals.content import ministry_name
from app.registers.models import REGISTER_LABELS
from app.routing.forms import LONGEST_REASON, LONGEST_WORDS, entry_id
from app.routing.models import Duty
from app.routing.reasons import plain
from app.routing.services.duties import NewDuty

MOST_ROWS = 1_000
COLUMNS = (
    Column("ministry", "府省庁", width=24),
    Column("words", "語句", width=30),
    Column("law", "法令", width=30),
    Column("register", "台帳", width=20),
    Column("number", "台帳の番号", width=12),
    Column("note", "備考", width=30),
    Column("valid_from", "いつから", kind="date", width=14),
    Column("valid_until", "いつまで", kind="date", width=14),
    Column("reason", "理由", width=40),
)
NEEDED = ("ministry", "words", "law", "register", "number", "reason")
LIMITS = {
    "words": LONGEST_WORDS,
    "law": LONGEST_WORDS,
    "note": LONGEST_REASON,
    "reason": LONGEST_REASON,
}


def duties_csv(duties: Sequence[Duty]) -> bytes:
    """The duties as a CSV for Excel (所管の出力), the catch-all left out: it is named by itself."""
    rows: list[Mapping[str, object]] = [
        {
            "ministry": ministry_name(duty.organization),
            "words": duty.words,
            "law": duty.law,
            "register": REGISTER_LABELS[duty.entry.register] if duty.entry else "",
            "number": duty.entry.number if duty.entry else None,
            "note": duty.note,
            "valid_from": duty.valid_from,
            "valid_until": duty.valid_until,
            "reason": duty.reason,
        }
        for duty in duties
        if not duty.is_catch_all
    ]
    return to_csv(Table(title="所管", columns=COLUMNS, rows=rows), bom=True)


def read_duties(name: str, content: bytes, ministries: Sequence[Organization]) -> list[NewDuty]:
    """Read duties from a table (所管の取込み); rows with an end are of the past and left out.

    Raises InvalidInput at `file` with every wrong row.
    """
    if name.rpartition(".")[2].lower() in ("xlsx", "csv"):
        check_content(name, io.BytesIO(content), len(content))
    sheet = read_table_file(name, content).sheets[0]
    header = [text_of(cell).strip() for cell in sheet.rows[0]] if sheet.rows else []
    places = {
        column.key: header.index(column.label) for column in COLUMNS if column.label in header
    }
    if any(key not in places for key in NEEDED):
        raise refusal(f"{name}：1行目に、出力した表と同じ見出しを並べてください。")
    if len(sheet.rows) > MOST_ROWS:
        raise refusal(f"{name}：一度に取り込めるのは{MOST_ROWS:,}行までです。")
    by_name = {plain(ministry_name(row)): row.id for row in ministries}
    found: list[NewDuty] = []
    problems: list[str] = []
    for number, cells in enumerate(sheet.rows[1:], start=2):
        texts = {
            key: normalize_input(without_guard(text_of(cells[at])) if at < len(cells) else "")
            for key, at in places.items()
        }
        if not any(texts.values()) or texts.get("valid_until"):
            continue
        try:
            found.append(_duty(texts, by_name))
        except InvalidInput as error:
            problems += [f"{number}行目：{words}" for words in error.errors["file"]]
    if problems:
        raise InvalidInput({"file": problems})
    return found


def _duty(texts: Mapping[str, str], by_name: Mapping[str, int]) -> NewDuty:
    labels = {label: register.value for register, label in REGISTER_LABELS.items()}
    organization_id = by_name.get(plain(texts["ministry"]))
    if organization_id is None:
        raise refusal(f"府省庁「{texts['ministry']}」は一覧にありません")
    row = entry_id(labels.get(texts["register"], texts["register"]), texts["number"])
    if row == 0:
        raise refusal(f"台帳「{texts['register']}」に番号「{texts['number']}」の行はありません")
    if is_blank(texts["reason"]):
        raise refusal("理由を入力してください")
    if not (texts["words"] or texts["law"] or row):
        raise refusal("語句、法令、台帳の行のどれかを入力してください")
    for column in COLUMNS:
        limit = LIMITS.get(column.key)
        if limit is not None and count_characters(texts.get(column.key, "")) > limit:
            raise refusal(f"{column.label}は{limit}文字以内で入力してください")
    return NewDuty(
        organization_id=organization_id,
        words=texts["words"],
        law=texts["law"],
        register_entry_id=row,
        note=texts.get("note", ""),
        valid_from=_day(texts.get("valid_from", "")),
        reason=texts["reason"],
    )


def _day(text: str) -> date | None:
    try:
        return None if is_blank(text) else parse_date(text)
    except DateFormatError as error:
        raise refusal(error.message) from error
