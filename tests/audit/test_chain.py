"""The hash of an entry (証跡の連鎖): one value, fixed for ever, and sensitive to every field."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from app.audit.chain import GENESIS_HASH, SEALED_FIELDS, entry_hash

ENTRY: dict[str, Any] = {
    "seq": 1,
    "occurred_at": datetime(2024, 8, 27, 1, 2, 3, 456789, tzinfo=UTC),
    "verb": "proposal.accept",
    "actor_id": 7,
    "actor_label": "事務局 担当",
    "subject_type": "proposal",
    "subject_id": 3,
    "subject_version": 2,
    "from_state": "submitted",
    "to_state": "accepted",
    "reason": "形式を確認した。",
    "changes": {"due_on": "2024-08-29", "fields": ["title"]},
    "request_id": "0123456789abcdef",
}
OTHER_VALUES: dict[str, Any] = {
    "seq": 2,
    "occurred_at": ENTRY["occurred_at"] + timedelta(microseconds=1),
    "verb": "proposal.assign",
    "actor_id": None,
    "actor_label": "事務局 担当 ",
    "subject_type": "round",
    "subject_id": 4,
    "subject_version": 3,
    "from_state": None,
    "to_state": "returned",
    "reason": "",
    "changes": {"due_on": "2024-08-29", "fields": []},
    "request_id": "",
}


def test_hash_of_an_entry_never_changes() -> None:
    # A stored trail must stay verifiable: whoever changes this value breaks every old entry.
    assert GENESIS_HASH == "09e0e3415425d1c3c438558a3e4dbd32ce8a225029b2856a4b8658eb1f6af46c"
    assert (
        entry_hash(ENTRY, GENESIS_HASH)
        == "77073f3c7a248d2e8278723a2ca77dbc7c76038f6e4b8b6a3498d3b3d1d794ba"
    )


def test_every_field_of_an_entry_is_sealed() -> None:
    assert set(SEALED_FIELDS) == set(ENTRY) == set(OTHER_VALUES)


@pytest.mark.parametrize("name", SEALED_FIELDS)
def test_hash_changes_with_every_field(name: str) -> None:
    changed = {**ENTRY, name: OTHER_VALUES[name]}

    assert entry_hash(changed, GENESIS_HASH) != entry_hash(ENTRY, GENESIS_HASH)


def test_hash_changes_with_the_entry_before() -> None:
    assert entry_hash(ENTRY, "0" * 64) != entry_hash(ENTRY, GENESIS_HASH)


def test_hash_is_the_same_whatever_the_zone_and_the_order_of_changes() -> None:
    in_japan = ENTRY["occurred_at"].astimezone(timezone(timedelta(hours=9)))
    same = {
        **ENTRY,
        "occurred_at": in_japan,
        "changes": {"fields": ["title"], "due_on": "2024-08-29"},
    }

    assert entry_hash(same, GENESIS_HASH) == entry_hash(ENTRY, GENESIS_HASH)
