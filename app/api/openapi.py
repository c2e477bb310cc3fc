"""The description of the API (OpenAPI 3.1), made of what its checks and answers are made of."""

from typing import Any

from flask import Flask

from app.api.declared import Operation
from app.api.operations import OPERATIONS
from app.api.parameters import Parameter
from app.api.shapes import JSON_TYPE, schema_of, schemas_within
from app.core.problems import PROBLEM_TYPE
from app.tokens.use import REQUESTS_PER_MINUTE

VERSION = "1.0.0"
REFUSALS = {
    "401": "APIトークンがないか、使えません",
    "403": "APIトークンの範囲にない募集回です",
    "404": "ないか、読めない提案です",
    "422": "パラメーターに誤りがあります。errors に名前と理由が入ります",
    "429": f"要求が多すぎます（1分に{REQUESTS_PER_MINUTE}回まで）。Retry-After の秒数だけ待ちます",
    "503": "混み合っています。Retry-After の秒数だけ待ちます",
}
PROBLEM = {
    "type": "object",
    "description": "断りの内容（RFC 9457）",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "短い見出し"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "理由と、次にすること"},
        "request_id": {"type": "string", "description": "問合せのときに添える番号"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "message": {"type": "string"}},
                "required": ["name", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "request_id"],
}


def description(app: Flask) -> dict[str, Any]:
    """The whole description (APIの記述)."""
    shapes = [operation.shape for operation in OPERATIONS if operation.shape]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "共通化提案トリアージ API",
            "version": VERSION,
            "description": (
                "提案を読み取るAPIです。APIトークンは「自分のアカウント」で発行します。"
                "日時は日本時間、日付は年-月-日です。"
            ),
        },
        "security": [{"token": []}],
        "paths": {_path_of(app, row): {"get": _operation(row)} for row in OPERATIONS},
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "発行したAPIトークン",
                }
            },
            "schemas": {**schemas_within(*shapes), "Problem": PROBLEM},
        },
    }


def _path_of(app: Flask, operation: Operation) -> str:
    rule = next(app.url_map.iter_rules(operation.endpoint))
    return rule.rule.replace("<", "{").replace(">", "}")


def _operation(operation: Operation) -> dict[str, Any]:
    answered = schema_of(operation.shape) if operation.shape else {"type": "object"}
    content = {JSON_TYPE: {"schema": answered}}
    return {
        "operationId": operation.endpoint.partition(".")[2],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [
            *(_in_path(name, words) for name, words in operation.path),
            *(_in_query(parameter) for parameter in operation.parameters),
        ],
        "responses": {
            "200": {"description": operation.summary, "content": content},
            **{status: _refusal(words) for status, words in REFUSALS.items()},
        },
    }


def _in_path(name: str, words: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": words,
        "schema": {"type": "string"},
    }


def _in_query(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.is_required,
        "description": "。".join(filter(None, (parameter.words, parameter.description))),
        "schema": parameter.schema(),
    }


def _refusal(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {PROBLEM_TYPE: {"schema": schema}}}
