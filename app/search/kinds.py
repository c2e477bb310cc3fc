"""Kinds of what the search finds (検索の種類)."""

from enum import StrEnum

from app.proposals.search import CASE_DOCUMENT, WHOLE_CASE_DOCUMENT


class Kind(StrEnum):
    """What a hit is (種類): a case, a reply of a ministry, a row of a register.

    `whole_case` has every answer of a case, those that stay between the body and the secretariat,
    too (内部の項目). Only they find it, in place of `case`; a case without such answers has none.
    """

    CASE = CASE_DOCUMENT
    WHOLE_CASE = WHOLE_CASE_DOCUMENT
    REPLY = "reply"
    REGISTER = "register"


# Two kinds of one name are one to the reader.
KIND_LABELS = {
    Kind.CASE: "提案",
    Kind.WHOLE_CASE: "提案",
    Kind.REPLY: "回答",
    Kind.REGISTER: "台帳",
}
