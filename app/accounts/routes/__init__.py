"""Pages of the accounts (ログイン・利用者・団体の画面)."""

from app.accounts.routes import (
    body,
    invitations,
    lost_access,
    organizations,
    own_account,
    requests,
    second_step,
    sign_in,
    users,
)
from app.accounts.routes.blueprint import blueprint
from app.accounts.words import ACCOUNT_WORDS
from app.audit.words import name_verbs

name_verbs(ACCOUNT_WORDS)

__all__ = [
    "blueprint",
    "body",
    "invitations",
    "lost_access",
    "organizations",
    "own_account",
    "requests",
    "second_step",
    "sign_in",
    "users",
]
