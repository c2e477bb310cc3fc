"""The figures of the meeting paper (公表値): their names, and how they are held against the counts.

They are kept under these names: `proposals`, `organizations`, `pending`, `category:f5`,
`org_type:prefecture`.
"""

from collections.abc import Iterable, Mapping

from app.reports.report import ComparedFigure, Comparison
from app.rounds.models import Round

PROPOSALS = "proposals"
ORGANIZATIONS = "organizations"
PENDING = "pending"

# Name of a figure, its label, what is counted here.
Counted = tuple[str, str, int]


def category_figure(key: str) -> str:
    """Name of the figure of a category (分類の公表値): `category:f5`."""
    return f"category:{key}"


def org_type_figure(key: str) -> str:
    """Name of the figure of a type of body (団体種別の公表値): `org_type:prefecture`."""
    return f"org_type:{key}"


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
