"""Which ministry a proposal concerns (府省庁の候補)."""

from app.proposals.models import Proposal
from app.registers.models import Register
from app.suggestions.engine import suggest
from app.suggestions.ministry import MinistryHint, ministry_hint
from tests.factories import World, make_draft
from tests.suggestions.rows import add_row


def hint_of(proposal: Proposal) -> MinistryHint | None:
    return ministry_hint(proposal, suggest(proposal))


def test_laws_and_rows_speak_for_a_ministry(world: World) -> None:
    add_row(Register.CORE20, 17, "介護保険", ministry_name="厚生労働省")
    proposal = make_draft(
        world,
        title="介護保険の通知",
        requested_measure="介護保険の通知を共通にすること。",
        legal_basis="介護保険法第51条、農地法第2条",
    )

    assert hint_of(proposal) == MinistryHint(
        "厚生労働省", ("介護保険法", "台帳 20業務 17の所管"), False
    )


def test_the_ministry_the_body_gave_is_told(world: World) -> None:
    proposal = make_draft(world, legal_basis="公営住宅法")
    ministry = world["ministry"].organization
    ministry.name = "国土交通省"
    proposal.ministry = ministry

    found = hint_of(proposal)

    assert found == MinistryHint("国土交通省", ("公営住宅法",), True)


def test_without_law_and_row_there_is_no_hint(world: World) -> None:
    assert hint_of(make_draft(world, legal_basis="農地法人の条例")) is None
