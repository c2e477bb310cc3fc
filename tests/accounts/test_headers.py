"""Headers and cookies (応答ヘッダー・Cookie): strict on pages, errors and files alike (P43)."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from tests.accounts.browser import sign_in
from tests.conftest import close_connections
from tests.factories import World, make_world

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
STRICT = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
CSRF_WORDS = "画面を開いてから時間がたったか、別の画面でログインし直したため"


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/login", 200),
        ("/", 200),
        ("/rounds", 302),
        ("/no-such-page", 404),
        ("/logout", 405),
        ("/healthz", 200),
        ("/static/no-such-file", 404),
    ],
)
def test_p43_every_answer_is_strict(
    world: World, client: FlaskClient, path: str, status: int
) -> None:
    answer = client.get(path)

    found = {name: answer.headers.get(name) for name in STRICT}
    assert (answer.status_code, found) == (status, STRICT)


def test_p43_pages_are_never_cached(world: World, client: FlaskClient) -> None:
    sign_in(client, "officer1")

    answer = client.get("/rounds")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "Cookie" in answer.headers["Vary"]


def test_static_files_are_cached_and_strict(client: FlaskClient) -> None:
    with client.get("/static/css/base.css", buffered=True) as answer:
        pass

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert {name: answer.headers.get(name) for name in STRICT} == STRICT


def test_every_answer_has_a_number_of_its_own(client: FlaskClient) -> None:
    numbers = [client.get("/healthz").headers["X-Request-Id"] for _ in range(2)]

    assert [len(number) for number in numbers] == [16, 16]
    assert numbers[0] != numbers[1]


def test_transport_security_is_told_over_tls_only(client: FlaskClient) -> None:
    plain = client.get("/healthz")
    secure = client.get("/healthz", base_url="https://triage.example.jp")

    assert plain.headers.get("Strict-Transport-Security") is None
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


# --- Cookies ------------------------------------------------------------------------------------


def session_cookie(answer_headers: list[str]) -> str:
    (cookie,) = [line for line in answer_headers if "session=" in line]
    return cookie


def test_cookie_is_out_of_reach_of_scripts_and_other_sites(
    world: World, client: FlaskClient
) -> None:
    answer = sign_in(client, "officer1")

    cookie = session_cookie(answer.headers.getlist("Set-Cookie"))
    name, *attributes = cookie.split("; ")
    assert name.startswith("session=")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax"]


@pytest.fixture
def production_app(migrated_database: str) -> Iterator[Flask]:
    app = create_app(
        {
            "APP_ENV": "production",
            "DATABASE_URL": migrated_database,
            "SECRET_KEY": "a key of more than thirty-two bytes, for tests",
            "PUBLIC_URL": "https://triage.example.jp",
        }
    )
    yield app
    close_connections(app)


def test_production_cookie_is_bound_to_the_host_and_to_tls(production_app: Flask) -> None:
    client = production_app.test_client()

    answer = client.get("/login", base_url="https://triage.example.jp")

    cookie = session_cookie(answer.headers.getlist("Set-Cookie"))
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-session=")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]


def test_production_shows_no_demo_sign_ins(production_app: Flask) -> None:
    page = production_app.test_client().get("/login", base_url="https://triage.example.jp").text

    assert "kyotsu-demo-2024" not in page
    assert "officer1" not in page


def test_production_shows_no_debugger_and_no_testing(production_app: Flask) -> None:
    assert (production_app.debug, production_app.testing) == (False, False)


# --- Posts from elsewhere -----------------------------------------------------------------------


@pytest.fixture
def guarded_client(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return app.test_client()


@pytest.mark.parametrize("token", [None, "", "made up"])
def test_post_without_the_token_is_refused_in_words(
    world: World, guarded_client: FlaskClient, token: str | None
) -> None:
    fields = {} if token is None else {"csrf_token": token}

    answer = sign_in(guarded_client, "officer1", **fields)

    assert answer.status_code == 400
    assert CSRF_WORDS in answer.text
    assert '<html lang="ja"' in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_post_with_the_token_of_the_page_is_taken(
    world: World, guarded_client: FlaskClient
) -> None:
    page = guarded_client.get("/login").text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]

    answer = sign_in(guarded_client, "officer1", csrf_token=token)

    assert answer.status_code == 302


@pytest.mark.parametrize(("path", "status"), [("/rounds/R6%00", 404), ("/login?next=%00", 400)])
def test_null_character_in_an_address_is_refused(
    client: FlaskClient, path: str, status: int
) -> None:
    assert client.get(path).status_code == status


def test_head_of_a_page_answers_as_the_page(client: FlaskClient) -> None:
    assert client.head("/login").status_code == 200
    assert client.head("/users").status_code == 302


def test_null_character_in_a_form_is_refused(client: FlaskClient) -> None:
    answer = client.post("/login", data={"login": "officer1\0", "password": "x"})

    assert answer.status_code == 400
