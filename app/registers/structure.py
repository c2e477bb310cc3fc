"""Columns of each register (台帳の列), as its source prints them, and how they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.registers.models import Register


class FieldKind(StrEnum):
    """How the text of a column is read (列の種類)."""

    LINE = "line"
    TEXT = "text"
    INTEGER = "integer"
    DATE = "date"
    YEAR = "year"
    NUMBERS = "numbers"
    NAMES = "names"
    ALIASES = "aliases"


@dataclass(frozen=True)
class EntryField:
    """A column of a register (列): name in the table, label of the source, longest text."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    limit: int = 300
    is_required: bool = False
    help: str = ""


NUMBER = EntryField("number", "番号", FieldKind.INTEGER)
TITLE = "title"
DETAIL = EntryField("detail", "内容", FieldKind.TEXT, 2_000)
AS_OF = EntryField(
    "as_of",
    "時点",
    FieldKind.DATE,
    is_required=True,
    help="出典がいつのものか。例：令和6年8月27日、2024-08-27",
)
SOURCE = EntryField("source", "出典", is_required=True, help="この行を引いた資料の名前")
ALIASES = EntryField(
    "aliases",
    "別名",
    FieldKind.ALIASES,
    5_000,
    help="1行に1つ、「種類｜語｜理由」。種類は略称、別称、原本の表記、関連語",
)


def _title(label: str) -> EntryField:
    return EntryField(TITLE, label, is_required=True)


def _ministry(label: str = "府省庁") -> EntryField:
    return EntryField("ministry_name", label, limit=100)


def _policy() -> EntryField:
    return EntryField("response_policy", "対応方針", FieldKind.TEXT, 2_000)


_LAST = (DETAIL, AS_OF, SOURCE)
# In the order of the source.
FIELDS_OF: Mapping[Register, tuple[EntryField, ...]] = {
    Register.TYPES: (EntryField("field", "分野", limit=100), _title("概要"), _ministry(), *_LAST),
    Register.BUNKEN: (
        EntryField("group_code", "分類", limit=20, help="A、B-1、B-2（提案の分類とは別のもの）"),
        EntryField("group_label", "分類の名称"),
        _title("分権提案"),
        EntryField("existing_system", "共通システム"),
        EntryField(
            "year", "年", FieldKind.YEAR, is_required=True, help="提案募集の年。例：令和6年"
        ),
        EntryField(
            "control_numbers",
            "管理番号",
            FieldKind.NUMBERS,
            is_required=True,
            help="いくつもあるときは、読点で区切ります。例：79、56",
        ),
        _policy(),
        _ministry(),
        *_LAST,
    ),
    Register.CORE20: (_title("業務"), _ministry("制度所管府省庁"), *_LAST),
    Register.CLOSELY_RELATED: (
        EntryField("field", "システム業務区分", limit=100),
        _title("業務（システム）"),
        EntryField(
            "linked_names",
            "20業務との連携先",
            FieldKind.NAMES,
            1_000,
            help="20業務の名称か別名を、読点で区切ります。例：住民基本台帳、個人住民税",
        ),
        _ministry(),
        *_LAST,
    ),
    Register.KEIYU_JIMU: (
        EntryField("group_code", "分類", limit=20, help="1、2-A、2-B、2-C"),
        EntryField("group_label", "分類の名称"),
        _title("種類"),
        EntryField("quantity", "手続数", FieldKind.INTEGER, is_required=True),
        EntryField("examples", "主な例", FieldKind.TEXT, 2_000),
        _policy(),
        _ministry(),
        *_LAST,
    ),
    Register.KEIYU_CHOSA: (
        _title("所管府省庁"),
        EntryField("quantity", "経由調査数", FieldKind.INTEGER, is_required=True),
        EntryField("examples", "具体例", FieldKind.TEXT, 2_000),
        _ministry("送付先の府省庁"),
        *_LAST,
    ),
    Register.COMMON_SYSTEM: (_title("共通システム"), _ministry(), *_LAST),
    Register.DPI: (_title("基盤"), _ministry(), *_LAST),
}
# The register that the names of a link are rows of (連携先).
LINKED_REGISTER = Register.CORE20


def columns_of(register: Register) -> tuple[EntryField, ...]:
    """Columns of a file of the register (台帳のファイルの列): number, its fields, aliases."""
    return (NUMBER, *FIELDS_OF[register], ALIASES)


def has_field(register: Register, name: str) -> bool:
    """Whether the source of the register prints this column (列の有無)."""
    return any(column.name == name for column in FIELDS_OF[register])
