"""Job `erase_old_drafts`: forgets what no open form can need any more (古い版・送信キーの整理)."""

from datetime import datetime

from app.core.repeated_posts import erase_old_posts
from app.proposals.versions import erase_old_versions


def erase_old_drafts(moment: datetime) -> int:
    """Erase old kept texts and old keys of sent forms; return the number of rows.

    Safe to run twice: the second run finds nothing.
    """
    return erase_old_versions(moment) + erase_old_posts(moment)
