"""Shapes of what the API answers (応答の形): dataclasses, told as JSON and as JSON Schema."""

import json
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from flask import Response

from app.core.clock import to_jst

JSON_TYPE = "application/json"
SIMPLE: dict[Any, dict[str, str]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}


def answer(shape: Any) -> Response:
    """A shape as JSON (応答); instants in JST."""
    text = json.dumps(asdict(shape), ensure_ascii=False, default=_as_text)
    return Response(text, mimetype=JSON_TYPE)


def schema_of(kind: Any) -> dict[str, Any]:
    """JSON Schema of a shape or of one of its values; shapes are named, not repeated."""
    if kind in SIMPLE:
        return dict(SIMPLE[kind])
    if is_dataclass(kind):
        return {"$ref": f"#/components/schemas/{_name_of(kind)}"}
    inner = get_args(kind)
    if get_origin(kind) is list:
        return {"type": "array", "items": schema_of(inner[0])}
    if isinstance(kind, UnionType):
        told = [schema_of(part) for part in inner if part is not NoneType]
        return {"anyOf": [*told, {"type": "null"}]}
    raise TypeError(f"no shape of the API: {kind}")


def schemas_within(*shapes: type) -> dict[str, Any]:
    """Schemas of shapes and of all that stands in them, by name (応答の形の一覧)."""
    found: dict[str, Any] = {}
    waiting = list(shapes)
    while waiting:
        shape = waiting.pop()
        # Every field is Annotated with what it is in Japanese.
        said = {
            name: get_args(hint)
            for name, hint in get_type_hints(shape, include_extras=True).items()
        }
        waiting += [part for kind, _words in said.values() for part in _shapes_in(kind)]
        found[_name_of(shape)] = {
            "type": "object",
            "description": (shape.__doc__ or "").partition("（")[2].partition("）")[0],
            "properties": {
                name: {**schema_of(kind), "description": words}
                for name, (kind, words) in said.items()
            },
            "required": list(said),
            "additionalProperties": False,
        }
    return dict(sorted(found.items()))


def _shapes_in(hint: Any) -> list[type]:
    if is_dataclass(hint):
        return [hint] if isinstance(hint, type) else []
    return [shape for part in get_args(hint) for shape in _shapes_in(part)]


def _name_of(shape: Any) -> str:
    return str(shape.__name__)


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return to_jst(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no value of the API: {type(value)}")
