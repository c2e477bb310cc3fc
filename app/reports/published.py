"""The figures of the meeting paper (公表値): their names, and how they are held against the counts.

A figure of a category is kept under the code of the category (`A`, `F-5`), the others under the
names below, a type of body under its own (`prefecture`).
"""

from collections.abc import Iterable, Mapping

from app.reports.report import ComparedFigure, Comparison
from app.rounds.models import Round

PROPOSALS = "proposals"
ORGANIZATIONS = "proposing_organizations"
PENDING = "PENDING"

Counted = tuple[str, str, int]


def published_figures(round_: Round) -> dict[str, int]:
    """Figures the meeting paper printed for the round, by name (公表値)."""
    return {figure.name: figure.value for figure in round_.published_figures}


def compare(published: Mapping[str, int], counted: Iterable[Counted]) -> Comparison | None:
    """Hold counts (name, label, number) against the paper (照合); None when it printed none.

    A line that the paper does not have, such as a category added later, is not compared.
    """
    figures = tuple(
        ComparedFigure(label, published[name], number)
        for name, label, number in counted
        if name in published
    )
    return Comparison(figures=figures) if figures else None
