"""Copying a pattern under other ids, bodies, texts and dates (手本の写し)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.extensions import Base
from app.notifications.models import DeliveryStatus
from app.synth.patterns import CASE, LOOSE_REFERENCES, MAIL, RELEASE, TRANSFER, Pattern, Row
from app.synth.people import Body
from app.synth.places import Maker, Place, tokens_of
from app.synth.texts import MARK
from app.transfers.models import TransferKind
from app.transfers.services import number_of

DAY = re.compile(r"\d{4}-\d\d-\d\d")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\S+")
# Ids in the changes of an entry and in the JSON of a row, by name.
NAMED_IDS = {
    "assessment_id": "assessment",
    "assignment_ids": "assignment",
    "clock_id": "case_clock",
    "handoff_id": "handoff",
    "opinion_id": "assessment",
    "release_id": RELEASE,
    "reply_id": "reply",
}
SOURCES_OF_TRANSFERS = {
    TransferKind.RETURN: "correction_request",
    TransferKind.RELEASE: RELEASE,
    TransferKind.REPLY: "reply",
}
BODY_COLUMNS = ("organization_id", "from_body_id", "to_body_id")
# What names cases outside the pattern.
FORGOTTEN = frozenset({"compared_with"})


class Original:
    """A pattern made ready to be copied often (写しの元): what never changes is found once."""

    def __init__(self, pattern: Pattern, originals: Sequence[Body]) -> None:
        self.pattern = pattern
        self._bodies = originals
        self._positions = {
            name: {row["id"]: number for number, row in enumerate(rows) if "id" in row}
            for name, rows in pattern.rows.items()
        }
        self.sizes = {name: len(ids) for name, ids in self._positions.items() if ids}
        self._people = {
            person.id: (position, part)
            for position, body in enumerate(originals)
            for part, person in enumerate(body.people)
        }
        self._rows = {
            name: [self._prepared(name, row) for row in rows] for name, rows in pattern.rows.items()
        }
        self._entries = [self._prepared_entry(entry) for entry in pattern.entries]
        self.times = [entry["occurred_at"] for entry in pattern.entries]
        self.begins_at = pattern.begins_at

    def rows(self, place: Place) -> Iterator[tuple[str, list[Row]]]:
        """The rows of one copy, by table (写しの行)."""
        for name, rows in self._rows.items():
            yield name, [_filled(fixed, makers, place) for fixed, makers in rows]

    def entry(self, number: int, place: Place) -> Row:
        """One entry of the trail of one copy (写しの監査記録)."""
        fixed, makers = self._entries[number]
        return _filled(fixed, makers, place)

    def _prepared(self, table: str, row: Row) -> tuple[Row, list[tuple[str, Maker]]]:
        references = {
            key.parent.name: key.column.table.name
            for key in Base.metadata.tables[table].foreign_keys
            if key.column.name == "id"
        }
        fixed: Row = {}
        makers: list[tuple[str, Maker]] = []
        for column, value in row.items():
            target = LOOSE_REFERENCES.get((table, column), references.get(column, ""))
            # A composite key names the id of its own table by the column of the first part.
            if column == "proposal_id":
                target = CASE
            if column == "id" and table in self._positions:
                target = table
            maker = self._maker(column, value, target)
            if maker is None:
                fixed[column] = value
            else:
                makers.append((column, maker))
        if table == CASE:
            makers += self._makers_of_case(row)
        elif table == TRANSFER:
            makers += self._makers_of_transfer(row)
        elif table == MAIL:
            fixed, makers = self._mail(row, fixed, makers)
        return fixed, makers

    def _maker(self, column: str, value: Any, target: str) -> Maker | None:
        if value is None:
            return None
        if target in self._positions and value in self._positions[target]:
            number = self._positions[target][value]
            return lambda place: place.first_ids[target] + number
        if target == "round":
            return lambda place: place.round.id
        if target == "organization" and column in BODY_COLUMNS:
            return self._body(value)
        if column.endswith("_id") and value in self._people and target in ("user_account", ""):
            position, part = self._people[value]
            return lambda place: place.bodies[position].people[part].id
        return self._value(value)

    def _body(self, value: int) -> Maker | None:
        for position, body in enumerate(self._bodies):
            if body.id == value:
                return lambda place: place.bodies[position].id
        return None

    def _value(self, value: Any) -> Maker | None:
        """How to make a value that is no reference; None when it stays as it is."""
        if isinstance(value, datetime | date):
            return lambda place: value + place.shift
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict | list):
            return self._json("", value)
        return None

    def _text(self, value: str) -> Maker | None:
        if type(value) is not str:
            return None  # a word of a closed list
        plain = value.replace(MARK, "")
        for position, case in enumerate(self.pattern.cases):
            if value == case["title"]:
                return lambda place: place.texts[position].title
            if value == case["detail"]:
                return lambda place: place.texts[position].detail
        found = [(old, new) for old, new in self._tokens() if old in plain]
        if not found:
            return None if plain == value else lambda place: plain

        def written(place: Place) -> str:
            text = plain
            for old, new in found:
                text = text.replace(old, str(new(place)))
            return text

        return written

    def _tokens(self) -> Iterator[tuple[str, Maker]]:
        """What names the case in a text: number, title, addresses, body."""
        for at, (case, body) in enumerate(zip(self.pattern.cases, self._bodies, strict=True)):
            yield from tokens_of(at, case, body)

    def _json(self, name: str, value: Any) -> Maker | None:
        if isinstance(value, dict):
            return self._json_object(value)
        if isinstance(value, list):
            items = [(item, self._json(name, item)) for item in value]
            if all(maker is None for _, maker in items):
                return None
            return lambda place: [item if make is None else make(place) for item, make in items]
        if isinstance(value, str):
            return self._json_text(value)
        table = NAMED_IDS.get(name, "")
        number = self._positions.get(table, {}).get(value) if table else None
        return None if number is None else lambda place: place.first_ids[table] + number

    def _json_text(self, value: str) -> Maker | None:
        if DAY.fullmatch(value):
            day = date.fromisoformat(value)
            return lambda place: (day + place.shift).isoformat()
        if INSTANT.fullmatch(value):
            instant = datetime.fromisoformat(value)
            return lambda place: (instant + place.shift).isoformat()
        return self._text(value)

    def _json_object(self, value: Mapping[str, Any]) -> Maker | None:
        kept = {name: item for name, item in value.items() if name not in FORGOTTEN}
        makers = {name: self._json(name, item) for name, item in kept.items()}
        moving = {name: maker for name, maker in makers.items() if maker is not None}
        if not moving and len(kept) == len(value):
            return None
        return lambda place: {**kept, **{name: make(place) for name, make in moving.items()}}

    def _makers_of_case(self, row: Row) -> list[tuple[str, Maker]]:
        position = next(
            number for number, case in enumerate(self.pattern.cases) if case["id"] == row["id"]
        )
        return [
            ("title", lambda place: place.texts[position].title),
            ("detail", lambda place: place.texts[position].detail),
            ("search_key", lambda place: place.texts[position].search_key),
            ("receipt_sequence", lambda place: place.sequences[position]),
            ("receipt_number", lambda place: place.receipt_number(position)),
        ]

    def _makers_of_transfer(self, row: Row) -> list[tuple[str, Maker]]:
        """Its source, which no foreign key names, and the number that follows from it (授受)."""
        case = self._positions[CASE][row["proposal_id"]]
        table = SOURCES_OF_TRANSFERS[row["kind"]]
        position = self._positions[table][row["source_id"]]

        def source(place: Place) -> int:
            return place.first_ids[table] + position

        def number(place: Place) -> str:
            case_id = place.first_ids[CASE] + case
            return number_of(row["kind"], case_id, source(place), row["digest"])

        return [("source_id", source), ("number", number)]

    def _mail(
        self, row: Row, fixed: Row, makers: list[tuple[str, Maker]]
    ) -> tuple[Row, list[tuple[str, Maker]]]:
        """News that was read and sent long ago: no sender takes it up (送信済み)."""
        number = self._positions[MAIL][row["id"]]
        created_at = row["created_at"]

        def id_of(place: Place) -> int:
            return place.first_ids[MAIL] + number

        own: list[tuple[str, Maker]] = [
            ("dedupe_key", lambda place: f"synth:{id_of(place)}"),
            ("message_id", lambda place: f"<synth-{id_of(place)}@demo.example>"),
            ("round_key", lambda place: place.round.key),
            ("sent_at", lambda place: created_at + place.shift),
            ("read_at", lambda place: created_at + place.shift),
        ]
        names = {name for name, _ in own} | {"status", "attempts", "lease_until", "valid_until"}
        others = [(name, maker) for name, maker in makers if name not in names]
        kept = {name: value for name, value in fixed.items() if name not in names}
        sent = {"status": DeliveryStatus.SENT, "attempts": 1, "lease_until": None}
        return {**kept, **sent, "valid_until": None}, [*others, *own]

    def _prepared_entry(self, entry: Row) -> tuple[Row, list[tuple[str, Maker]]]:
        position = self._positions[CASE][entry["subject_id"]]
        occurred_at, changes = entry["occurred_at"], entry["changes"]
        fixed = {
            name: value
            for name, value in entry.items()
            if name not in {"seq", "previous_hash", "entry_hash"}
        }
        makers: list[tuple[str, Maker]] = [
            ("occurred_at", lambda place: occurred_at + place.shift),
            ("subject_id", lambda place: place.first_ids[CASE] + position),
        ]
        if entry["actor_id"] in self._people:
            at, part = self._people[entry["actor_id"]]
            makers += [
                ("actor_id", lambda place: place.bodies[at].people[part].id),
                ("actor_label", lambda place: place.bodies[at].people[part].label),
            ]
        for name, maker in (
            ("reason", self._text(entry["reason"])),
            ("changes", self._json("", changes)),
        ):
            if maker is not None:
                makers.append((name, maker))
        return fixed, makers


def _filled(fixed: Row, makers: Sequence[tuple[str, Maker]], place: Place) -> Row:
    row = dict(fixed)
    for name, make in makers:
        row[name] = make(place)
    return row
