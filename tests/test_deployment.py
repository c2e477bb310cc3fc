"""The examples in docs/deploy (配備の見本): services, settings and commands exist as they say."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from click import Command, Context, Group
from flask import Flask
from sqlalchemy import make_url

from config import ROOT, Environment, Settings, load_settings

DEPLOY = ROOT / "docs" / "deploy"
GUIDE = ROOT / "docs" / "operations.md"
SYSTEMD = shutil.which("systemd-analyze") or ""
SETTINGS = {field.name for field in fields(Settings)}
SECRETS = {
    "SECRET_KEY": "k3y-of-the-trial-that-nobody-guesses-0123456789",
    "PUBLIC_URL": "https://kyotsu.example.jp",
    "DATABASE_PASSWORD": "p4ssword-of-the-trial",
    "METRICS_TOKEN": "",
}
# What a line of the guide stands for: an option that may be left out, one of several words.
OPTIONAL = re.compile(r"\[[^\]]*\]")


def compose() -> dict[str, Any]:
    """The compose file; its variables are filled into what was read, so an empty one stays text."""
    read: dict[str, Any] = _filled(yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8")))
    return read


def unit(name: str) -> ConfigParser:
    """A unit file of systemd; a key that stands twice counts with its last value."""
    read = ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they are written
    read.read(DEPLOY / name, "utf-8")
    return read


def fault_of(app: Flask, words: list[str]) -> str:
    """What is wrong with the words of a command, empty when it exists with these options."""
    command: Command = app.cli
    context = Context(command)
    while isinstance(command, Group):
        word = words.pop(0) if words else ""
        found = command.get_command(context, word)
        if found is None:
            return f"no command {word}"
        command = found
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    options = [word.partition("=")[0] for word in words if word.startswith("-")]
    return ", ".join(word for word in options if word not in known | {"--help"})


def commands_of_guide() -> Iterator[str]:
    """Every command of the product that the guide names, in blocks and within lines."""
    for found in re.findall(r"flask --app wsgi ([a-z][^`#\n。、）]*)", GUIDE.read_text("utf-8")):
        yield found.strip()


def test_every_command_of_the_guide_exists_with_its_options(app: Flask) -> None:
    commands = list(commands_of_guide())

    faults = {
        line: fault
        for line in commands
        if (fault := fault_of(app, shlex.split(OPTIONAL.sub("", line))))
    }
    assert len(commands) > 20
    assert faults == {}


def test_options_in_brackets_exist_too(app: Flask) -> None:
    faults = {
        line: fault
        for line in commands_of_guide()
        if (fault := fault_of(app, shlex.split(line.replace("[", "").replace("]", ""))))
    }

    assert faults == {}


def test_links_of_the_guide_lead_somewhere() -> None:
    text = GUIDE.read_text("utf-8")
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {re.sub(r"[（）、・「」]", "", title).replace(" ", "-").lower() for title in titles}
    targets = re.findall(r"\]\(([^)]+)\)", text)

    assert [each for each in targets if each.startswith("#") and each[1:] not in anchors] == []
    files = [each for each in targets if not each.startswith(("#", "http"))]
    assert [each for each in files if not (GUIDE.parent / each).exists()] == []


def test_compose_starts_two_nodes_on_postgresql_that_the_settings_allow(app: Flask) -> None:
    services = compose()["services"]

    assert set(services) == {"database", "migrate", "web1", "web2", "scheduler", "proxy"}
    for name in ("migrate", "web1", "web2", "scheduler"):
        environment = services[name]["environment"]
        assert set(environment) <= SETTINGS, name
        settings = load_settings(environment)
        assert (settings.APP_ENV, settings.NODES) == (Environment.PRODUCTION, 2)
        assert settings.METRICS_TOKEN == environment["METRICS_TOKEN"] == ""
        # Drained and ended before it is killed.
        assert _seconds(services[name]["stop_grace_period"]) > settings.DRAIN_SECONDS + 30
        command = services[name].get("command")
        assert command is None or fault_of(app, command[3:]) == ""


def test_ports_and_volumes_of_compose_are_those_that_the_product_uses() -> None:
    read = compose()
    services, proxy = read["services"], (DEPLOY / "haproxy.cfg").read_text("utf-8")
    settings = load_settings(services["web1"]["environment"])
    mounts = [_mount(line) for each in services.values() for line in each.get("volumes", [])]
    bound = re.findall(r"^    bind :(\d+)", proxy, re.MULTILINE)
    keys = re.findall(r" crt (\S+)/", proxy)

    assert {source for source, _ in mounts if not source.startswith(".")} == set(read["volumes"])
    assert f":{settings.PORT}/healthz" in services["web1"]["healthcheck"]["test"][-1]
    assert set(re.findall(r"web\d:(\d+)", proxy)) == {str(settings.PORT)}
    assert sorted(line.split(":")[1] for line in services["proxy"]["ports"]) == sorted(bound)
    targets = {target.removesuffix(":ro"): source for source, target in mounts}
    assert targets[urlsplit(settings.STORAGE_URL).path] == "files"
    assert [targets[key] for key in keys] == ["./certificate"]
    assert (DEPLOY / targets["/usr/local/etc/haproxy/haproxy.cfg"]).exists()


def test_database_of_compose_is_the_one_that_the_nodes_ask() -> None:
    services = compose()["services"]
    made = services["database"]["environment"]
    url = make_url(services["web1"]["environment"]["DATABASE_URL"])

    assert (url.host, url.database) == ("database", made["POSTGRES_DB"])
    assert (url.username, url.password) == (made["POSTGRES_USER"], made["POSTGRES_PASSWORD"])
    # Sorts by code point, as the guide asks for.
    assert "--encoding=UTF8 --locale=C.UTF-8" in made["POSTGRES_INITDB_ARGS"]
    awaited = {name for each in services.values() for name in each.get("depends_on", ())}
    assert awaited <= set(services)


def test_proxy_knows_the_nodes_of_compose() -> None:
    text = (DEPLOY / "haproxy.cfg").read_text("utf-8")

    nodes = re.findall(r"^    server (\w+) (\w+):8000$", text, re.MULTILINE)

    assert nodes == [("web1", "web1"), ("web2", "web2")]
    assert {name for name, _ in nodes} <= set(compose()["services"])


@pytest.mark.parametrize("name", ["haproxy.cfg", "nginx.conf"])
def test_proxies_write_anew_what_is_believed_and_log_no_query(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")

    for header in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Request-Id"):
        assert re.search(rf"set.header {header} ", text), header
    assert "/metrics" in text
    # The whole line of a request, the address with its query, the page that led here.
    assert not re.search(r"\$request\b|\$request_uri\W.*\$status|\$args|%r\b|%HU|\$http_ref", text)


@pytest.mark.parametrize("name", ["kyotsu-web", "kyotsu-scheduler", "kyotsu-backup"])
def test_units_run_commands_that_exist_without_privileges(app: Flask, name: str) -> None:
    service = unit(f"{name}.service")["Service"]

    started = service["ExecStart"]
    if "flask --app wsgi" in started:
        words = shlex.split(re.sub(r"/var/.*", "FILE", started.partition("wsgi ")[2]))
        assert fault_of(app, words) == ""
    else:
        assert started.endswith("/gunicorn --config gunicorn.conf.py wsgi:app")
    assert service["User"] == "kyotsu"
    hardened = ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices")
    assert [service[key] for key in hardened] == ["yes"] * len(hardened)
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"]) == ("strict", "")


@pytest.mark.skipif(not SYSTEMD, reason="systemd-analyze is not installed")
def test_units_are_read_by_systemd_without_a_word(tmp_path: Path) -> None:
    programs = tmp_path / "opt" / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("flask", "gunicorn"):
        (programs / name).symlink_to("/bin/true")
    units = []
    for file in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
        # The product lies in a place of the test; all else is read as it is shipped.
        text = file.read_text("utf-8").replace("/opt/kyotsu", str(tmp_path / "opt"))
        units.append(tmp_path / file.name)
        units[-1].write_text(text, "utf-8")

    words = [SYSTEMD, "verify", "--man=no", *map(str, units)]
    read = subprocess.run(words, capture_output=True, text=True, check=False)

    assert (len(units), read.returncode, read.stdout + read.stderr) == (4, 0, "")


def test_example_of_the_environment_names_settings_alone() -> None:
    lines = (DEPLOY / "environment.example").read_text("utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    assert set(values) <= SETTINGS
    assert load_settings(values | {"SECRET_KEY": SECRETS["SECRET_KEY"]}).is_sqlite()


def test_image_holds_what_the_product_is_made_of() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = [
        Path(word) for line in re.findall(r"^COPY (.*) \S+$", text, re.M) for word in line.split()
    ]

    assert [str(path) for path in copied if not (ROOT / path).exists()] == []
    assert {"app", "migrations", "config.py", "wsgi.py"} <= {str(path) for path in copied}


def _filled(read: Any) -> Any:
    if isinstance(read, dict):
        return {key: _filled(value) for key, value in read.items()}
    if isinstance(read, list):
        return [_filled(value) for value in read]
    if isinstance(read, str):
        return re.sub(r"\$\{(\w+):[?-]\}", lambda found: SECRETS[found[1]], read)
    return read


def _mount(line: str) -> tuple[str, str]:
    source, _, target = line.partition(":")
    return source, target


def _seconds(text: str) -> int:
    return int(text.removesuffix("s"))
