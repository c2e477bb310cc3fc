"""The examples in docs/deploy (配備の見本): services, settings and commands exist as they say."""

import re
import shlex
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Command, Context, Group
from flask import Flask

from config import ROOT, Environment, Settings, load_settings

DEPLOY = ROOT / "docs" / "deploy"
GUIDE = ROOT / "docs" / "operations.md"
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
    """The compose file, with its variables filled in."""
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    filled = re.sub(r"\$\{(\w+):[?-]\}", lambda found: SECRETS[found[1]], text)
    read: dict[str, Any] = yaml.safe_load(filled)
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
        # Drained and ended before it is killed.
        assert _seconds(services[name]["stop_grace_period"]) > settings.DRAIN_SECONDS + 30
        command = services[name].get("command")
        assert command is None or fault_of(app, command[3:]) == ""


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


def _seconds(text: str) -> int:
    return int(text.removesuffix("s"))
