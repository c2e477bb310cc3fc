"""Acts of the jobs that watch the dates (期限を見る定期処理)."""

from datetime import datetime


def record_overdue(moment: datetime) -> int:
    """Insert the event of every deadline that was missed by now (期限超過の記録); how many."""
    return 0


def send_digests(moment: datetime) -> int:
    """Queue one digest a person of what is due or overdue (期限のまとめ); how many."""
    return 0


def escalate(moment: datetime) -> int:
    """Tell the leads of what is overdue by 3 office days or more (総括への報告); how many."""
    return 0


def tell_revisits(moment: datetime) -> int:
    """Tell of the cases whose revisit date has come (見直し日の知らせ); how many."""
    return 0
