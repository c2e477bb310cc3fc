"""What stands in an address (番地) in each situation of the world."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlalchemy import select

from app.bulk.models import BulkAct
from app.extensions import db
from app.handoffs.models import Handoff
from app.handoffs.queries import current_reply
from app.proposals.models import Proposal
from app.transfers.models import Transfer
from app.triage.models import AssignmentPlan
from tests.factories import World


def _transfer_number(case: Proposal) -> str | None:
    """Number of what was handed over last in a case (受領番号)."""
    numbers = select(Transfer.number).where(Transfer.proposal_id == case.id)
    return db.session.scalars(numbers.order_by(Transfer.id.desc())).first()


@dataclass
class Cases:
    """The cases by their situation, the hand-offs some have, and what else has a number."""

    world: World
    by_situation: dict[str, Proposal] = field(default_factory=dict)
    handoffs: dict[str, Handoff] = field(default_factory=dict)
    known: dict[str, dict[str, object]] = field(default_factory=dict)
    # What a form asks for that only this world knows: numbers, versions, tokens.
    typed: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    # What stands behind the address of a door, and the file that belongs into its form.
    queries: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    # Acts that are taken back in the sign-in they were done in, with the login of who did them.
    sittings: list[tuple[str, BulkAct | AssignmentPlan]] = field(default_factory=list)

    def keep(self, situation: str, proposal: Proposal) -> Proposal:
        """Remember the case of a situation."""
        self.by_situation[situation] = proposal
        return proposal

    def know(self, situation: str, **values: object) -> None:
        """Remember what else stands in the addresses of a situation."""
        self.known.setdefault(situation, {}).update(values)

    def type_in(self, endpoint: str, **fields: object) -> None:
        """Remember what is typed into the form of a door."""
        self.typed[endpoint] = {name: [str(value)] for name, value in fields.items()}

    def ask_with(self, endpoint: str, **query: object) -> None:
        """Remember what stands behind the address of a door."""
        self.queries[endpoint] = f"?{urlencode(query)}"

    def values(self) -> dict[str, dict[str, object]]:
        """What stands in the addresses, by situation."""
        found: dict[str, dict[str, object]] = {}
        for situation, case in self.by_situation.items():
            values = found[situation] = {"proposal_id": case.id}
            if case.receipt_number:
                values["receipt_number"] = case.receipt_number
            if number := _transfer_number(case):
                values["transfer_number"] = number
            if handoff := self.handoffs.get(situation):
                values["handoff_id"] = handoff.id
                if reply := current_reply(handoff):
                    values["reply_id"] = reply.id
        for situation, values in self.known.items():
            found.setdefault(situation, {}).update(values)
        return found
