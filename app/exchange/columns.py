"""Columns of the proposal file (提案ファイルの列): the contract, and the round's fields."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.exchange.keys import folded
from app.proposals.content import fields_of
from app.rounds.models import FormField, Round

LONGEST_SHOWN_LABEL = 100


class Key(StrEnum):
    """Columns that are no field of the form (様式の項目でない列)."""

    RECEIPT_NUMBER = "receipt_number"
    ORGANIZATION_CODE = "organization_code"
    ORGANIZATION_NAME = "organization_name"
    ORG_TYPE = "org_type"
    PARTNER_CODES = "partner_codes"
    STATE = "state"
    CATEGORY = "category"
    RESPONSE_POLICY = "response_policy"
    RECEIVED_ON = "received_on"
    DUE_ON = "due_on"
    ROUND = "round"
    DRAFT_ID = "draft_id"


KEY_LABELS: dict[Key, str] = {
    Key.RECEIPT_NUMBER: "受付番号",
    Key.ORGANIZATION_CODE: "団体コード",
    Key.ORGANIZATION_NAME: "団体名",
    Key.ORG_TYPE: "団体種別",
    Key.PARTNER_CODES: "共同提案団体コード",
    Key.STATE: "状態",
    Key.CATEGORY: "分類",
    Key.RESPONSE_POLICY: "対応方針",
    Key.RECEIVED_ON: "受付日",
    Key.DUE_ON: "期限",
    Key.ROUND: "募集回",
    Key.DRAFT_ID: "下書きID",
}
# Written for the reader, never read back: what they say is decided elsewhere.
IGNORED_KEYS = (
    Key.ORGANIZATION_NAME,
    Key.ORG_TYPE,
    Key.STATE,
    Key.CATEGORY,
    Key.RESPONSE_POLICY,
    Key.RECEIVED_ON,
    Key.DUE_ON,
)
# Labels that programs rely on, in their order, whatever a round calls these fields.
FIELD_LABELS: dict[str, str] = {
    "title": "提案概要",
    "detail": "提案詳細",
    "requested_measure": "求める措置",
    "hardship_case": "支障事例",
    "effect": "制度改正の効果",
    "legal_basis": "根拠法令",
    "ministry_id": "所管府省庁",
    "viewpoints": "視点",
    "adoption_status": "自団体の導入状況",
    "bunken_control_number": "分権提案管理番号",
    "contact_department": "担当部署",
    "contact_email": "連絡先メールアドレス",
}
# Columns of a file with the errors of an import beside its rows (誤りの列を付けた表).
FAULT_LABEL = "取込みの誤り"
PLACE_LABELS = ("ファイル", "シート", "行")
CONTACT_FIELDS = ("contact_department", "contact_email")
_BEFORE = (Key.RECEIPT_NUMBER, Key.ORGANIZATION_CODE, Key.ORGANIZATION_NAME, Key.ORG_TYPE)
_AFTER = (
    Key.PARTNER_CODES,
    Key.STATE,
    Key.CATEGORY,
    Key.RESPONSE_POLICY,
    Key.RECEIVED_ON,
    Key.DUE_ON,
)
_LAST = (Key.ROUND, Key.DRAFT_ID)
# Marks like ※必須 stand behind a label.
_MARK = re.compile(r"[※*＊].*", re.DOTALL)


@dataclass(frozen=True)
class ExchangeColumn:
    """One column (列): its name in the code, its label in the file, the field it fills, if any."""

    name: str
    label: str
    field: FormField | None = None
    other_labels: tuple[str, ...] = ()

    @property
    def is_ignored(self) -> bool:
        """Whether the column is not read on import (取込みでは読まない列)."""
        return self.name in IGNORED_KEYS


@dataclass(frozen=True)
class HeaderMatch:
    """What a row of cells means as a header (見出しの照合): positions count from 0."""

    columns: Mapping[int, ExchangeColumn]
    unknown: Sequence[str]
    doubled: Sequence[str]


def columns_of(round_: Round) -> list[ExchangeColumn]:
    """Columns of a round's proposal file, in their order (提案ファイルの列)."""
    fields = {field.name: field for field in fields_of(round_)}
    contract = [name for name in FIELD_LABELS if name in fields and name not in CONTACT_FIELDS]
    contact = [name for name in CONTACT_FIELDS if name in fields]
    extra = [name for name in fields if name not in FIELD_LABELS]
    return [
        *map(_key_column, _BEFORE),
        *[_contract_column(fields[name]) for name in contract],
        *map(_key_column, _AFTER),
        *[_contract_column(fields[name]) for name in contact],
        *[_extra_column(fields[name]) for name in extra],
        *map(_key_column, _LAST),
    ]


def match_header(cells: Sequence[str], columns: Sequence[ExchangeColumn]) -> HeaderMatch:
    """Find the columns that the cells of a row name, in whatever order (見出しの照合)."""
    known = {
        header_key(label): column
        for column in reversed(columns)
        for label in (column.name, *column.other_labels, column.label)
    }
    ours = {header_key(label) for label in (FAULT_LABEL, *PLACE_LABELS)}
    found: dict[int, ExchangeColumn] = {}
    unknown: list[str] = []
    doubled: list[str] = []
    for position, cell in enumerate(cells):
        column = known.get(header_key(cell))
        if column is None:
            if header_key(cell) and header_key(cell) not in ours:
                unknown.append(cell.strip()[:LONGEST_SHOWN_LABEL])
        elif column in found.values():
            doubled.append(column.label)
        else:
            found[position] = column
    return HeaderMatch(found, unknown, doubled)


def header_key(text: str) -> str:
    """The label folded for comparison (見出しの照合キー): no width, blanks, case or ※必須."""
    return folded(_MARK.sub("", text))


def _key_column(key: Key) -> ExchangeColumn:
    return ExchangeColumn(key.value, KEY_LABELS[key])


def _contract_column(field: FormField) -> ExchangeColumn:
    return ExchangeColumn(field.name, FIELD_LABELS[field.name], field, (field.label,))


def _extra_column(field: FormField) -> ExchangeColumn:
    taken = {*KEY_LABELS.values(), *FIELD_LABELS.values()}
    label = f"{field.label}（追加項目）" if field.label in taken else field.label
    return ExchangeColumn(field.name, label, field)
