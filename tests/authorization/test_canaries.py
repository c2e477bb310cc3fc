"""No body is shown a text of another (P25): a canary in every one, and everybody walks everywhere.

CRAWL=all follows every link as every reader; the quick suite asks at one door in so many as a few.
CRAWL_READERS=foreign,proposer walks as those alone.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.handoffs.models import Handoff
from app.proposals.models import Proposal
from app.proposals.queries import is_of_body, visible_to
from tests.authorization.canaries import (
    FILE_ROWS,
    TABLES,
    Canaries,
    Canary,
    beginning,
    is_owned,
    seed,
    text_columns,
)
from tests.authorization.crawling import crawl, guessed, typeset_as_text
from tests.authorization.guards import replaced, without
from tests.authorization.probing import Prober
from tests.authorization.rooms import TEXTS
from tests.authorization.worlds import READERS

IS_WHOLE = os.environ.get("CRAWL") == "all"
SHARE = 1 if IS_WHOLE else 12
# The bodies whose texts a reader must not be shown, by somebody of each.
FOREIGN = {
    "nobody": ("city", "other"),
    "proposer": ("other",),
    "manager": ("other",),
    "partner": ("other",),
    "foreign": ("city",),
    "prefecture": ("city", "other"),
    "conflicted": ("city",),
    "admin": ("city", "other"),
    "ministry": ("city", "other"),
    "coordinator": ("city", "other"),
    "other_ministry": ("city", "other"),
    "other_coordinator": ("city", "other"),
    "observer": ("city", "other"),
}
# They know the bodies and their people, and no case that nobody gave to them.
WITHOUT_CASES = set(FOREIGN) - {"nobody", "proposer", "manager", "partner", "foreign", "prefecture"}
FEW = FOREIGN if IS_WHOLE else ("foreign", "other_coordinator")
WALKERS = os.environ.get("CRAWL_READERS", ",".join(FEW)).split(",")
API = "/api/v1/proposals"
WITH_OWN_CASES = {"proposer", "manager", "foreign", "conflicted"}
TOKEN_READERS = (*sorted(WITH_OWN_CASES), "partner", "prefecture")
# What others are shown on purpose: a case that is opened to them, and what was published.
SHARED = {
    "opened": {f"proposal.{name}" for name in ("title", *TEXTS)},
    "published": {"publication.content"},
}
# Of tables of bodies and cases of which the world has no row, or none with an address.
UNHELD = {
    "assessment.answers",
    "assignment_decline.reason",
    "assignment_plan_row.before",
    "bulk_act_item.before",
    "case_handover.note",
    "case_merge.standing",
    "cluster_correction.reason",
    "deadline_change.reason",
    "delivery_attempt.answer",
    "erasure_hold.lift_reason",
    "freeze.lift_reason",
    "handoff_batch_letter.content",
    "incident_step.note",
    "opinion_draft.fields",
    "outbox_message.stop_reason",
    "proposal.answers",
    "proposal_revision.files",
    "reexamination.text",
    "round_extension.reason",
    "similar_note.difference",
    "study_note.text",
    "suggestion_verdict.quote",
    "suggestion_verdict.reason",
    "user_account.email",
    "watch_check.found",
}


@dataclass(frozen=True)
class Scene:
    """The world with a canary in every text, and who of it belongs where."""

    prober: Prober
    canaries: Canaries
    bodies: dict[str, int]
    situations: dict[int, str]
    handed_over: dict[int, set[int]]
    acted: dict[int, set[int]]

    def is_leak(self, reader: str, canary: Canary) -> bool:
        """Whether a text is one that the reader must not be shown."""
        owners, own = canary.owners, self.bodies.get(READERS[reader], 0)
        strangers = {self.bodies[login] for login in FOREIGN[reader]}
        if not owners.bodies & strangers or own in owners.bodies:
            return False
        # The history of a case names whoever did something to it: a body that joined, too.
        if canary.place == "user_account.display_name" and canary.row in self.acted.get(own, ()):
            return False
        if reader in WITHOUT_CASES and not owners.cases - self.handed_over.get(own, set()):
            return False
        places = {self.situations.get(case, "") for case in owners.cases}
        return not any(canary.place in SHARED.get(place, ()) for place in places)


@pytest.fixture(scope="module")
def scene(prober: Prober) -> Iterator[Scene]:
    with prober.taken_back(), typeset_as_text():
        ask = prober.connection.execute
        handed_over: dict[int, set[int]] = {}
        for body, case in ask(select(Handoff.destination_id, Handoff.proposal_id)):
            handed_over.setdefault(body, set()).add(case)
        acted: dict[int, set[int]] = {}
        for body, person in ask(
            select(Proposal.organization_id, AuditEvent.actor_id).where(
                AuditEvent.subject_type == "proposal", AuditEvent.subject_id == Proposal.id
            )
        ):
            acted.setdefault(body, set()).add(person)
        with prober.app.app_context():
            canaries = seed(prober.connection)
        yield Scene(
            prober,
            canaries,
            {
                row.login: row.organization_id
                for row in ask(select(User.login, User.organization_id))
            },
            {
                int(str(values["proposal_id"])): name
                for name, values in prober.values.items()
                if "proposal_id" in values
            },
            handed_over,
            acted,
        )


def walked(scene: Scene, reader: str, paths: list[str]) -> tuple[int, set[Canary], list[str]]:
    """How many answers a reader was given, which canaries stood in them, and what is wrong."""
    bodies = [scene.bodies["city"], scene.bodies["other"]]
    count, seen, faults = 0, set(), []
    for visit in crawl(scene.prober, reader, paths, bodies, follows=IS_WHOLE):
        count += 1
        found = scene.canaries.seen_in(visit.text)
        leaks = {canary.place for canary in found if scene.is_leak(reader, canary)}
        seen |= found
        if visit.status >= 500 or leaks:
            faults.append(f"{visit.path} {visit.status} {sorted(leaks)}")
    return count, seen, faults


def test_p25_every_text_of_a_body_holds_a_canary(scene: Scene) -> None:
    owned = {place for place in text_columns() if is_owned(TABLES[place.partition(".")[0]])}

    assert owned - scene.canaries.places == UNHELD
    assert FILE_ROWS in scene.canaries.places
    assert len(owned) > 100


@pytest.mark.parametrize("reader", WALKERS)
def test_p25_reader_is_shown_no_text_of_a_foreign_body(scene: Scene, reader: str) -> None:
    count, seen, faults = walked(scene, reader, guessed(scene.prober, reader, SHARE))
    sys.stdout.write(
        f"\n{reader}: {count} answers, {len(seen)} canaries seen, {len(faults)} leaks\n"
    )

    assert faults == []
    assert count > 5


def test_p25_own_texts_are_found_and_foreign_ones_when_a_filter_is_missing(scene: Scene) -> None:
    word = beginning(scene.bodies["city"])
    paths = [f"/search?q={word}", "/proposals/R6-0004", f"/proposals?q={word}"]

    _, own, _ = walked(scene, "manager", paths)
    _, _, faults = walked(scene, "foreign", paths)
    with replaced({visible_to: without("app.proposals.queries.visible_to", visible_to)}):
        _, _, leaks = walked(scene, "foreign", paths)

    assert own
    assert faults == []
    assert leaks != []


# --- With a token -------------------------------------------------------------------------------


def asked_by_programs(scene: Scene) -> list[str]:
    """Every case of the world and the lists of its rounds, as programs ask for them."""
    numbers = {values.get("receipt_number") for values in scene.prober.values.values()}
    word = beginning(scene.bodies["city"])
    lists = [f"{API}?round={key}&limit=100" for key in ("R6", "R8")]
    return [*lists, f"{lists[0]}&q={word}", *(f"{API}/{number}" for number in numbers if number)]


@pytest.mark.parametrize("reader", TOKEN_READERS)
def test_p25_token_shows_no_text_of_a_foreign_body(scene: Scene, reader: str) -> None:
    count, seen, faults = walked(scene, reader, asked_by_programs(scene))

    assert faults == []
    assert count > 20
    assert seen or reader not in WITH_OWN_CASES


def test_p25_foreign_texts_are_found_when_the_filters_of_the_api_are_missing(scene: Scene) -> None:
    absent = {
        guard: without(f"app.proposals.queries.{guard.__name__}", guard)
        for guard in (visible_to, is_of_body)
    }

    with replaced(absent):
        _, _, leaks = walked(scene, "foreign", asked_by_programs(scene))

    assert leaks != []
