"""One row of each kind about personal data and incidents, for the doors that ask for one."""

from datetime import date

from app.core import clock
from app.extensions import db
from app.freezes.models import Freeze, FrozenKind
from app.incidents.models import Incident
from app.personal_data.models import (
    DisposalItem,
    DisposalList,
    ErasureHold,
    ErasurePlan,
    HoldGround,
    MediumKind,
    StorageMedium,
)
from tests.authorization.cases import Cases

NOTHING = "999999"  # number of a letter that nobody wrote


def add_personal_rooms(cases: Cases) -> None:
    """Add them without a letter to anybody: what others see stays as it was."""
    world, of = cases.world, cases.by_situation
    now, officer = clock.now(), world["officer1"]
    plan = ErasurePlan(
        round_id=world.round.id,
        purpose_ends_on=date(2034, 3, 31),
        purpose="連絡",
        storage="データベース",
        method="消去",
        erases_files=False,
        written_by_id=officer.id,
        written_at=now,
    )
    incident = Incident(
        number="事故2024-001",
        reported_by=world["city-mgr"],
        organization=world["city-mgr"].organization,
        reported_at=now,
        happened="誤送信",
        happened_when="今日",
        known_on=clock.today(),
        concerned="",
        seen_by="",
        is_malicious=False,
    )
    db.session.add_all([plan, incident])
    db.session.flush()
    db.session.add_all(
        [
            DisposalList(
                plan_id=plan.id,
                proposed_at=now,
                digest="0" * 64,
                requested_by_id=officer.id,
                requested_at=now,
                reason="期日",
                items=[DisposalItem(proposal_id=of["closed"].id, counts={}, digest="")],
            ),
            ErasureHold(
                proposal_id=of["in_review"].id,
                ground=HoldGround.DISPUTE,
                reason="係争",
                placed_by_id=officer.id,
                placed_at=now,
                lift_reason="",
            ),
            StorageMedium(
                kind=MediumKind.BACKUP,
                label="写し",
                place="金庫",
                made_on=clock.today(),
                destroy_by=clock.today(),
                registered_by_id=officer.id,
                registered_at=now,
                method="",
                certificate_sha256="",
            ),
            Freeze(
                kind=FrozenKind.MAILING,
                target=NOTHING,
                label="連絡",
                incident_id=incident.id,
                frozen_by_id=officer.id,
                frozen_at=now,
                lift_reason="",
            ),
        ]
    )
    db.session.flush()
