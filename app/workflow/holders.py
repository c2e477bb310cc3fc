"""Kinds of holders (持ち主の種類): who has the next move of a case."""

from enum import StrEnum


class HolderKind(StrEnum):
    """Who has the next move (持ち主の種類)."""

    REVIEWER = "reviewer"  # 担当: named people of the secretariat
    POOL = "pool"  # 形式確認の担当 or 総括: whoever of them comes first
    BODY = "body"
    MINISTRY = "ministry"
