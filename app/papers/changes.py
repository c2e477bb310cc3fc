"""What changed from one version of the paper to the next (前の版から変わったところ)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.difference import Piece, difference
from app.papers.stored import PaperContent, Sheet


@dataclass(frozen=True, kw_only=True)
class FigureChange:
    """A number that is another one (変わった数); None where a version does not print it."""

    label: str
    unit: str
    before: int | None
    after: int | None

    @property
    def step(self) -> int:
        """How much more or less (増減)."""
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """A cell of a row that says something else (変わった欄)."""

    label: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """A row that stands in both versions and says something else (変わった行)."""

    key: str
    cells: Sequence[CellChange]


@dataclass(frozen=True, kw_only=True)
class SheetChange:
    """A table whose rows came, went or say something else (変わった表)."""

    title: str
    added: Sequence[str]
    removed: Sequence[str]
    changed: Sequence[RowChange]


@dataclass(frozen=True, kw_only=True)
class PaperChanges:
    """All that changed between two versions (版の違い)."""

    figures: Sequence[FigureChange]
    sheets: Sequence[SheetChange]

    @property
    def is_empty(self) -> bool:
        """Whether both say the same (変更なし)."""
        return not self.figures and not self.sheets


def changes_between(before: PaperContent, after: PaperContent) -> PaperChanges:
    """Compare two versions: figures, then tables row by row and cell by cell (版の比較)."""
    old = {sheet.name: sheet for sheet in before.sheets}
    new = {sheet.name: sheet for sheet in after.sheets}
    names = dict.fromkeys([*new, *old])
    sheets = [_sheet_change(old.get(name), new.get(name)) for name in names]
    return PaperChanges(
        figures=_figure_changes(before, after),
        sheets=[sheet for sheet in sheets if sheet.added or sheet.removed or sheet.changed],
    )


def _figure_changes(before: PaperContent, after: PaperContent) -> list[FigureChange]:
    old = {figure.name: figure for figure in before.figures}
    new = {figure.name: figure for figure in after.figures}
    found = []
    for name in dict.fromkeys([*new, *old]):
        was, is_ = old.get(name), new.get(name)
        shown = is_ or was
        if shown is not None and (was and was.value) != (is_ and is_.value):
            found.append(
                FigureChange(
                    label=shown.label,
                    unit=shown.unit,
                    before=was.value if was else None,
                    after=is_.value if is_ else None,
                )
            )
    return found


def _sheet_change(before: Sheet | None, after: Sheet | None) -> SheetChange:
    old = before.rows if before else {}
    new = after.rows if after else {}
    shown = after or before
    changed = [
        RowChange(key=key, cells=_cell_changes(old[key], new[key])) for key in new if key in old
    ]
    return SheetChange(
        title=shown.title if shown else "",
        added=[_line(key, new[key]) for key in new if key not in old],
        removed=[_line(key, old[key]) for key in old if key not in new],
        changed=[row for row in changed if row.cells],
    )


def _cell_changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[CellChange]:
    return [
        CellChange(label=label, pieces=difference(before.get(label, ""), after.get(label, "")))
        for label in dict.fromkeys([*after, *before])
        if before.get(label, "") != after.get(label, "")
    ]


def _line(key: str, cells: Mapping[str, str]) -> str:
    """A row in one line: its key, and the first text that says more than it."""
    more = next((text for text in cells.values() if text and text not in key), "")
    return f"{key}　{more}" if more else key
