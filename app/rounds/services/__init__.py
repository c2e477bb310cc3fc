"""Setting up rounds and schemes (募集回・分類体系の設定)."""

from app.rounds.services.rounds import (
    ChangeClosing,
    NewRound,
    change_closing,
    create_round,
    extend_for_body,
    publish_figures,
)
from app.rounds.services.schemes import NewCategory, add_category, create_scheme

__all__ = [
    "ChangeClosing",
    "NewCategory",
    "NewRound",
    "add_category",
    "change_closing",
    "create_round",
    "create_scheme",
    "extend_for_body",
    "publish_figures",
]
