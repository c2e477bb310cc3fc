"""Addresses that the figures of a report lead to (一覧へのリンク): many of them on one page."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import url_for

from app.rounds.models import Round


class CaseLinks:
    """Lists of the cases of a round, and single cases (提案の一覧・案件へのリンク).

    The address is made once; a figure adds what its list is narrowed to. `taken_over` is what all
    of these lists take over from the report: the day it is about (時点).
    """

    def __init__(self, round_: Round, taken_over: Mapping[str, Any]) -> None:
        self.is_past = bool(taken_over)
        self._list = url_for("casework.index", round=round_.key, **taken_over)
        self._case = url_for("casework.show", receipt_number="0").removesuffix("0")

    def to(self, asked: Mapping[str, object]) -> str:
        """Address of the list narrowed to this (絞り込んだ一覧)."""
        return self._list + "".join(
            f"&{name}={_quoted(str(value))}" for name, value in asked.items()
        )

    def case(self, receipt_number: str) -> str:
        """Address of one case (案件の画面)."""
        return self._case + _quoted(receipt_number)


@lru_cache(maxsize=4096)
def _quoted(value: str) -> str:
    return quote(value, safe="")
