"""Settings (設定): what may not start, and what the database is told on every connection."""

from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.database import UnsafeDatabase, check_sqlite_version, engine_options
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from config import DEVELOPMENT_SECRET_KEY, ROOT, Environment, UnsafeConfiguration, load_settings

KEY = "0123456789abcdef0123456789abcdef"
SAFE = {"APP_ENV": "production", "SECRET_KEY": KEY, "PUBLIC_URL": "https://triage.example.jp"}
KEY_WORDS = "本番では、SECRET_KEY に32バイト以上の推測できない値を指定してください。"
URL_WORDS = "本番では、PUBLIC_URL は https:// で始まる必要があります。"


def refusal_of(**environ: str) -> str:
    """Return the words with which the settings are refused, empty when they are not."""
    try:
        load_settings(environ)
    except UnsafeConfiguration as refused:
        return str(refused)
    return ""


# --- Reading ------------------------------------------------------------------------------------


def test_settings_have_defaults_for_a_machine_of_ones_own() -> None:
    settings = load_settings({})

    assert settings.APP_ENV is Environment.DEVELOPMENT
    assert settings.is_sqlite()
    assert settings.public_url() == "http://127.0.0.1:8000"
    assert (settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS) == (30, 8)
    assert (settings.SIGN_IN_FREE_TRIES, settings.TRUSTED_PROXIES, settings.NODES) == (10, 0, 1)


def test_overrides_win_over_the_environment() -> None:
    settings = load_settings({"PORT": "8001", "NODES": "1"}, {"PORT": 8002})

    assert (settings.PORT, settings.NODES) == (8002, 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "八千"), ("WEB_WORKERS", "2.5"), ("SESSION_HOURS", ""), ("APP_ENV", "prod")],
)
def test_value_that_cannot_be_read_is_refused_by_name(name: str, value: str) -> None:
    assert refusal_of(**{name: value}) == f"設定 {name} の値を読み取れません。"


# --- Production ---------------------------------------------------------------------------------


def test_production_starts_with_a_key_and_a_secure_address() -> None:
    assert refusal_of(**SAFE) == ""


@pytest.mark.parametrize("key", ["", "short", "x" * 31, "あ" * 10, DEVELOPMENT_SECRET_KEY])
def test_production_refuses_a_weak_key_without_showing_it(key: str) -> None:
    assert refusal_of(**{**SAFE, "SECRET_KEY": key}) == KEY_WORDS


def test_key_is_measured_in_bytes() -> None:
    assert refusal_of(**{**SAFE, "SECRET_KEY": "あ" * 11}) == ""


@pytest.mark.parametrize("url", ["", "http://triage.example.jp", "triage.example.jp", "httpsx://a"])
def test_production_refuses_an_address_without_tls(url: str) -> None:
    assert refusal_of(**{**SAFE, "PUBLIC_URL": url}) == URL_WORDS


@pytest.mark.parametrize("environment", ["development", "test"])
def test_other_environments_start_without_a_key(environment: str) -> None:
    assert refusal_of(APP_ENV=environment) == ""


# --- Files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({}, f"{(ROOT / 'instance' / 'files').as_uri()}"),
        ({"DATABASE_URL": "sqlite:////srv/triage.sqlite3"}, "file:///srv/triage-files"),
        (
            {"DATABASE_URL": "postgresql+psycopg://db/triage"},
            f"{(ROOT / 'instance' / 'files').as_uri()}",
        ),
        ({"STORAGE_URL": "s3://bucket/files"}, "s3://bucket/files"),
    ],
)
def test_every_database_has_files_of_its_own(environ: dict[str, str], url: str) -> None:
    assert load_settings(environ).storage_url() == url


@pytest.mark.parametrize("url", ["files", "http://store/", "file://server/share"])
def test_place_of_files_that_is_none_is_refused(url: str) -> None:
    assert refusal_of(STORAGE_URL=url) == (
        "STORAGE_URL には file:///フォルダー か s3://バケット/接頭辞 を指定してください。"
    )


@pytest.mark.parametrize("scanner", ["", "clamav", "http://av/", "command:clamscan"])
def test_scanner_that_is_none_is_refused(scanner: str) -> None:
    assert refusal_of(SCANNER=scanner) == (
        "SCANNER には none、clamd://ホスト:ポート、clamd:///ソケットのパス、"
        "command:/プログラムのパス のどれかを指定してください。"
    )


# --- P12: SQLite safely or not at all -----------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        (
            {"NODES": "2"},
            "NODES が2以上のとき、SQLite は使えません。"
            "DATABASE_URL に PostgreSQL（postgresql+psycopg://…）を指定してください。",
        ),
        (
            {"NODES": "2", "DATABASE_URL": "postgresql+psycopg://db/triage"},
            "NODES が2以上のときは、STORAGE_URL に全台から使える保管先"
            "（s3://… か、共有フォルダーの file:///…）を指定してください。",
        ),
        (
            {
                "NODES": "2",
                "DATABASE_URL": "postgresql+psycopg://db/triage",
                "STORAGE_URL": "s3://bucket/files",
            },
            "",
        ),
        ({"NODES": "1", "DATABASE_URL": "sqlite:////tmp/triage.sqlite3"}, ""),
    ],
)
def test_p12_several_nodes_need_a_server(environ: dict[str, str], words: str) -> None:
    assert refusal_of(**environ) == words


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2), (3, 7, 0), (2, 8, 17)])
def test_p12_library_with_the_wal_reset_bug_is_refused(version: tuple[int, ...]) -> None:
    found = ".".join(map(str, version))

    with pytest.raises(UnsafeDatabase) as refused:
        check_sqlite_version(version)

    assert str(refused.value) == (
        f"SQLite {found} には、複数の接続でファイルを壊す不具合があります。"
        "3.51.3 以上（pysqlite3 の新しい版）を入れるか、PostgreSQL を使ってください。"
    )


@pytest.mark.parametrize("version", [(3, 51, 3), (3, 52, 0), (4, 0, 0)])
def test_p12_library_without_the_bug_is_taken(version: tuple[int, ...]) -> None:
    check_sqlite_version(version)


def skip_unless(app: Flask, dialect: str) -> None:
    with app.app_context():
        if db.engine.dialect.name != dialect:
            pytest.skip(f"about {dialect} alone")


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 15_000),
        ("mmap_size", 0),
    ],
)
def test_p12_every_connection_is_durable(committed_app: Flask, pragma: str, value: object) -> None:
    skip_unless(committed_app, "sqlite")
    with committed_app.app_context(), db.engine.connect() as one, db.engine.connect() as two:
        found = [
            connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for connection in (one, two)
        ]

    assert found == [value, value]


def test_postgresql_is_asked_for_short_waits() -> None:
    options = engine_options("postgresql+psycopg://db/triage")

    assert options["connect_args"] == {
        "connect_timeout": 3,
        "options": "-c lock_timeout=4s -c statement_timeout=10s",
    }
    assert (options["pool_timeout"], options["pool_pre_ping"]) == (5, True)


def test_postgresql_waits_are_in_force(committed_app: Flask) -> None:
    skip_unless(committed_app, "postgresql")
    with committed_app.app_context():
        found = [
            db.session.scalar(text(f"SHOW {name}"))
            for name in ("lock_timeout", "statement_timeout")
        ]

    assert found == ["4s", "10s"]


# --- Writers wait in line -----------------------------------------------------------------------


def test_p12_second_writer_waits_for_the_first(committed_app: Flask) -> None:
    skip_unless(committed_app, "sqlite")
    order: list[str] = []
    is_first_inside, is_second_waiting = Event(), Event()

    def write_second() -> None:
        is_first_inside.wait(timeout=10)
        is_second_waiting.set()
        with committed_app.app_context(), unit_of_work() as session:
            session.execute(text("SELECT 1"))
            order.append("second inside")

    second = Thread(target=write_second)
    second.start()
    with committed_app.app_context(), unit_of_work() as session:
        session.execute(text("SELECT 1"))
        is_first_inside.set()
        is_second_waiting.wait(timeout=10)
        second.join(timeout=0.2)
        order.append("first leaves")
    second.join(timeout=20)

    assert order == ["first leaves", "second inside"]


def test_p12_readers_do_not_wait_for_a_writer(committed_app: Flask) -> None:
    skip_unless(committed_app, "sqlite")
    found: list[int] = []

    def read() -> None:
        with committed_app.app_context():
            found.append(db.session.execute(text("SELECT last_seq FROM audit_head")).scalar_one())

    with committed_app.app_context(), unit_of_work() as session:
        session.execute(text("UPDATE audit_head SET last_seq = 7"))
        reader = Thread(target=read)
        reader.start()
        reader.join(timeout=10)
        session.execute(text("UPDATE audit_head SET last_seq = 0"))

    assert found == [0]


def test_writer_is_marked_only_inside_the_unit_of_work(committed_app: Flask) -> None:
    skip_unless(committed_app, "sqlite")
    with committed_app.app_context():
        with pytest.raises(RuntimeError, match="power cut"), unit_of_work():
            raise RuntimeError("power cut")
        db.session.execute(text("SELECT 1"))

        with db.engine.connect() as other:
            other.exec_driver_sql("UPDATE audit_head SET last_seq = 0")
            other.rollback()


# --- Mail ---------------------------------------------------------------------------------------

MAIL = {"SMTP_URL": "smtp+starttls://triage:p%40ss@mail.example.jp", "MAIL_FROM": "a@example.jp"}


def test_mail_server_is_read_with_its_usual_port() -> None:
    server = load_settings(MAIL).mail_server()

    assert server is not None
    assert (server.host, server.port, server.security, server.user, server.password) == (
        "mail.example.jp",
        587,
        "starttls",
        "triage",
        "p@ss",
    )
    assert "p@ss" not in repr(server)
    assert "p%40ss" not in repr(load_settings(MAIL))


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.jp",
        "http://secret@mail",
        "smtp://",
        "smtp://mail:x",
        "smtp://secret@mail",
        "smtps://a:%E7%A7%98secret@mail",
    ],
)
def test_mail_server_that_is_none_is_refused_without_showing_it(url: str) -> None:
    words = refusal_of(**{**MAIL, "SMTP_URL": url})

    assert words.startswith("SMTP_URL には smtp://ホスト:ポート、")
    assert "secret" not in words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"MAIL_FROM": ""}, "SMTP_URL を使うときは、差出人を MAIL_FROM に指定してください。"),
        (
            {"MAIL_REPLY_TO": "office"},
            "MAIL_REPLY_TO には、メールアドレスか「名前 <アドレス>」を指定してください。",
        ),
        (
            {"MAIL_ALLOW": " , "},
            "MAIL_ALLOW には、送ってよいアドレスかドメインをコンマで区切って指定してください。",
        ),
        ({"MAIL_TRIES": "0"}, "MAIL_TRIES には1以上の数を指定してください。"),
        (
            {"SMTP_TIMEOUT_SECONDS": "61"},
            "SMTP_TIMEOUT_SECONDS には60以下の数を指定してください。",
        ),
    ],
)
def test_half_set_mail_is_refused(changes: dict[str, str], words: str) -> None:
    assert refusal_of(**{**MAIL, **changes}) == words


def test_production_sends_no_password_in_the_open() -> None:
    words = refusal_of(**{**SAFE, **MAIL, "SMTP_URL": "smtp://triage:secret@mail.example.jp"})

    assert words.startswith("本番では、SMTP のパスワードを暗号化しない通信で送れません。")
    assert refusal_of(**{**SAFE, **MAIL}) == ""


@pytest.mark.parametrize(
    ("environ", "reached"),
    [
        ({}, []),
        ({"MAIL_ALLOW": "a@example.jp"}, ["a@example.jp"]),
        ({"MAIL_ALLOW": "Example.jp, @lg.jp"}, ["a@example.jp", "B@EXAMPLE.JP"]),
        (SAFE, ["a@example.jp", "B@EXAMPLE.JP", "c@city.lg.jp"]),
        ({**SAFE, "MAIL_ALLOW": "city.lg.jp"}, ["c@city.lg.jp"]),
    ],
)
def test_j2_outside_production_only_the_allowed_are_reached(
    environ: dict[str, str], reached: list[str]
) -> None:
    settings = load_settings(environ)
    addresses = ("a@example.jp", "B@EXAMPLE.JP", "c@city.lg.jp")

    assert [address for address in addresses if settings.may_mail(address)] == reached
