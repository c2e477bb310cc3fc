"""Checkpoints (封印, P21): what the chain alone cannot tell is found with them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit.chain import GENESIS_HASH
from app.audit.checkpoints import SealedVerification, prepare_checkpoint, verify_sealed
from app.audit.models import AuditCheckpoint, AuditEvent, AuditHead
from app.audit.sealing import read_line
from app.extensions import db
from tests.audit.tampering import rehash_rest, rows_of
from tests.audit.trail import lift_protection, write_trail

KEY = "a key of the checkpoints, long enough for it"


@pytest.fixture
def seals(app: Flask, db_session: Session, tmp_path: Path) -> Iterator[Path]:
    """Nine entries; six of them were sealed, three by three."""
    file = tmp_path / "outside" / "checkpoints"
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(
        before, AUDIT_CHECKPOINTS=file.as_uri(), AUDIT_CHECKPOINT_KEY=KEY
    )
    for _ in range(2):
        write_trail(db_session, 3)
        seal()
    write_trail(db_session, 3)
    lift_protection(db_session)
    yield file
    app.config["SETTINGS"] = before


def seal() -> int:
    made = prepare_checkpoint()()
    db.session.commit()
    return made


def told(result: SealedVerification) -> tuple[int | None, str]:
    return result.chain.broken_seq, result.chain.problem


def shorten(session: Session, last: int) -> None:
    """Cut the tail off and set the head back, as the owner of the database can."""
    rows = rows_of(session)
    session.execute(delete(AuditEvent).where(AuditEvent.seq > last))
    digest = rows[last - 1]["entry_hash"] if last else GENESIS_HASH
    session.execute(update(AuditHead).values(last_seq=last, last_hash=digest))


def test_sealed_trail_is_intact_and_sealed_once(seals: Path) -> None:
    lines = [read_line(line) for line in seals.read_text().splitlines()]

    again = (seal(), seal())
    result = verify_sealed()

    assert [line.seq if line else None for line in lines] == [3, 6]
    assert again == (1, 0)
    assert (result.is_intact, result.chain.entries, result.seals, result.warnings) == (
        True,
        9,
        3,
        [],
    )


@pytest.mark.parametrize(("last", "is_found"), [(5, True), (0, True), (6, False)])
def test_p21_tail_cut_together_with_the_head_is_found(
    db_session: Session, seals: Path, last: int, is_found: bool
) -> None:
    shorten(db_session, last)

    result = verify_sealed()

    # What was written after the last checkpoint is the limit of the proof.
    assert told(result) == (
        (last + 1, "封印では6番までの記録がありましたが、ここから後がありません")
        if is_found
        else (None, "")
    )


def test_p21_suffix_hashed_anew_with_the_head_is_found(db_session: Session, seals: Path) -> None:
    rehash_rest(db_session, Random(1), rows_of(db_session)[:5])
    rows = rows_of(db_session)
    rehash_rest(db_session, Random(1), rows)
    last = rows_of(db_session)[-1]
    db_session.execute(update(AuditHead).values(last_hash=last["entry_hash"]))

    result = verify_sealed()

    assert (told(result)[0], told(result)[1].split("。")[0]) == (3, "封印と異なります")


def test_p21_another_database_in_its_place_is_found(db_session: Session, seals: Path) -> None:
    shorten(db_session, 0)
    write_trail(db_session, 9)

    result = verify_sealed()

    assert told(result)[0] == 3


def test_p21_seal_without_the_key_is_no_seal(db_session: Session, seals: Path) -> None:
    lines = seals.read_text().splitlines()
    forged = {**json.loads(lines[1]), "hash": "0" * 64}
    seals.write_text("\n".join([lines[0], json.dumps(forged)]) + "\n")

    shown = told(verify_sealed())

    assert shown[0] == 6


def test_lost_and_shortened_file_is_warned_of(db_session: Session, seals: Path) -> None:
    content = seals.read_text().splitlines(keepends=True)
    seals.write_text(content[0] + "not a seal\n")
    shortened = verify_sealed()
    seals.unlink()
    lost = verify_sealed()

    with pytest.raises(FileNotFoundError):
        prepare_checkpoint()
    prepare_checkpoint(starts_file=True)()
    mended = verify_sealed()

    assert [shortened.is_intact, lost.is_intact, mended.is_intact] == [True] * 3
    assert [len(shortened.warnings), len(lost.warnings), mended.warnings] == [2, 1, []]
    assert len(seals.read_text().splitlines()) == 3


def test_restore_is_said_and_what_was_lost_no_longer_missed(
    app: Flask, db_session: Session, seals: Path
) -> None:
    seal()
    shorten(db_session, 4)
    db_session.commit()
    before = verify_sealed()

    made = app.test_cli_runner().invoke(args=["audit", "checkpoint", "--after-restore"])
    after = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert told(before)[0] == 5
    assert made.output == "監査証跡を封印しました。\n"
    assert after.output.splitlines()[-2:] == [
        "監査記録 5件：異常はありません。",
        "封印 4件と一致しました。",
    ]


def test_old_key_is_told_and_its_seals_still_compared(
    app: Flask, db_session: Session, seals: Path
) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], AUDIT_CHECKPOINT_KEY=KEY[::-1])
    whole = verify_sealed()
    shorten(db_session, 5)

    cut = verify_sealed()

    assert whole.warnings == [
        "今の鍵では署名を確かめられない封印が2件あります（鍵を替える前のもの）"
    ]
    assert (whole.is_intact, told(cut)[0]) == (True, 6)


def test_p21_database_refuses_to_change_a_checkpoint(db_session: Session, seals: Path) -> None:
    for statement in (
        update(AuditCheckpoint).values(seq=1),
        delete(AuditCheckpoint),
    ):
        with pytest.raises(DBAPIError), db_session.begin_nested():
            db_session.execute(statement)

    assert db_session.scalar(text("SELECT count(*) FROM audit_checkpoint")) == 2
