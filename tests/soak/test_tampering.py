"""A thousand tamperings with the trail, each found where it was done (改ざんの検出, P21)."""

import os
import sys

from sqlalchemy.orm import Session

from tests.audit.tampering import missed
from tests.audit.trail import lift_protection, write_trail

TAMPERINGS = int(os.environ.get("SOAK_TAMPERINGS", "1000"))


def test_thousand_tamperings_are_all_found(db_session: Session) -> None:
    write_trail(db_session, 40)
    lift_protection(db_session)

    faults = missed(db_session, TAMPERINGS, seed=TAMPERINGS)
    figures = f"{TAMPERINGS} tamperings, {len(faults)} not found at their place"
    sys.stdout.write(f"\n{figures}\n")

    assert faults == []
