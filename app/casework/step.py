"""What the panel of the next step says (次にすることの欄)."""

from dataclasses import dataclass
from typing import NamedTuple


class StepLink(NamedTuple):
    """A link to the page of an action (操作)."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """The panel of the next step (次にすること); without a primary action it says who is next."""

    heading: str
    why: str
    after: str = ""
    primary: StepLink | None = None
    others: tuple[StepLink, ...] = ()
