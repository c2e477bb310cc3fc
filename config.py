"""Every setting of the product, its environment variable and its default (設定)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).resolve().parent
DEVELOPMENT_SECRET_KEY = "development-only-secret-key-not-for-production"  # noqa: S105
SHORTEST_SECRET_KEY = 32  # bytes


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
    SECRET_KEY: str = ""
    PUBLIC_URL: str = ""
    LOG_FORMAT: str = "text"
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

    def secret_key(self) -> str:
        """Return the key that signs cookies; outside production a known one stands in."""
        return self.SECRET_KEY or DEVELOPMENT_SECRET_KEY


def load_settings(
    environ: Mapping[str, str] | None = None, overrides: Mapping[str, object] | None = None
) -> Settings:
    """Read the settings from the environment, then from `overrides`; check them.

    Raises UnsafeConfiguration for values that cannot be read or are not safe in production.
    """
    source: dict[str, object] = dict(os.environ if environ is None else environ)
    source.update(overrides or {})
    values: dict[str, object] = {}
    for field in fields(Settings):
        if field.name in source:
            values[field.name] = _read(field.name, source[field.name], type(field.default))
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
    _check_files(settings)
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


def _check_production(settings: Settings) -> None:
    key = settings.SECRET_KEY
    if len(key.encode()) < SHORTEST_SECRET_KEY or key == DEVELOPMENT_SECRET_KEY:
        raise UnsafeConfiguration(
            "本番では、SECRET_KEY に32バイト以上の推測できない値を指定してください。"
        )
    if not settings.public_url().startswith("https://"):
        raise UnsafeConfiguration("本番では、PUBLIC_URL は https:// で始まる必要があります。")
