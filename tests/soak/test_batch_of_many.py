"""Two hundred cases go to twelve destinations within ten seconds (まとめて送付の速さ).

SOAK_BATCH_CASES (200) says how many. Previewing and sending count together.
"""

import os
import time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.batches.plan import plan_of
from app.core import clock
from app.handoffs.models import Handoff
from app.notifications.models import OutboxMessage
from app.proposals.models import Proposal
from tests.batches.cases import make_batch, make_many, make_ministry, send
from tests.factories import make_world

CASES = int(os.environ.get("SOAK_BATCH_CASES", "200"))
DESTINATIONS = 12
SECONDS = 10


def test_batch_of_many_is_previewed_and_sent_in_ten_seconds(db_session: Session) -> None:
    with clock.at(clock.jst(2024, 8, 27, 10)):
        world = make_world()
        ministries = [make_ministry(f"第{n}省", f"a{n}", f"b{n}") for n in range(DESTINATIONS)]
        make_many(world, ministries, CASES)
        batch = make_batch(world, *db_session.scalars(select(Proposal)))
        started = time.perf_counter()
        plan_of(batch)
        count = send(world, batch)
        took = time.perf_counter() - started

    letters = select(func.count()).where(OutboxMessage.letter == "batch_sent")
    recipients = select(func.count(OutboxMessage.recipient_id.distinct()))
    assert count == db_session.scalar(select(func.count(Handoff.id))) == CASES
    assert db_session.scalar(letters) == db_session.scalar(recipients) == 2 * DESTINATIONS
    assert took < SECONDS, f"{took:.1f} s"
