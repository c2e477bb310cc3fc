"""What is unsafe about a configuration (配備の点検): settings alone, nothing is asked of anybody.

A finding names the setting and says what to change; it never holds a value that could be a secret.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from config import DEVELOPMENT_SECRET_KEY, SHORTEST_SECRET_KEY, Environment, Settings

# OWASP Session Management: idle and absolute limits of an office day.
LONGEST_IDLE = 30  # minutes
LONGEST_SESSION = 8  # hours
MOST_FREE_TRIES = 10
MOST_PROXIES = 5
FEWEST_SIGNS = 10  # different characters in a key nobody can guess
SHORTEST_DATABASE_PASSWORD = 12
SHORTEST_TOKEN = 16
SAFE_SSL = ("require", "verify-ca", "verify-full")
TRUE_WORDS = ("1", "true", "yes", "on", "t", "y")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is unsafe (指摘): the setting or the place, and what to do."""

    name: str
    words: str


def found(name: str, words: str) -> Finding:
    """Make a finding."""
    return Finding(name=name, words=words)


def settings_findings(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """What the settings alone tell (設定の点検)."""
    if settings.APP_ENV is not Environment.PRODUCTION:
        yield found("APP_ENV", "production ではありません。本番では production にしてください。")
    for name in ("FLASK_DEBUG", "PYTHONDEVMODE"):
        if environ.get(name, "").lower() in TRUE_WORDS:
            yield found(name, "開発用の動作が有効です。外してください。")
    yield from _key_findings(settings)
    yield from _address_findings(settings)
    yield from _limit_findings(settings)
    yield from _server_findings(settings)
    yield from _database_url_findings(settings)


def _key_findings(settings: Settings) -> Iterator[Finding]:
    key, old = settings.SECRET_KEY, settings.SECRET_KEY_OLD
    if len(key.encode()) < SHORTEST_SECRET_KEY or key == DEVELOPMENT_SECRET_KEY:
        yield found("SECRET_KEY", "32バイト以上の推測できない値を指定してください。")
    elif len(set(key)) < FEWEST_SIGNS:
        yield found("SECRET_KEY", "同じ文字の繰返しです。乱数で作り直してください。")
    if old and old == key:
        yield found(
            "SECRET_KEY_OLD", "SECRET_KEY と同じです。新しい鍵を SECRET_KEY に指定してください。"
        )
    elif old:
        words = (
            "鍵の交替の途中です。全員のログインが切り替わったら（既定は8時間後）外してください。"
        )
        yield found("SECRET_KEY_OLD", words)
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        yield found("METRICS_TOKEN", "16文字以上の推測できない値にしてください。")


def _address_findings(settings: Settings) -> Iterator[Finding]:
    public = urlsplit(settings.public_url())
    host = public.hostname or ""
    if public.scheme != "https":
        yield found("PUBLIC_URL", "https:// で始まるアドレスを指定してください。")
    if not host or "*" in host:
        yield found("PUBLIC_URL", "ホスト名を1つに決めてください（* は使えません）。")
    elif is_loopback(host):
        yield found(
            "PUBLIC_URL", "この台だけのアドレスです。利用者が開くアドレスを指定してください。"
        )
    if public.path.strip("/") or public.query or public.fragment or public.username:
        yield found("PUBLIC_URL", "https://ホスト名 までを指定してください。")
    if not 0 <= settings.TRUSTED_PROXIES <= MOST_PROXIES:
        yield found("TRUSTED_PROXIES", "前段のリバースプロキシの段数（0から5）を指定してください。")
    elif settings.TRUSTED_PROXIES == 0:
        words = "https を受ける前段のリバースプロキシの段数を指定してください（1台なら1）。"
        yield found("TRUSTED_PROXIES", words)
    if any(word in settings.METRICS_ALLOW for word in ("*", "/0")):
        yield found(
            "METRICS_ALLOW", "だれからでも読めます。監視サーバーのアドレスだけにしてください。"
        )


def _limit_findings(settings: Settings) -> Iterator[Finding]:
    limits = (
        ("SESSION_IDLE_MINUTES", LONGEST_IDLE),
        ("SESSION_HOURS", LONGEST_SESSION),
        ("SIGN_IN_FREE_TRIES", MOST_FREE_TRIES),
    )
    for name, limit in limits:
        if not 1 <= getattr(settings, name) <= limit:
            yield found(name, f"1から{limit}までにしてください。")
    if not settings.enforces_second_factor():
        words = (
            "事務局・府省庁・システム管理に二要素認証を求めていません。required にしてください。"
        )
        yield found("SECOND_FACTOR", words)
    for name in ("NODES", "WEB_WORKERS", "WEB_THREADS"):
        if getattr(settings, name) < 1:
            yield found(name, "1以上の数を指定してください。")
    if settings.NODES > 1 and settings.is_sqlite():
        yield found("NODES", "2以上のとき、SQLite は使えません。PostgreSQL にしてください。")
    if settings.LOG_FORMAT not in ("text", "json"):
        yield found("LOG_FORMAT", "text か json を指定してください。")


def _server_findings(settings: Settings) -> Iterator[Finding]:
    if settings.SCANNER == "none":
        yield found(
            "SCANNER", "添付のウイルス検査をしていません。clamd:// か command: を指定してください。"
        )
    elif settings.SCANNER.startswith("clamd://"):
        host = urlsplit(settings.SCANNER).hostname
        if host and not is_loopback(host):
            words = "検査するファイルが、暗号化されずにほかの台へ流れます。同じ台に置いてください。"
            yield found("SCANNER", words)
    server = settings.mail_server()
    if server is not None and not server.is_encrypted and not is_loopback(server.host):
        yield found(
            "SMTP_URL", "暗号化しない通信です。smtps:// か smtp+starttls:// にしてください。"
        )
    endpoint = urlsplit(settings.S3_ENDPOINT_URL)
    if endpoint.scheme == "http" and not is_loopback(endpoint.hostname or ""):
        yield found("S3_ENDPOINT_URL", "暗号化しない通信です。https:// にしてください。")


def _database_url_findings(settings: Settings) -> Iterator[Finding]:
    if settings.is_sqlite():
        return
    url = urlsplit(settings.database_url())
    query = parse_qs(url.query)
    host = (url.hostname or query.get("host", [""])[0]) or "localhost"
    is_local = host.startswith("/") or is_loopback(host)
    if not is_local and query.get("sslmode", [""])[-1] not in SAFE_SSL:
        words = "データベースとの通信を暗号化してください（?sslmode=verify-full）。"
        yield found("DATABASE_URL", words)
    password = url.password or ""
    if password and (len(password) < SHORTEST_DATABASE_PASSWORD or password == url.username):
        yield found(
            "DATABASE_URL", "データベースのパスワードを、12文字以上の推測できない値にしてください。"
        )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
