"""Every setting of the product, its environment variable and its default (設定)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from email.headerregistry import Address
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent
DEVELOPMENT_SECRET_KEY = "development-only-secret-key-not-for-production"  # noqa: S105
SHORTEST_SECRET_KEY = 32  # bytes


Security = Literal["none", "tls", "starttls"]
LONGEST_SMTP_TIMEOUT = 60  # seconds
SMTP_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("none", 25),
    "smtps": ("tls", 465),
    "smtp+starttls": ("starttls", 587),
}


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed over (メールサーバー). The password is in no text made of it."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_encrypted(self) -> bool:
        """Whether nobody on the way can read along."""
        return self.security != "none"


class Environment(StrEnum):
    """Where the product runs (動作環境)."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class UnsafeConfiguration(Exception):
    """The settings are not safe to start with; the message names them, never their values."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of one process. Field names in capitals are the environment variables."""

    APP_ENV: Environment = Environment.DEVELOPMENT
    DATABASE_URL: str = ""
    STORAGE_URL: str = ""
    S3_ENDPOINT_URL: str = ""
    SCANNER: str = "none"
    # Neither key is shown where the settings are.
    SECRET_KEY: str = field(default="", repr=False)
    # The key before this one, while one is being replaced by the other (鍵の交替).
    SECRET_KEY_OLD: str = field(default="", repr=False)
    # Where the checkpoints of the trail are kept besides the database (監査の封印), and their key.
    AUDIT_CHECKPOINTS: str = ""
    AUDIT_CHECKPOINT_KEY: str = field(default="", repr=False)
    SECOND_FACTOR: str = ""
    PUBLIC_URL: str = ""
    LOG_FORMAT: str = "text"
    METRICS_ALLOW: str = "127.0.0.1,::1"
    METRICS_TOKEN: str = field(default="", repr=False)
    DRAIN_SECONDS: int = 0
    HOST: str = "127.0.0.1"
    PORT: int = 8000
    WEB_WORKERS: int = 2
    WEB_THREADS: int = 4
    NODES: int = 1
    TRUSTED_PROXIES: int = 0
    SESSION_IDLE_MINUTES: int = 30
    SESSION_HOURS: int = 8
    SIGN_IN_FREE_TRIES: int = 10
    CLAIM_MINUTES: int = 120
    OFFICE_NAME: str = "デジタル行財政改革会議事務局"
    OFFICE_CONTACT: str = "所属団体の管理者を通じて事務局へお問い合わせください。"
    # Holds a password: never shown where the settings are.
    SMTP_URL: str = field(default="", repr=False)
    SMTP_TIMEOUT_SECONDS: int = 20
    MAIL_FROM: str = ""
    MAIL_REPLY_TO: str = ""
    MAIL_ALLOW: str = ""
    MAIL_TRIES: int = 8
    MAIL_LATE_HOURS: int = 24
    MAIL_DAYS: int = 14

    def database_url(self) -> str:
        """Return the database URL; without a setting, an SQLite file in `instance/`."""
        return self.DATABASE_URL or f"sqlite:///{ROOT / 'instance' / 'kyotsu.sqlite3'}"

    def storage_url(self) -> str:
        """Return where files are kept; without a setting, a folder beside the database.

        A database of its own has a folder of its own: what one database does not name would be
        swept out of the folder of another.
        """
        if self.STORAGE_URL:
            return self.STORAGE_URL
        if self.DATABASE_URL.startswith("sqlite:///"):
            database = Path(self.DATABASE_URL.removeprefix("sqlite:///")).absolute()
            return database.with_name(f"{database.stem}-files").as_uri()
        return (ROOT / "instance" / "files").as_uri()

    def public_url(self) -> str:
        """Return the address people use; without a setting, this machine at PORT."""
        return self.PUBLIC_URL or f"http://127.0.0.1:{self.PORT}"

    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url().startswith("sqlite:")

    def mail_server(self) -> MailServer | None:
        """Return the mail server; None: mail stays in the outbox (送信箱)."""
        return read_smtp_url(self.SMTP_URL) if self.SMTP_URL else None

    def may_mail(self, address: str) -> bool:
        """Whether mail may go to this address from here (送信先の許可).

        Without MAIL_ALLOW a production reaches everybody, any other place nobody (J2).
        """
        if not self.MAIL_ALLOW:
            return self.APP_ENV is Environment.PRODUCTION
        domain = address.rpartition("@")[2]
        return bool({address.lower(), domain.lower()} & read_allowed(self.MAIL_ALLOW))

    def enforces_second_factor(self) -> bool:
        """Whether secretariat, ministries and administrators need a second factor (P39).

        A production does so unless `offered` is said; any other place only where `required` is.
        """
        default = "required" if self.APP_ENV is Environment.PRODUCTION else "offered"
        return (self.SECOND_FACTOR or default) == "required"

    def secret_key(self) -> str:
        """Return the key that signs cookies; outside production a known one stands in."""
        return self.SECRET_KEY or DEVELOPMENT_SECRET_KEY


def read_smtp_url(url: str) -> MailServer | None:
    """Read the address of a mail server (SMTP_URL); None for anything that is not one."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    known = SMTP_SCHEMES.get(parts.scheme)
    has_rest = parts.path not in ("", "/") or parts.query or parts.fragment
    if known is None or not parts.hostname or has_rest or port == 0:
        return None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    # What is no ASCII cannot be said to a mail server: not when the first mail waits.
    if bool(user) != bool(password) or not f"{parts.hostname}{user}{password}".isascii():
        return None
    security, usual_port = known
    return MailServer(
        host=parts.hostname,
        port=port or usual_port,
        security=security,
        user=user,
        password=password,
    )


def read_address(text: str) -> Address | None:
    """Read 「名前 <アドレス>」 or an address alone; None for anything that is not one."""
    name, found = parseaddr(text)
    user, at, domain = found.rpartition("@")
    if not (user and at and domain and found.isascii()) or any(sign in text for sign in "\r\n"):
        return None
    try:
        return Address(display_name=name, username=user, domain=domain)
    except ValueError:
        return None


def read_allowed(text: str) -> frozenset[str]:
    """Read a list of addresses and domains, small letters (送ってよい宛先)."""
    words = (word.strip().lower().removeprefix("@") for word in text.split(","))
    return frozenset(word for word in words if word)


def load_settings(
    environ: Mapping[str, str] | None = None, overrides: Mapping[str, object] | None = None
) -> Settings:
    """Read the settings from the environment, then from `overrides`; check them.

    Raises UnsafeConfiguration for values that cannot be read or are not safe in production.
    """
    source: dict[str, object] = dict(os.environ if environ is None else environ)
    source.update(overrides or {})
    values: dict[str, object] = {}
    for each in fields(Settings):
        if each.name in source:
            values[each.name] = _read(each.name, source[each.name], type(each.default))
    settings = Settings(**values)  # type: ignore[arg-type]
    _check(settings)
    return settings


def _read(name: str, value: object, kind: type) -> object:
    try:
        return kind(value)
    except ValueError as error:
        raise UnsafeConfiguration(f"設定 {name} の値を読み取れません。") from error


def _check(settings: Settings) -> None:
    if settings.is_sqlite() and settings.NODES > 1:
        raise UnsafeConfiguration(
            "NODES が2以上のとき、SQLite は使えません。"
            "DATABASE_URL に PostgreSQL（postgresql+psycopg://…）を指定してください。"
        )
    if settings.SECOND_FACTOR not in ("", "required", "offered"):
        raise UnsafeConfiguration("SECOND_FACTOR には required か offered を指定してください。")
    if settings.AUDIT_CHECKPOINTS and not settings.AUDIT_CHECKPOINTS.startswith("file:///"):
        raise UnsafeConfiguration("AUDIT_CHECKPOINTS には file:///ファイル を指定してください。")
    if 0 < len(settings.AUDIT_CHECKPOINT_KEY.encode()) < SHORTEST_SECRET_KEY:
        raise UnsafeConfiguration(
            "AUDIT_CHECKPOINT_KEY には、32バイト以上の推測できない値を指定してください。"
        )
    _check_files(settings)
    _check_mail(settings)
    if settings.APP_ENV is Environment.PRODUCTION:
        _check_production(settings)


def _check_files(settings: Settings) -> None:
    if not settings.storage_url().startswith(("file:///", "s3://")):
        raise UnsafeConfiguration(
            "STORAGE_URL には file:///フォルダー か s3://バケット/接頭辞 を指定してください。"
        )
    if settings.SCANNER != "none" and not settings.SCANNER.startswith(("clamd://", "command:/")):
        raise UnsafeConfiguration(
            "SCANNER には none、clamd://ホスト:ポート、clamd:///ソケットのパス、"
            "command:/プログラムのパス のどれかを指定してください。"
        )
    # Several machines need one place: a folder is only taken when somebody named it, as shared.
    if settings.NODES > 1 and not settings.STORAGE_URL:
        raise UnsafeConfiguration(
            "NODES が2以上のときは、STORAGE_URL に全台から使える保管先"
            "（s3://… か、共有フォルダーの file:///…）を指定してください。"
        )


def _check_mail(settings: Settings) -> None:
    """Refuse what no mail could be sent with; the words never hold the address of the server."""
    if settings.SMTP_URL and settings.mail_server() is None:
        raise UnsafeConfiguration(
            "SMTP_URL には smtp://ホスト:ポート、smtps://ホスト:ポート、"
            "smtp+starttls://利用者:パスワード@ホスト:ポート のどれかを指定してください"
            "（パスワードの記号は %40 のように書きます）。"
        )
    if settings.SMTP_URL and not settings.MAIL_FROM:
        raise UnsafeConfiguration("SMTP_URL を使うときは、差出人を MAIL_FROM に指定してください。")
    for name in ("MAIL_FROM", "MAIL_REPLY_TO"):
        value = getattr(settings, name)
        if value and read_address(value) is None:
            raise UnsafeConfiguration(
                f"{name} には、メールアドレスか「名前 <アドレス>」を指定してください。"
            )
    if settings.MAIL_ALLOW and not read_allowed(settings.MAIL_ALLOW):
        raise UnsafeConfiguration(
            "MAIL_ALLOW には、送ってよいアドレスかドメインをコンマで区切って指定してください。"
        )
    for name in ("SMTP_TIMEOUT_SECONDS", "MAIL_TRIES", "MAIL_LATE_HOURS", "MAIL_DAYS"):
        if getattr(settings, name) < 1:
            raise UnsafeConfiguration(f"{name} には1以上の数を指定してください。")
    # A message is in the hands of one sender for five minutes: a longer wait would outlast that.
    if settings.SMTP_TIMEOUT_SECONDS > LONGEST_SMTP_TIMEOUT:
        raise UnsafeConfiguration(
            f"SMTP_TIMEOUT_SECONDS には{LONGEST_SMTP_TIMEOUT}以下の数を指定してください。"
        )


def _check_production(settings: Settings) -> None:
    key = settings.SECRET_KEY
    if len(key.encode()) < SHORTEST_SECRET_KEY or key == DEVELOPMENT_SECRET_KEY:
        raise UnsafeConfiguration(
            "本番では、SECRET_KEY に32バイト以上の推測できない値を指定してください。"
        )
    if not settings.public_url().startswith("https://"):
        raise UnsafeConfiguration("本番では、PUBLIC_URL は https:// で始まる必要があります。")
    if "*" in settings.public_url():
        raise UnsafeConfiguration("PUBLIC_URL には、ホスト名を1つだけ指定してください。")
    server = settings.mail_server()
    if server is not None and server.password and not server.is_encrypted:
        raise UnsafeConfiguration(
            "本番では、SMTP のパスワードを暗号化しない通信で送れません。"
            "SMTP_URL を smtps:// か smtp+starttls:// で始めてください。"
        )
