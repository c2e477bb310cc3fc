"""Form of the comparison of costs (費用の比較の入力様式): one input for each cell."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.core.forms import CharacterLimit, clean
from app.core.text import is_blank
from app.plans.costs import (
    MOST_CLASSES,
    MOST_OPTIONS,
    UNIT_WORDS,
    Amounts,
    CostComparison,
    CostOption,
    CostUnit,
    SizeClass,
)
from app.plans.figures import (
    LONGEST_YEARS,
    MOST_BODIES,
    FigureError,
    read_amount,
    read_whole,
    typed_amount,
)
from app.plans.services.trace import LONGEST_REASON
from app.plans.services.write import WriteCosts
from app.proposals.forms.base import VersionForm

FEWEST_OPTIONS_SHOWN = 3
FEWEST_CLASSES_SHOWN = 2
_NUMBERED = re.compile(r"(option|class)(\d+)(_.*)")


class CostsForm(VersionForm):
    """Unit, years, size classes and options (費用の比較); the cells are added below."""

    unit = SelectField(
        "金額の単位",
        choices={row.value: words for row, words in UNIT_WORDS.items()},
        validate_choice=False,
    )
    years = StringField(
        "比較する年数", filters=[clean], description=f"1から{LONGEST_YEARS}までの年数。"
    )
    note = TextAreaField(
        "算定の前提",
        [CharacterLimit(LONGEST_REASON)],
        filters=[clean],
        description="数字の出どころ、見積りの時点など。表の下に出ます。",
    )

    def validate_unit(self, field: SelectField) -> None:
        """Refuse what is no unit."""
        if field.data not in list(CostUnit):
            raise ValidationError("金額の単位を一覧から選んでください")

    def validate_years(self, field: StringField) -> None:
        """Refuse what is no number of years."""
        _read(field, lambda text: read_whole(text, most=LONGEST_YEARS, unit="年", least=1))

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the name of an option and of a size class that has figures."""
        is_valid: bool = super().validate(extra_validators)
        for number in range(1, MOST_OPTIONS + 1):
            is_valid = self._is_named(f"option{number}", f"案{number}") and is_valid
        for number in range(1, MOST_CLASSES + 1):
            is_valid = self._is_named(f"class{number}", f"規模{number}") and is_valid
        return is_valid

    def _is_named(self, prefix: str, label: str) -> bool:
        name = self[f"{prefix}_name"]
        if not is_blank(name.data) or not any(field.data for field in self._cells_of(prefix)):
            return True
        name.errors = [
            *name.errors,
            f"{label}には数字があります。名前を入力するか、数字をすべて消してください",
        ]
        return False

    def _cells_of(self, prefix: str) -> list[Field]:
        """Inputs of an option or of a size class, besides its name."""
        is_class = prefix.startswith("class")
        return [
            field
            for field in self
            if field.name != f"{prefix}_name"
            and (f"{prefix}_" in field.name if is_class else field.name.startswith(f"{prefix}_"))
        ]

    def shown_options(self) -> list[int]:
        """Numbers of the options the page offers (案の列): those in use and an empty one."""
        return _shown(self, "option", MOST_OPTIONS, FEWEST_OPTIONS_SHOWN)

    def shown_classes(self) -> list[int]:
        """Numbers of the size classes the page offers (規模の行)."""
        return _shown(self, "class", MOST_CLASSES, FEWEST_CLASSES_SHOWN)

    def to_command(self) -> WriteCosts:
        """Make the command of a valid form; options and classes without a name are left out."""
        classes = self._kept("class", MOST_CLASSES)
        return WriteCosts(
            version=self.expected_version(),
            comparison=CostComparison(
                unit=CostUnit(self.unit.data),
                years=read_whole(self.years.data or "", most=LONGEST_YEARS, unit="年", least=1),
                classes=tuple(self._class(number) for number in classes),
                options=tuple(
                    self._option(number, classes) for number in self._kept("option", MOST_OPTIONS)
                ),
                note=self.note.data or "",
            ),
        )

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Put refusals at their cells: the service counts only what has a name."""
        kept = {
            "option": self._kept("option", MOST_OPTIONS),
            "class": self._kept("class", MOST_CLASSES),
        }
        moved: dict[str, Sequence[str]] = {}
        for name, said in errors.items():
            found = _NUMBERED.fullmatch(name)
            if found is None:
                moved[name] = said
            else:
                number = kept[found[1]][int(found[2]) - 1]
                moved[f"{found[1]}{number}{found[3]}"] = said
        super().add_errors(moved)

    def _kept(self, kind: str, most: int) -> list[int]:
        numbers = range(1, most + 1)
        return [number for number in numbers if not is_blank(self[f"{kind}{number}_name"].data)]

    def _class(self, number: int) -> SizeClass:
        bodies = self[f"class{number}_bodies"].data or ""
        return SizeClass(
            label=self[f"class{number}_name"].data,
            bodies=read_whole(bodies, most=MOST_BODIES, unit="団体"),
        )

    def _option(self, number: int, classes: Sequence[int]) -> CostOption:
        return CostOption(
            name=self[f"option{number}_name"].data,
            national=self._amounts(f"option{number}"),
            local=tuple(self._amounts(f"option{number}_class{row}") for row in classes),
        )

    def _amounts(self, prefix: str) -> Amounts:
        return Amounts(
            initial=read_amount(self[f"{prefix}_initial"].data or ""),
            yearly=read_amount(self[f"{prefix}_yearly"].data or ""),
        )


class AmountField(StringField):
    """A cell for an amount of money (金額の欄); what is no figure is refused in words."""

    def pre_validate(self, form: Any) -> None:
        """Raise ValidationError for a text that is no amount."""
        _read(self, read_amount)


class BodiesField(StringField):
    """A cell for a number of bodies (団体数の欄)."""

    def pre_validate(self, form: Any) -> None:
        """Raise ValidationError for a text that is no number of bodies."""
        _read(self, lambda text: read_whole(text, most=MOST_BODIES, unit="団体"))


def _read(field: Field, reader: Any) -> None:
    try:
        reader(field.data or "")
    except FigureError as error:
        raise ValidationError(f"{field.label.text}：{error.message}") from error


def _shown(form: CostsForm, kind: str, most: int, fewest: int) -> list[int]:
    used = [
        number
        for number in range(1, most + 1)
        if not is_blank(form[f"{kind}{number}_name"].data) or form[f"{kind}{number}_name"].errors
    ]
    last = max([*used, 0])
    return list(range(1, min(max(last + 1, fewest), most) + 1))


def _add_cells() -> None:
    for number in range(1, MOST_CLASSES + 1):
        label = f"規模{number}"
        prefix = f"class{number}"
        setattr(CostsForm, f"{prefix}_name", StringField(f"{label}の名前", filters=[clean]))
        setattr(CostsForm, f"{prefix}_bodies", BodiesField(f"{label}の団体数", filters=[clean]))
    for number in range(1, MOST_OPTIONS + 1):
        label = f"案{number}"
        prefix = f"option{number}"
        setattr(CostsForm, f"{prefix}_name", StringField(f"{label}の名前", filters=[clean]))
        _add_amounts(prefix, f"{label} 国の")
        for row in range(1, MOST_CLASSES + 1):
            _add_amounts(f"{prefix}_class{row}", f"{label} 規模{row}の1団体の")


def _add_amounts(prefix: str, label: str) -> None:
    for name, words in (("initial", "初期費用"), ("yearly", "年額費用")):
        setattr(CostsForm, f"{prefix}_{name}", AmountField(f"{label}{words}", filters=[clean]))


_add_cells()


def form_values(comparison: CostComparison) -> dict[str, str]:
    """What stands in the cells for a comparison that was written (欄の値)."""
    values = {
        "unit": comparison.unit.value,
        "years": "" if comparison.years is None else str(comparison.years),
        "note": comparison.note,
    }
    for number, row in enumerate(comparison.classes, start=1):
        values[f"class{number}_name"] = row.label
        values[f"class{number}_bodies"] = "" if row.bodies is None else str(row.bodies)
    for number, option in enumerate(comparison.options, start=1):
        prefix = f"option{number}"
        values[f"{prefix}_name"] = option.name
        paid = {prefix: option.national}
        paid |= {f"{prefix}_class{place}": row for place, row in enumerate(option.local, start=1)}
        for name, amounts in paid.items():
            values[f"{name}_initial"] = typed_amount(amounts.initial)
            values[f"{name}_yearly"] = typed_amount(amounts.yearly)
    return values
