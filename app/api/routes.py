"""Addresses of the API (APIのアドレス): reading alone."""

import json
from typing import cast

from flask import Blueprint, Response, current_app, g, request, url_for

from app.accounts.models import ApiToken
from app.api.cases import detail_of
from app.api.declared import Operation
from app.api.listing import case_page
from app.api.openapi import description
from app.api.operations import (
    ENTRANCE,
    OPENAPI,
    PROPOSAL,
    PROPOSALS,
    ROUNDS,
    Entrance,
    RoundLine,
    RoundList,
)
from app.api.parameters import read_parameters
from app.api.scope import case_within, rounds_within
from app.api.shapes import JSON_TYPE, answer
from app.core.access import bearer
from app.core.error_pages import HEADINGS
from app.core.errors import InvalidInput
from app.core.problems import problem

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

WRONG_PARAMETERS = "パラメーターに誤りがあります。errors に示したものを直してください。"


@blueprint.get("/")
@bearer
def index() -> Response:
    """Where the API begins (入口)."""
    _asked(ENTRANCE)
    return answer(
        Entrance(
            rounds=url_for("api.rounds"),
            proposals=url_for("api.proposals"),
            openapi=url_for("api.openapi"),
        )
    )


@blueprint.get("/rounds")
@bearer
def rounds() -> Response:
    """Rounds that the token reads (募集回の一覧)."""
    _asked(ROUNDS)
    return answer(
        RoundList(
            items=[
                RoundLine(
                    key=row.key,
                    label=row.label,
                    name=row.name,
                    opens_at=row.opens_at,
                    closes_at=row.closes_at,
                    is_practice=row.is_practice,
                )
                for row in rounds_within(_token())
            ]
        )
    )


@blueprint.get("/proposals")
@bearer
def proposals() -> Response:
    """Cases of a round, page by page (提案の一覧)."""
    return answer(case_page(_token(), _asked(PROPOSALS)))


@blueprint.get("/proposals/<receipt_number>")
@bearer
def proposal(receipt_number: str) -> Response:
    """One case with its content (提案の内容)."""
    _asked(PROPOSAL)
    return answer(detail_of(*case_within(_token(), receipt_number)))


@blueprint.get("/openapi.json")
@bearer
def openapi() -> Response:
    """The description of the API (APIの記述)."""
    _asked(OPENAPI)
    text = json.dumps(description(current_app), ensure_ascii=False)
    return Response(text, mimetype=JSON_TYPE)


@blueprint.errorhandler(InvalidInput)
def name_parameters(error: InvalidInput) -> Response:
    """Refuse a query, naming its parameters (パラメーターの誤り)."""
    return problem(422, HEADINGS[422], WRONG_PARAMETERS, errors=error.errors)


def _asked(operation: Operation) -> dict[str, str]:
    return dict(read_parameters(operation.parameters, request.args))


def _token() -> ApiToken:
    return cast(ApiToken, g.api_token)
