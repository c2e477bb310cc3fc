"""The virus scanner (ウイルス検査): clear answers count, everything else means waiting (P33)."""

import sys
from io import BytesIO
from pathlib import Path

import pytest

from app.files.labels import NOT_SCANNED
from app.files.models import Verdict
from app.files.scanner import Clamd, Command, Finding, ScannerUnavailable, make_scanner
from tests.files.hostile import EICAR
from tests.files.scanners import fake_clamd

CLEAN = Finding(Verdict.CLEAN, "")


def test_p33_clamd_says_clean() -> None:
    with fake_clamd() as clamd:
        found = make_scanner(clamd.setting).scan(BytesIO(b"a" * 3_000_000))

    assert found == CLEAN
    assert clamd.seen == [b"a" * 3_000_000]


def test_p33_clamd_names_what_it_found() -> None:
    with fake_clamd() as clamd:
        found = make_scanner(clamd.setting).scan(BytesIO(b"x" + EICAR))

    assert found == Finding(Verdict.INFECTED, "Eicar-Test")


def test_p33_file_beyond_the_limit_of_clamd_can_never_be_judged() -> None:
    with fake_clamd("too large") as clamd:
        found = make_scanner(clamd.setting).scan(BytesIO(b"x"))

    assert found == Finding(Verdict.FAILED, "検査できる大きさを超えています")


@pytest.mark.parametrize("behaviour", ["closed", "garbage", "almost", "half", "endless", "silent"])
def test_p33_answer_that_is_none_leaves_the_file_waiting(behaviour: str) -> None:
    with fake_clamd(behaviour) as clamd:
        scanner = Clamd(("127.0.0.1", clamd.port), seconds=0.5)

        with pytest.raises(ScannerUnavailable):
            scanner.scan(BytesIO(b"x"))


def test_p33_scanner_that_is_down_leaves_the_file_waiting() -> None:
    with fake_clamd() as clamd:
        port = clamd.port

    with pytest.raises(ScannerUnavailable):
        make_scanner(f"clamd://127.0.0.1:{port}").scan(BytesIO(b"x"))


def test_clamd_over_a_unix_socket(tmp_path: Path) -> None:
    path = str(tmp_path / "clamd.sock")

    with fake_clamd(path=path):
        found = make_scanner(f"clamd://{path}").scan(BytesIO(b"x"))

    assert found == CLEAN


def test_unix_socket_that_is_not_there_leaves_the_file_waiting(tmp_path: Path) -> None:
    with pytest.raises(ScannerUnavailable):
        make_scanner(f"clamd://{tmp_path}/none.sock").scan(BytesIO(b"x"))


COMMAND = (
    "import sys, pathlib; "
    "content = pathlib.Path(sys.argv[1]).read_bytes(); "
    "print('Eicar FOUND' if b'EICAR' in content else 'OK'); "
    "sys.exit(1 if b'EICAR' in content else 2 if content == b'fail' else 0)"
)


def command() -> Command:
    return Command([sys.executable, "-c", COMMAND])


def test_command_judges_by_its_exit_code() -> None:
    assert command().scan(BytesIO(b"x")) == CLEAN
    assert command().scan(BytesIO(EICAR)) == Finding(Verdict.INFECTED, "Eicar FOUND")


def test_p33_command_that_fails_leaves_the_file_waiting() -> None:
    with pytest.raises(ScannerUnavailable):
        command().scan(BytesIO(b"fail"))
    with pytest.raises(ScannerUnavailable):
        make_scanner("command:/no/such/program --fdpass").scan(BytesIO(b"x"))
    with pytest.raises(ScannerUnavailable):
        Command([sys.executable, "-c", "import time; time.sleep(9)"], seconds=0.2).scan(BytesIO())


def test_no_scanner_says_so() -> None:
    assert make_scanner("none").scan(BytesIO(EICAR)) == Finding(Verdict.CLEAN, NOT_SCANNED)


@pytest.mark.parametrize(
    ("setting", "address"),
    [
        ("clamd://av.example.jp:3333", ("av.example.jp", 3333)),
        ("clamd://av.example.jp", ("av.example.jp", 3310)),
        ("clamd:///run/clamd.sock", "/run/clamd.sock"),
    ],
)
def test_setting_names_the_address(setting: str, address: object) -> None:
    scanner = make_scanner(setting)

    assert isinstance(scanner, Clamd)
    assert scanner.address == address


def test_setting_of_no_scanner_is_refused() -> None:
    with pytest.raises(ValueError, match="SCANNER"):
        make_scanner("http://av.example.jp")
