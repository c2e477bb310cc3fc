"""Pages of the accounts (ログイン・利用者・団体の画面)."""

from app.accounts.routes import (
    body,
    invitations,
    organizations,
    requests,
    sign_in,
    users,
)
from app.accounts.routes.blueprint import blueprint

__all__ = [
    "blueprint",
    "body",
    "invitations",
    "organizations",
    "requests",
    "sign_in",
    "users",
]
