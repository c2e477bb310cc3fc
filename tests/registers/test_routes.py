"""Pages of the registers over HTTP (台帳の画面)."""

import io
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.registers.models import Register
from app.registers.queries import get_entry, rows_of
from tests.accounts.browser import enter
from tests.factories import World

ROW = "/registers/keiyu_chosa/1"


def errors_of(page: TestResponse) -> list[str]:
    return [unescape(words) for words in re.findall(r"＊(.*?)</p>", page.text)]


def hidden(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found is not None
    return unescape(found[1])


def filled(**changes: str) -> dict[str, str]:
    return {
        "version": "1",
        "reason": "資料の改定",
        "entry_title": "総務省",
        "entry_quantity": "72",
        "entry_examples": "定員管理調査",
        "entry_as_of": "R4.11.30",
        "entry_source": "調査等リスト",
        **changes,
    }


@pytest.fixture
def lead(app: Flask, world: World) -> FlaskClient:
    return enter(app, "lead")


@pytest.mark.parametrize(
    ("login", "statuses"),
    [
        ("officer1", [200, 200, 200, 403]),
        ("auditor", [200, 200, 200, 403]),
        ("lead", [200, 200, 200, 200]),
        ("admin", [200, 200, 200, 200]),
        ("city", [403, 403, 403, 403]),
        ("ministry", [403, 403, 403, 403]),
    ],
)
def test_secretariat_reads_and_two_roles_change(
    app: Flask, world: World, login: str, statuses: list[int]
) -> None:
    client = enter(app, login)
    addresses = ("/registers", "/registers/keiyu_chosa", ROW, f"{ROW}/edit")

    assert [client.get(address).status_code for address in addresses] == statuses


def test_page_prints_classes_sums_and_anchors(lead: FlaskClient) -> None:
    page = lead.get("/registers/keiyu_jimu").text

    assert 'id="entry-8"' in page
    assert "手続数 311手続" in page
    assert re.search(r"<tfoot>.*?合計.*?478", page, re.DOTALL) is not None


@pytest.mark.parametrize("address", ["/registers/keiyu_chosa/99", "/registers/other/1"])
def test_row_that_is_not_there_is_not_found(lead: FlaskClient, address: str) -> None:
    assert lead.get(address).status_code == 404


def test_change_is_made_and_told_in_the_history(lead: FlaskClient) -> None:
    answer = lead.post(f"{ROW}/edit", data=filled(entry_quantity="73"), follow_redirects=True)

    assert answer.request.path == ROW
    assert "行を変えました" in answer.text
    assert "理由：資料の改定" in answer.text
    assert get_entry(Register.KEIYU_CHOSA, 1).quantity == 73


def test_refused_change_keeps_what_was_typed(lead: FlaskClient) -> None:
    page = lead.post(
        f"{ROW}/edit", data=filled(entry_title="農林水産省", entry_quantity="多数", reason="")
    )

    assert page.status_code == 422
    assert errors_of(page) == ["変える理由を入力してください"]
    assert 'value="多数"' in page.text


def test_refusal_of_the_service_stands_at_its_column(lead: FlaskClient) -> None:
    page = lead.post(f"{ROW}/edit", data=filled(entry_title="農林水産省"))

    assert (page.status_code, errors_of(page)) == (422, ["同じ名称の行があります（番号2）"])


@pytest.mark.parametrize("version", ["0", "9", "x", "", "99999999999"])
def test_stale_version_changes_nothing(lead: FlaskClient, version: str) -> None:
    page = lead.post(f"{ROW}/edit", data=filled(version=version, entry_quantity="73"))

    assert page.status_code == 409
    assert get_entry(Register.KEIYU_CHOSA, 1).quantity == 72


def test_row_retires_and_stays_in_sight(lead: FlaskClient) -> None:
    lead.post(f"{ROW}/retire", data={"version": "1", "reason": "調査の廃止"})

    page = lead.get("/registers/keiyu_chosa").text
    assert re.search(r'<li id="entry-1">', page) is not None
    assert "手続" not in page
    assert "経由調査数 160調査" in page
    assert "この行は廃止されています" in lead.get(ROW).text


def test_alias_is_added_and_taken_away(lead: FlaskClient) -> None:
    typed = {"version": "1", "text": "地方公務員調査", "kind": "related", "reason": "言い方"}
    added = lead.post(f"{ROW}/aliases", data=typed, follow_redirects=True)
    alias = get_entry(Register.KEIYU_CHOSA, 1).aliases[-1]

    gone = lead.post(
        f"{ROW}/aliases/{alias.id}/remove",
        data={"version": "2", "reason": "広すぎる"},
        follow_redirects=True,
    )

    assert "別名「地方公務員調査」を加えました" in added.text
    assert "別名「地方公務員調査」を外しました" in gone.text


def test_refused_alias_is_shown_with_its_words(lead: FlaskClient) -> None:
    typed = {"version": "1", "text": "雲", "kind": "other", "reason": ""}

    page = lead.post(f"{ROW}/aliases", data=typed)

    assert page.status_code == 422
    assert 'value="雲"' in page.text


def test_file_is_looked_at_and_then_brought_in(lead: FlaskClient) -> None:
    file = (io.BytesIO("番号,所管府省庁,経由調査数\n1,総務省,80\n".encode()), "台帳.csv")
    shown = lead.post("/registers/keiyu_chosa/import", data={"file": file})
    before = get_entry(Register.KEIYU_CHOSA, 1).quantity
    missing = rows_of(Register.KEIYU_CHOSA)[12]

    done = lead.post(
        "/registers/keiyu_chosa/import/confirm",
        data={
            "rows": hidden(shown, "rows"),
            "seen": hidden(shown, "seen"),
            "retire": [str(missing.id)],
            "reason": "令和7年の資料",
        },
        follow_redirects=True,
    )

    assert (shown.status_code, before) == (200, 72)
    assert "取り込みました。新しい行 0、変わった行 1、廃止した行 1。" in done.text
    assert get_entry(Register.KEIYU_CHOSA, 1).quantity == 80


@pytest.mark.parametrize("rows", ["", "{}", "[[1]]", "[1]", "null", '[["x", {}]]', "[" * 5000])
def test_broken_rows_are_refused_without_a_fault(lead: FlaskClient, rows: str) -> None:
    page = lead.post(
        "/registers/keiyu_chosa/import/confirm",
        data={"rows": rows, "seen": "x", "reason": "理由"},
    )

    assert page.status_code == 422


def test_file_of_another_kind_is_refused(lead: FlaskClient) -> None:
    file = (io.BytesIO(b"%PDF-1.7"), "台帳.pdf")

    page = lead.post("/registers/dpi/import", data={"file": file})

    assert page.status_code == 422
    assert errors_of(page) == ["台帳.pdf：Excel（.xlsx）かCSV（.csv）を選んでください。"]


@pytest.mark.parametrize(("form", "status"), [("xlsx", 200), ("csv", 200), ("docx", 422)])
def test_register_is_taken_out_as_a_file(lead: FlaskClient, form: str, status: int) -> None:
    answer = lead.get(f"/registers/bunken/export?format={form}")

    assert answer.status_code == status
