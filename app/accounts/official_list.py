"""Reading a list of all local governments (全国の団体の一覧) into rows that can be judged.

Two shapes: the list 総務省 publishes every year (団体コード, 都道府県名, 市区町村名, both in kana,
too) and our own (code, name, reading, prefecture, org_type, valid_from, valid_to), which has types
and periods. Every fault is named by sheet and row; nothing is guessed.
"""

import csv
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from app.accounts.models import OrgType
from app.core.codes import is_local_government_code
from app.core.errors import InvalidInput
from app.core.tabular.reading import CellValue, Sheet, TableFile, text_of

DATA = Path(__file__).parent / "data"
BUNDLED_LIST = DATA / "local_governments.csv"
# The day for which the bundled list was checked (令和6年4月1日); README.md beside it says how.
BUNDLED_AS_OF = date(2024, 4, 1)

OFFICIAL = {
    "団体コード": "code",
    "都道府県名(漢字)": "prefecture",
    "市区町村名(漢字)": "municipality",
    "都道府県名(カナ)": "prefecture_reading",
    "市区町村名(カナ)": "municipality_reading",
}
OWN = ("code", "name", "reading", "prefecture", "org_type", "valid_from", "valid_to")
WRONG_SHAPE = (
    "見出しの行が見つかりません。総務省の「都道府県コード及び市区町村コード」のExcelか、"
    "その見出し（団体コード、都道府県名（漢字）、市区町村名（漢字）、…）を付けた表を指定してください。"
)


@dataclass(frozen=True, kw_only=True)
class TypePeriod:
    """A type in a period, both days included (団体種別の期間)."""

    org_type: OrgType
    valid_from: date
    valid_to: date | None


@dataclass(kw_only=True)
class ListedBody:
    """A body as a list has it (一覧の団体). `periods` is empty where the list has no types."""

    code: str
    name: str
    reading: str
    prefecture: str
    place: str
    periods: list[TypePeriod] = field(default_factory=list)


@dataclass(kw_only=True)
class ReadList:
    """What a file said (読取り結果): bodies by code, faults in words, wards that are no bodies."""

    bodies: dict[str, ListedBody] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    wards: int = 0


def read_list(table: TableFile) -> ReadList:
    """Read every sheet that has one of the two headings (一覧の読取り). Raises InvalidInput."""
    result = ReadList()
    found = False
    for sheet in table.sheets:
        columns, first = _heading(sheet)
        if not columns:
            continue
        found = True
        for number, row in enumerate(sheet.rows[first:], start=first + 1):
            cells = {name: _cell(row, place) for name, place in columns.items()}
            if any(cells.values()):
                where = f"{sheet.name}　{number}行目" if sheet.name else f"{number}行目"
                _take(cells, where, result)
    if not found:
        raise InvalidInput({"file": [WRONG_SHAPE]})
    return result


def _heading(sheet: Sheet) -> tuple[dict[str, int], int]:
    """Columns by field and the number of the first row below the heading; nothing if none."""
    for number, row in enumerate(sheet.rows[:20]):
        labels = [_label(cell) for cell in row]
        for known in (OFFICIAL, {name: name for name in OWN}):
            columns = {known[label]: place for place, label in enumerate(labels) if label in known}
            if len(columns) == len(known):
                return columns, number + 1
    return {}, 0


def _label(cell: CellValue) -> str:
    return "".join(unicodedata.normalize("NFKC", text_of(cell)).split())


def _cell(row: Sequence[CellValue], place: int) -> str:
    return text_of(row[place]).strip() if place < len(row) else ""


def _take(cells: dict[str, str], place: str, result: ReadList) -> None:
    code = _with_zero(cells["code"])
    if not is_local_government_code(code):
        result.errors.append(
            f"{place}：団体コード「{cells['code']}」は、検査数字を含む6桁になっていません"
        )
        return
    if "municipality" in cells and _is_ward(code, cells["municipality"]):
        result.wards += 1
        return
    read = _official if "municipality" in cells else _own
    try:
        body = read(code, cells, place)
    except ValueError as error:
        result.errors.append(f"{place}（{code}）：{error}")
        return
    _merge(body, result)


def _with_zero(text: str) -> str:
    """The code with the leading zero that a spreadsheet took away, if its check digit proves it."""
    return f"0{text}" if len(text) == 5 and is_local_government_code(f"0{text}") else text


def _is_ward(code: str, municipality: str) -> bool:
    """Whether the row is a ward of a designated city (行政区), which is no body of its own."""
    return municipality.endswith("区") and not code.startswith("13")


def _official(code: str, cells: dict[str, str], place: str) -> ListedBody:
    name = cells["municipality"] or cells["prefecture"]
    reading = cells["municipality_reading"] or cells["prefecture_reading"]
    return _body(code, name, reading, cells["prefecture"], place)


def _own(code: str, cells: dict[str, str], place: str) -> ListedBody:
    body = _body(code, cells["name"], cells["reading"], cells["prefecture"], place)
    if cells["org_type"] not in list(OrgType):
        raise ValueError(f"団体種別「{cells['org_type']}」は選べません")
    first, last = _day(cells["valid_from"]), cells["valid_to"] and _day(cells["valid_to"])
    if last and last < first:
        raise ValueError("valid_to が valid_from より前です")
    body.periods.append(
        TypePeriod(org_type=OrgType(cells["org_type"]), valid_from=first, valid_to=last or None)
    )
    return body


def _body(code: str, name: str, reading: str, prefecture: str, place: str) -> ListedBody:
    if not name or not prefecture:
        raise ValueError("名称または都道府県名が空欄です")
    if len(name) > 100 or len(prefecture) > 10:
        raise ValueError("名称または都道府県名が長すぎます")
    return ListedBody(
        code=code,
        name=name,
        # Published in half-width kana; the register keeps the usual ones.
        reading=unicodedata.normalize("NFKC", reading)[:200],
        prefecture=prefecture,
        place=place,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"「{text}」は日付（2024-04-01 の形）ではありません") from error


def _merge(body: ListedBody, result: ReadList) -> None:
    known = result.bodies.setdefault(body.code, body)
    if known is body:
        return
    if (known.name, known.prefecture) != (body.name, body.prefecture):
        result.errors.append(
            f"{body.place}：団体コード{body.code}が、{known.place}では「{known.name}」です"
        )
        return
    for period in body.periods:
        if any(_overlap(period, other) for other in known.periods):
            result.errors.append(f"{body.place}（{body.code}）：団体種別の期間が重なっています")
            return
        known.periods.append(period)


def _overlap(one: TypePeriod, other: TypePeriod) -> bool:
    first, second = sorted([one, other], key=lambda period: period.valid_from)
    return first.valid_to is None or first.valid_to >= second.valid_from


@lru_cache(maxsize=1)
def _designations() -> dict[str, tuple[OrgType, date]]:
    with (DATA / "city_designations.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: (OrgType(row["org_type"]), date.fromisoformat(row["valid_from"]))
            for row in csv.DictReader(file)
        }


def type_by_name(body: ListedBody, as_of: date) -> OrgType | None:
    """Type of a listed body on a day (団体種別), from its name and the designations of cities.

    None for a name that tells nothing. The published list has no types.
    """
    designated = _designations().get(body.code)
    if designated is not None and designated[1] <= as_of:
        return designated[0]
    if body.name == body.prefecture:
        return OrgType.PREFECTURE
    if body.name.endswith("市"):
        return OrgType.CITY
    if body.name.endswith("区"):
        return OrgType.SPECIAL_WARD
    return OrgType.TOWN_VILLAGE if body.name.endswith(("町", "村")) else None
