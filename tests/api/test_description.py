"""The description of the API (OpenAPI): it says what the addresses answer, no more and no less."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.api.operations import OPERATIONS
from app.core import clock
from app.extensions import db
from app.workflow.handoffs import HandoffState
from tests.answers.replies import answer_handoff, release
from tests.api.asking import BASE, fetch
from tests.factories import World, make_classified, make_handoff, make_in_confirmation, make_world
from tests.tokens.keys import make_key

NOW = clock.jst(2024, 8, 20, 10)
READERS = ("city", "lead")


@pytest.fixture
def secrets(db_session: Session) -> Iterator[dict[str, str]]:
    with clock.at(NOW):
        world = make_world()
        make_in_confirmation(world)
        _answered(world)
        made = {login: make_key(world[login])[1] for login in READERS}
        db_session.commit()
        yield made


def _answered(world: World) -> None:
    case = make_classified(world)
    handoff = make_handoff(world, case, state=HandoffState.ACKNOWLEDGED)
    release(world, answer_handoff(world, handoff))
    db.session.commit()


KINDS = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


def faults_of(value: Any, schema: dict[str, Any], told: dict[str, Any], place: str) -> list[str]:
    """Where a value is not what its schema says."""
    if "$ref" in schema:
        return faults_of(value, told[schema["$ref"].rpartition("/")[2]], told, place)
    if "anyOf" in schema:
        return min((faults_of(value, kind, told, place) for kind in schema["anyOf"]), key=len)
    kind = KINDS.get(schema["type"], type(None))
    if type(value) is not kind:
        return [f"{place}: {value!r} is no {schema['type']}"]
    parts: list[tuple[Any, dict[str, Any], str]] = []
    if kind is list:
        parts = [(row, schema["items"], f"{place}.{i}") for i, row in enumerate(value)]
    if kind is dict and "properties" in schema:
        known = schema["properties"]
        if set(value) != set(known) or set(schema["required"]) != set(known):
            return [f"{place}: {sorted(set(value) ^ set(known))}"]
        parts = [(part, known[name], f"{place}.{name}") for name, part in value.items()]
    return [fault for part in parts for fault in faults_of(*part[:2], told, part[2])]


def test_every_answer_is_what_the_description_says(app: Flask, secrets: dict[str, str]) -> None:
    told = fetch(app, secrets["city"], "/openapi.json").json
    schemas = told["components"]["schemas"]
    asked = {
        "/": "/",
        "/rounds": "/rounds",
        "/proposals": "/proposals?round=R6&limit=1",
        "/proposals/{receipt_number}": "/proposals/R6-0002",
    }

    for path, address in asked.items():
        answers = told["paths"][BASE + path]["get"]["responses"]
        for login in READERS:
            answer = fetch(app, secrets[login], address)
            schema = answers["200"]["content"]["application/json"]["schema"]
            assert answer.status_code == 200, address
            assert faults_of(answer.json, schema, schemas, path) == [], (login, path)
    refused = fetch(app, secrets["city"], "/proposals?sort=nothing")
    schema = {**schemas["Problem"], "properties": schemas["Problem"]["properties"]}
    assert set(refused.json) == set(schema["properties"])


def test_every_address_is_described_once(app: Flask, secrets: dict[str, str]) -> None:
    told = fetch(app, secrets["lead"], "/openapi.json").json
    rules = {
        rule.rule.replace("<", "{").replace(">", "}"): rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }

    assert told["openapi"] == "3.1.0"
    assert set(told["paths"]) == set(rules)
    assert sorted(rules.values()) == sorted(operation.endpoint for operation in OPERATIONS)


def test_parameters_that_are_described_are_those_that_are_taken(
    app: Flask, secrets: dict[str, str]
) -> None:
    told = fetch(app, secrets["lead"], "/openapi.json").json
    described = told["paths"][f"{BASE}/proposals"]["get"]["parameters"]

    for parameter in described:
        name, schema = parameter["name"], parameter["schema"]
        rest = "" if name == "round" else "round=R6&"
        wrong = fetch(app, secrets["lead"], f"/proposals?{rest}{name}={'x' * 1001}")
        assert [row["name"] for row in wrong.json["errors"]] == [name], name
        for choice in schema.get("enum", ())[:1]:
            right = fetch(app, secrets["lead"], f"/proposals?{rest}{name}={choice}")
            assert right.status_code == 200, (name, right.text)
