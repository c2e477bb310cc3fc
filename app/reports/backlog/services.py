"""Storing the backlog of a morning (滞留の日次記録)."""

from datetime import datetime


def store_snapshot(moment: datetime) -> int:
    """Store the backlog as it stands at a moment and write to its readers (滞留報告); how many."""
    return 0
