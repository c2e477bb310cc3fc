"""The official form as a workbook (様式): one sheet to fill in, one with what can be chosen.

No merged cells, no macros, no formulas: it survives every program it passes through, and is read
back by its labels.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.accounts.models import Organization
from app.core import clock
from app.core.eras import format_datetime
from app.core.tabular.workbook import new_workbook
from app.exchange.answers import all_ministries
from app.exchange.columns import KEY_LABELS, Key
from app.exchange.form_cells import FORM_NUMBER_LABEL, FORM_SHEET, form_number, viewpoint_label
from app.exchange.keys import round_words
from app.proposals.content import choices_of, condition_words, fields_of, limit_groups
from app.proposals.content.fields import VIEWPOINT_MARKS, viewpoint_words
from app.rounds.models import FieldKind, FormField, Round

CHOICE_SHEET = "選択肢"
CHOSEN = "○"
SECTION_MARK = "■ "
HEADINGS = ("項目", "入力欄", "文字数の上限", "書き方")
NOTES = (
    "入力欄（枠のある白いセル）だけに書き込めます。セルの中の改行は Alt＋Enter です。",
    "書き終えたら保存し、システムの「表・様式の取込み」で送ってください。何件分でも一度に送れます。",
    "数式は使わないでください。取り込む前に、誤りをすべてお知らせします。",
)
CODE_HELP = "全国地方公共団体コード（6桁）。空欄のときは、送る人の団体になります。"
REQUIRED = "※必須"
OPTIONAL = "※任意"
LONGEST_PROMPT = 255  # characters, what Excel shows beside a cell
LONGEST_PROMPT_TITLE = 32
_A4 = 9
_WIDTHS = (27, 64, 18, 46)
_LONG_HEIGHT = 110
_SHORT_HEIGHT = 36
_HEAD_HEIGHT = 22
_FONT = {"font_name": "Yu Gothic"}
_TEXT = {"align": "left", "valign": "top", "text_wrap": True, "indent": 1}
_IN_ROW = {**_TEXT, "bottom": 1, "bottom_color": "#B3B3B3"}
_LOOKS: Mapping[str, Mapping[str, object]] = {
    "title": {"bold": True, "font_size": 16},
    "note": {"font_size": 10},
    "heading": {
        "bold": True,
        "indent": 1,
        "bg_color": "#E6E6E6",
        "top": 1,
        "bottom": 1,
        "valign": "vcenter",
    },
    "section": {
        "bold": True,
        "font_color": "#00118F",
        "bg_color": "#E8F1FE",
        "bottom": 1,
        "valign": "vcenter",
    },
    "label": _IN_ROW,
    "bold": {"bold": True},
    "required": {"bold": True, "font_color": "#CE0000"},
    "optional": {"font_color": "#595959"},
    "help": {"font_size": 10, **_IN_ROW},
    "input": {"num_format": "@", "border": 1, "locked": False, **_TEXT},
    "fixed": {"num_format": "@", "align": "left", "valign": "top", "indent": 1},
}


class _Line(NamedTuple):
    """One line of the form (様式の1行): what stands in its cells, and how it is filled in."""

    label: str
    mark: str
    limit: str
    help: str
    is_long: bool = False
    list_name: str = ""
    character_limit: int | None = None
    value: str = ""


def official_form(round_: Round, body: Organization | None) -> bytes:
    """The form of a round as an xlsx file (様式), with name and code of a body filled in."""
    buffer = io.BytesIO()
    title = f"共通化提案　提案様式　{round_.label}"
    with new_workbook(buffer, title=title, produced_at=clock.now()) as workbook:
        looks = {name: workbook.add_format({**_FONT, **look}) for name, look in _LOOKS.items()}
        sheet = workbook.add_worksheet(FORM_SHEET)
        lists = _write_choices(workbook.add_worksheet(CHOICE_SHEET), round_, looks)
        first = _write_head(sheet, round_, title, looks)
        _write_lines(sheet, first, _sections(round_, body), lists, looks)
        _lay_out(sheet, first)
    return buffer.getvalue()


def _write_head(sheet: Any, round_: Round, title: str, looks: Mapping[str, Any]) -> int:
    """Write what stands above the lines; return the row of the headings."""
    sheet.write_string(0, 0, title, looks["title"])
    facts = (
        (FORM_NUMBER_LABEL, form_number(round_)),
        ("募集回の記号", round_words(round_)),
        ("締切", format_datetime(round_.closes_at)),
    )
    for row, (label, value) in enumerate(facts, start=1):
        sheet.write_string(row, 0, label, looks["fixed"])
        sheet.write_string(row, 1, value, looks["fixed"])
    first = len(facts) + 2
    for row, note in enumerate(NOTES, start=first):
        sheet.write_string(row, 0, note, looks["note"])
    return first + len(NOTES) + 1


def _sections(round_: Round, body: Organization | None) -> list[tuple[str, list[_Line]]]:
    """Lines of the form under their section headings, in the order of the round's form."""
    found: list[tuple[str, list[_Line]]] = [("提案団体", _body_lines(body))]
    for field in fields_of(round_):
        if found[-1][0] != field.section:
            found.append((field.section, []))
        found[-1][1].extend(_field_lines(round_, field))
    return found


def _body_lines(body: Organization | None) -> list[_Line]:
    code = body.code if body and body.code else ""
    return [
        _Line(KEY_LABELS[Key.ORGANIZATION_CODE], "", "", CODE_HELP, value=code),
        _Line(KEY_LABELS[Key.ORGANIZATION_NAME], "", "", "", value=body.name if body else ""),
    ]


def _field_lines(round_: Round, field: FormField) -> list[_Line]:
    if field.kind is FieldKind.VIEWPOINTS:
        words = list(viewpoint_words(field).values())
        return [
            _Line(
                viewpoint_label(sign),
                "※1つ以上" if field.is_required else OPTIONAL,
                "",
                f"当てはまるときは {CHOSEN}。{said}",
                list_name=field.name,
            )
            for sign, said in zip(VIEWPOINT_MARKS.values(), words, strict=True)
        ]
    return [
        _Line(
            field.label,
            REQUIRED if field.is_required else OPTIONAL,
            _limit_words(round_, field),
            _help(round_, field),
            is_long=field.kind is FieldKind.LONG_TEXT,
            list_name=field.name,
            character_limit=field.character_limit,
        )
    ]


def _help(round_: Round, field: FormField) -> str:
    condition = condition_words(round_, field)
    return f"{condition}だけ入力。{field.help}" if condition else field.help


def _limit_words(round_: Round, field: FormField) -> str:
    for group in limit_groups(round_):
        if field in group.fields:
            labels = "と".join(row.label for row in group.fields)
            shared = f"{labels}を合わせて" if len(group.fields) > 1 else ""
            return f"{shared}{group.limit}文字以内"
    return ""


def _write_choices(sheet: Any, round_: Round, looks: Mapping[str, Any]) -> dict[str, str]:
    """Write what can be chosen, a column for each field; return where each list stands."""
    lists: dict[str, Sequence[str]] = {}
    labels: dict[str, str] = {}
    for field in fields_of(round_):
        choices = _choices(field)
        if choices:
            lists[field.name] = choices
            labels[field.name] = field.label
    places: dict[str, str] = {}
    for position, (name, choices) in enumerate(lists.items()):
        sheet.set_column(position, position, 30)
        sheet.write_string(0, position, labels[name], looks["heading"])
        for row, choice in enumerate(choices, start=1):
            sheet.write_string(row, position, choice, looks["fixed"])
        letter = chr(ord("A") + position) if position < 26 else f"A{chr(ord('A') + position - 26)}"
        places[name] = f"={CHOICE_SHEET}!${letter}$2:${letter}${len(choices) + 1}"
    sheet.protect()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    return places


def _choices(field: FormField) -> Sequence[str]:
    if field.kind is FieldKind.MINISTRY:
        return list(all_ministries().names.values())
    if field.kind is FieldKind.VIEWPOINTS:
        return (CHOSEN,)
    return list(choices_of(field).values())


def _write_lines(
    sheet: Any,
    first: int,
    sections: Sequence[tuple[str, Sequence[_Line]]],
    lists: Mapping[str, str],
    looks: Mapping[str, Any],
) -> None:
    sheet.set_row(first, _HEAD_HEIGHT)
    for position, heading in enumerate(HEADINGS):
        sheet.write_string(first, position, heading, looks["heading"])
    row = first + 1
    for section, lines in sections:
        if section:
            sheet.set_row(row, _HEAD_HEIGHT)
            for position in range(len(HEADINGS)):
                text = f"{SECTION_MARK}{section}" if position == 0 else ""
                sheet.write_string(row, position, text, looks["section"])
            row += 1
        for line in lines:
            _write_line(sheet, row, line, lists, looks)
            row += 1


def _write_line(
    sheet: Any, row: int, line: _Line, lists: Mapping[str, str], looks: Mapping[str, Any]
) -> None:
    sheet.set_row(row, _LONG_HEIGHT if line.is_long else _SHORT_HEIGHT)
    _write_label(sheet, row, line, looks)
    sheet.write_string(row, 1, line.value, looks["input"])
    sheet.write_string(row, 2, line.limit, looks["help"])
    sheet.write_string(row, 3, line.help, looks["help"])
    sheet.data_validation(row, 1, row, 1, _validation(line, lists.get(line.list_name)))


def _write_label(sheet: Any, row: int, line: _Line, looks: Mapping[str, Any]) -> None:
    parts = [looks["bold"], line.label]
    if line.mark:
        look = looks["optional" if line.mark == OPTIONAL else "required"]
        sheet.write_rich_string(row, 0, *parts, look, f"　{line.mark}", looks["label"])
    else:
        sheet.write_rich_string(row, 0, *parts, looks["bold"], " ", looks["label"])


def _validation(line: _Line, source: str | None) -> dict[str, object]:
    """What the program says beside the cell, and its list or its limit (入力の案内)."""
    said = "。".join(part.rstrip("。") for part in (line.limit, line.help) if part)
    message = {
        "input_title": line.label[:LONGEST_PROMPT_TITLE],
        "input_message": said[:LONGEST_PROMPT] or "入力してください。",
        "ignore_blank": True,
    }
    if source is not None:
        return {
            **message,
            "validate": "list",
            "source": source,
            "error_title": "選択肢にない値です",
            "error_message": "一覧から選んでください。分からないときは空欄にしてください。",
        }
    if line.character_limit is not None:
        return {
            **message,
            "validate": "length",
            "criteria": "<=",
            "value": line.character_limit,
            # It may be saved all the same: the program counts otherwise than the office does.
            "error_type": "warning",
            "error_title": "文字数が上限を超えています",
            "error_message": f"{line.limit}で書いてください。長い文は別紙に書けます。",
        }
    return {**message, "validate": "any"}


def _lay_out(sheet: Any, first: int) -> None:
    for position, width in enumerate(_WIDTHS):
        sheet.set_column(position, position, width)
    sheet.freeze_panes(first + 1, 0)
    # Long texts need room: the heights of the rows stay the writer's.
    sheet.protect("", {"format_rows": True, "format_columns": True})
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first)
    sheet.set_footer("&C&P / &N")
    sheet.activate()
