"""Words about tokens (APIトークンの言葉)."""

from app.accounts.models import ApiToken
from app.core import clock
from app.tokens.use import is_alive

TOKEN_WORDS = {
    "api_token.make": "APIトークンを発行しました",
    "api_token.revoke": "APIトークンを取り消しました",
    "api_token.use": "APIトークンで読みました（1時間に1件だけ記録）",
    "api_token.refuse": "使えないAPIトークンを断りました",
}
ALIVE, EXPIRED, REVOKED, OWNER_CHANGED = "使えます", "期限切れ", "取消し済み", "所有者の変更で終了"


def standing_words(token: ApiToken) -> tuple[str, str]:
    """Whether a token still opens anything, in words, with the tone of the badge (状況)."""
    if is_alive(token):
        return ALIVE, "done"
    if token.ended_at is None and token.expires_at <= clock.now():
        return EXPIRED, "plain"
    return (REVOKED if token.end == "revoked" else OWNER_CHANGED), "plain"
