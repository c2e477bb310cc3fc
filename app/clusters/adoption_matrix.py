"""The adoption matrix of a cluster (導入状況の表): 団体 × 導入状況, and what it may speak for.

A hint, never more: it names a class to think of, with the figures it comes from.
"""

from collections.abc import Sequence
from typing import NamedTuple

from app.clusters.models import Adoption

ADOPTION_LABELS: dict[Adoption, str] = {
    Adoption.ADOPTED: "事務あり・導入",
    Adoption.NOT_ADOPTED: "事務あり・未導入",
    Adoption.NO_DUTY: "事務なし",
    Adoption.UNKNOWN: "不明",
}
LEAST_BODIES = 2
MANY = 0.6
NONE_ADOPTED = 0


class AdoptionLine(NamedTuple):
    """A body in the matrix (団体の行): its case, what was read, the words it was read from."""

    body: str
    receipt_number: str
    adoption: Adoption
    words: str


class Hint(NamedTuple):
    """A class the adoption may speak for (分類の手がかり), and why."""

    code: str
    words: str


def adoption_counts(lines: Sequence[AdoptionLine]) -> dict[Adoption, int]:
    """Number of bodies of each kind (導入状況の団体数); a body counts once, with its first case."""
    first: dict[str, Adoption] = {}
    for line in lines:
        if first.get(line.body, Adoption.UNKNOWN) is Adoption.UNKNOWN:
            first[line.body] = line.adoption
    return {kind: sum(found is kind for found in first.values()) for kind in Adoption}


def hint_of(counts: dict[Adoption, int]) -> Hint | None:
    """What the figures may speak for (F-2・F-3・F-4), None where too few bodies said anything."""
    adopted, without = counts[Adoption.ADOPTED], counts[Adoption.NOT_ADOPTED]
    known = adopted + without
    if known < LEAST_BODIES:
        return None
    said = f"導入状況が分かる{known}団体のうち、導入済みは{adopted}団体です"
    if adopted == NONE_ADOPTED:
        return Hint("F-4", f"{said}。システムが存在しないもの（F-4）かどうかを確かめてください。")
    if adopted >= MANY * known:
        return Hint(
            "F-2", f"{said}。多くの団体が既に導入済みのもの（F-2）かどうかを確かめてください。"
        )
    return Hint("F-3", f"{said}。一部の団体が導入しているもの（F-3）かどうかを確かめてください。")
