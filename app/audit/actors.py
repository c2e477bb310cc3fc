"""Whoever acted, as the trail holds a person (行為者): the body in clear, the name as a commitment.

The commitment is an HMAC-SHA-256 of the name under a key of the account. With the key anybody can
check that an entry means this name; once it is destroyed (氏名の消去) nobody can find the name by
trying, and the chain holds as before. Entries from before hold the name in clear.

People who are named in the changes of an entry (担当・代理・持ち主) stand there the same way.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

ERASED = "消去済み"
KEY_BYTES = 32
_COMMITTED = re.compile(r"(?P<body>.*) #(?P<commitment>[0-9a-f]{64})", re.DOTALL)

# How a person stands in the changes of an entry; no other value has these names.
_ID, _NAME = "person", "name"


class Named(Protocol):
    """A person with a name and its key (利用者)."""

    @property
    def id(self) -> Any:
        """Id of the account."""

    @property
    def display_name(self) -> Any:
        """Name as the account has it."""

    @property
    def name_key(self) -> Any:
        """Key of the name, None once the name is erased."""


def new_name_key() -> str:
    """Make the key of a person's name, in hexadecimal digits (氏名の鍵)."""
    return secrets.token_hex(KEY_BYTES)


def sealed_label(body: str, name: str, key: str | None) -> str:
    """Put a person into an entry (行為者): body, and commitment to the name under the key."""
    return f"{body} #{_commitment(name, key)}" if key else f"{body} {ERASED}"


def is_sealed(label: str) -> bool:
    """Whether a text is what an entry may hold of a person (行為者): no name in clear."""
    return bool(_COMMITTED.fullmatch(label)) or label.endswith(f" {ERASED}")


def label_in_words(label: str, name: str | None) -> str:
    """Body and name (「事務局 総括A」), the name as the account has it today; words without one."""
    found = _COMMITTED.fullmatch(label)
    return f"{found['body']} {name or ERASED}" if found else label


def label_without_name(label: str) -> str:
    """Body alone (「事務局」); an entry from before keeps the name that it holds in clear."""
    found = _COMMITTED.fullmatch(label)
    return found["body"] if found else label


def is_name_of(label: str, name: str, key: str) -> bool:
    """Whether an entry means this name (氏名の照合); one that holds it in clear is not judged."""
    found = _COMMITTED.fullmatch(label)
    return not found or hmac.compare_digest(found["commitment"], _commitment(name, key))


def sealed_person(person: Named) -> dict[str, Any]:
    """Put a person into the changes of an entry (変更の中の人): number, and commitment."""
    key = person.name_key
    return {_ID: person.id, _NAME: _commitment(person.display_name, key) if key else None}


def people_in(changes: Any) -> Iterator[dict[str, Any]]:
    """Go through the people whom the changes of an entry name, however deep (変更の中の人)."""
    if isinstance(changes, Mapping):
        if changes.keys() == {_ID, _NAME}:
            yield dict(changes)
            return
        changes = list(changes.values())
    if isinstance(changes, list):
        for value in changes:
            yield from people_in(value)


def ids_in(changes: Any) -> set[int]:
    """Numbers of the people whom the changes of an entry name (変更の中の人)."""
    return {person[_ID] for person in people_in(changes)}


def with_names(changes: Any, names: Mapping[int, str]) -> Any:
    """Return the changes of an entry with the names of today (氏名); without one, words."""
    if isinstance(changes, Mapping):
        if changes.keys() == {_ID, _NAME}:
            return names.get(changes[_ID], ERASED)
        return {name: with_names(value, names) for name, value in changes.items()}
    if isinstance(changes, list):
        return [with_names(value, names) for value in changes]
    return changes


def is_named(person: Mapping[str, Any], name: str, key: str) -> bool:
    """Whether a person in the changes has this name (氏名の照合); an erased one is not judged."""
    committed = person[_NAME]
    return committed is None or hmac.compare_digest(committed, _commitment(name, key))


def _commitment(name: str, key: str) -> str:
    return hmac.new(bytes.fromhex(key), name.encode(), hashlib.sha256).hexdigest()
