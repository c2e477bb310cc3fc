"""Forty tamperings with the trail, each found where it was done (改ざんの検出); soak: 1,000."""

from sqlalchemy.orm import Session

from app.audit.verification import verify
from tests.audit.tampering import WAYS, missed, rows_of
from tests.audit.trail import lift_protection, write_trail

TAMPERINGS = 42


def test_every_tampering_is_found_at_its_place_p21(db_session: Session) -> None:
    write_trail(db_session, 9)
    lift_protection(db_session)

    faults = missed(db_session, TAMPERINGS)

    assert faults == []
    assert len(WAYS) * 6 == TAMPERINGS
    assert verify(db_session).entries == len(rows_of(db_session)) == 9
