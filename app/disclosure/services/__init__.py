"""Acts on requests for disclosure (情報公開の操作)."""

from app.disclosure.services.approval import (
    Decide,
    approve,
    ask_approval,
    hand_out,
    send_back,
)
from app.disclosure.services.hiding import (
    HideWords,
    Withhold,
    hide_words,
    show_again,
    withhold,
)
from app.disclosure.services.requests import OpenRequest, open_request

__all__ = [
    "Decide",
    "HideWords",
    "OpenRequest",
    "Withhold",
    "approve",
    "ask_approval",
    "hand_out",
    "hide_words",
    "open_request",
    "send_back",
    "show_again",
    "withhold",
]
