"""The check of a deployment (配備の点検): each unsafe setting is named, no secret shown (P45)."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.health.deploy import settings_findings
from app.health.deploy_place import database_findings, file_system_of, place_findings
from config import Environment, Settings, UnsafeConfiguration, load_settings
from tests.factories import make_world

KEY = "Vq7-kR2m_Xw9zT4bN8pL1sD6fG3hJ5cY"
GOOD = {
    "APP_ENV": Environment.PRODUCTION,
    "SECRET_KEY": KEY,
    "PUBLIC_URL": "https://triage.example.lg.jp",
    "TRUSTED_PROXIES": 1,
    "SCANNER": "clamd://127.0.0.1:3310",
    "DATABASE_URL": "postgresql+psycopg://app:GoodEnoughSecret@db.example/k?sslmode=verify-full",
    "STORAGE_URL": "s3://bucket/files",
    "LOG_FORMAT": "json",
}
BAD: list[tuple[dict[str, object], str]] = [
    ({"APP_ENV": Environment.DEVELOPMENT, "SECOND_FACTOR": "required"}, "APP_ENV"),
    ({"SECRET_KEY": "x" * 31}, "SECRET_KEY"),
    ({"SECRET_KEY": "development-only-secret-key-not-for-production"}, "SECRET_KEY"),
    ({"SECRET_KEY": "abcd" * 10}, "SECRET_KEY"),
    ({"SECRET_KEY": ""}, "SECRET_KEY"),
    ({"SECRET_KEY_OLD": KEY}, "SECRET_KEY_OLD"),
    ({"SECRET_KEY_OLD": "the key of last year, still read"}, "SECRET_KEY_OLD"),
    ({"PUBLIC_URL": "http://triage.example.lg.jp"}, "PUBLIC_URL"),
    ({"PUBLIC_URL": "https://*"}, "PUBLIC_URL"),
    ({"PUBLIC_URL": "https://*.example.lg.jp"}, "PUBLIC_URL"),
    ({"PUBLIC_URL": "https://localhost"}, "PUBLIC_URL"),
    ({"PUBLIC_URL": "https://triage.example.lg.jp/path"}, "PUBLIC_URL"),
    ({"TRUSTED_PROXIES": 0}, "TRUSTED_PROXIES"),
    ({"TRUSTED_PROXIES": 99}, "TRUSTED_PROXIES"),
    ({"SECOND_FACTOR": "offered"}, "SECOND_FACTOR"),
    ({"SESSION_IDLE_MINUTES": 600}, "SESSION_IDLE_MINUTES"),
    ({"SESSION_HOURS": 0}, "SESSION_HOURS"),
    ({"SIGN_IN_FREE_TRIES": 1000}, "SIGN_IN_FREE_TRIES"),
    ({"DATABASE_URL": "sqlite:////var/lib/k.sqlite3", "NODES": 2}, "NODES"),
    ({"WEB_WORKERS": 0}, "WEB_WORKERS"),
    ({"LOG_FORMAT": "xml"}, "LOG_FORMAT"),
    ({"SCANNER": "none"}, "SCANNER"),
    ({"SCANNER": "clamd://scan.example:3310"}, "SCANNER"),
    ({"SMTP_URL": "smtp://mail.example:25"}, "SMTP_URL"),
    ({"S3_ENDPOINT_URL": "http://store.example"}, "S3_ENDPOINT_URL"),
    (
        {"DATABASE_URL": "postgresql+psycopg://app:GoodEnoughSecret@db.example/k"},
        "DATABASE_URL",
    ),
    (
        {"DATABASE_URL": "postgresql+psycopg://app:hunter2@db.example/k?sslmode=require"},
        "DATABASE_URL",
    ),
    ({"METRICS_TOKEN": "tok3n"}, "METRICS_TOKEN"),
    ({"METRICS_ALLOW": "0.0.0.0/0"}, "METRICS_ALLOW"),
]


def made(**changes: object) -> Settings:
    """Settings of a good deployment with changes; unsafe ones never come out of load_settings."""
    return Settings(**{**GOOD, **changes})


def test_p45_good_configuration_has_no_findings() -> None:
    assert list(settings_findings(made(), {})) == []


@pytest.mark.parametrize(("changes", "name"), BAD)
def test_p45_unsafe_setting_is_named_and_no_secret_shown(
    changes: dict[str, object], name: str
) -> None:
    findings = list(settings_findings(made(**changes), {}))

    assert [finding.name for finding in findings] == [name]
    said = " ".join(finding.words for finding in findings)
    secrets = [KEY, "hunter2", "GoodEnoughSecret", "tok3n", "the key of last year", "abcdabcd"]
    assert [secret for secret in secrets if secret in said] == []


@pytest.mark.parametrize("name", ["FLASK_DEBUG", "PYTHONDEVMODE"])
def test_p45_development_mode_is_found(name: str) -> None:
    findings = list(settings_findings(made(), {name: "1"}))

    assert [finding.name for finding in findings] == [name]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"PUBLIC_URL": "https://*.example.lg.jp"}, "PUBLIC_URL"),
        ({"SECRET_KEY": "hunter2"}, "SECRET_KEY"),
        ({"SECOND_FACTOR": "perhaps"}, "SECOND_FACTOR"),
    ],
)
def test_p45_production_does_not_start_on_the_worst(changes: dict[str, str], name: str) -> None:
    with pytest.raises(UnsafeConfiguration) as refused:
        load_settings({key: str(value) for key, value in {**GOOD, **changes}.items()})

    assert name in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_p45_files_that_others_can_read_are_found(tmp_path: Path) -> None:
    database, files = tmp_path / "k.sqlite3", tmp_path / "files"
    database.write_text("")
    files.mkdir()
    settings = made(DATABASE_URL=f"sqlite:///{database}", STORAGE_URL=files.as_uri())

    found = []
    for folder, mode in ((0o755, 0o644), (0o755, 0o600), (0o700, 0o644)):
        tmp_path.chmod(folder)
        database.chmod(mode)
        files.chmod(0o755 if mode == 0o644 else 0o700)
        names = {finding.name for finding in place_findings(settings)}
        found.append(sorted(names & {"DATABASE_URL", "STORAGE_URL"}))

    assert found == [["DATABASE_URL", "STORAGE_URL"], [], ["STORAGE_URL"]]


def test_p45_network_file_system_is_told_by_its_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda1 / ext4 rw 0 0\nserver:/x /srv/shared\\040one nfs4 rw 0 0\n")

    kinds = [
        file_system_of(Path(path), mounts)
        for path in ("/srv/shared one/k.sqlite3", "/srv/k.sqlite3")
    ]

    assert kinds == ["nfs4", "ext4"]


def test_p45_accounts_and_jobs_of_the_database_are_found(app: Flask, db_session: Session) -> None:
    make_world()
    db_session.flush()

    names = {finding.name for finding in database_findings(made())}

    assert {"試用の利用者", "システム管理", "二要素認証", "scheduler"} <= names
    assert "db upgrade" not in names


def test_check_deploy_ends_with_one_while_anything_is_unsafe(
    app: Flask, db_session: Session
) -> None:
    result = app.test_cli_runner().invoke(args=["check-deploy"])

    assert result.exit_code == 1
    assert "APP_ENV　production ではありません。" in result.output
    assert app.config["SETTINGS"].secret_key() not in result.output
