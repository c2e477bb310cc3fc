"""The inventory of personal data (個人情報の台帳), kept beside the code that stores them."""

from app.personal_data.inventory.columns import REASONS
from app.personal_data.inventory.fields import INVENTORY, PersonalField
from app.personal_data.inventory.inputs import FREE_INPUTS, OTHER_INPUTS, PERSONAL_INPUTS

__all__ = [
    "INVENTORY",
    "PersonalField",
    "classified_columns",
    "classified_inputs",
    "columns_outside",
]


def classified_columns() -> list[str]:
    """Every column somebody has decided about, as `table.column` (分類した列); twice is a fault."""
    listed = [place for row in INVENTORY for place in row.places]
    for tables, _reason in REASONS:
        listed += _places(tables)
    return listed


def classified_inputs() -> list[str]:
    """Every text field of a form somebody has decided about (分類した入力項目)."""
    groups = (PERSONAL_INPUTS, FREE_INPUTS, OTHER_INPUTS)
    return [place for forms in groups for place in _places(forms)]


def columns_outside() -> list[tuple[str, int]]:
    """Why columns are not in the inventory, and how many (個人情報でないもの)."""
    return [(reason, len(_places(tables))) for tables, reason in REASONS]


def _places(groups: dict[str, str]) -> list[str]:
    return [f"{owner}.{name}" for owner, names in groups.items() for name in names.split()]
