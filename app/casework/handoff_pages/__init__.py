"""Pages of the hand-offs of one case, for the secretariat (案件の送付・回答)."""

from app.casework.handoff_pages import acts, load, preparing, reclassify, show
from app.casework.handoff_pages.blueprint import blueprint

__all__ = ["acts", "blueprint", "load", "preparing", "reclassify", "show"]
