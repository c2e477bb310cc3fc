"""Working out who gets which case (割当案の計算): rules, fields, caps, absence, conflicts, load."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import exists
from sqlalchemy.orm import selectinload

from app.accounts.models import Organization, User
from app.core import clock
from app.core.closing_days import office_calendar
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import proposals_visible_to
from app.registers.queries import all_entries
from app.rounds.models import Round
from app.suggestions.engine import suggest
from app.triage.assignment_rules import (
    current_rule_set,
    facts_of,
    fitting_rule,
    is_meant,
    rule_words,
    target_words,
)
from app.triage.balancing import Place, balance
from app.triage.models import Assignment, AssignmentRule, RuleKind
from app.triage.queries import awaits_lead
from app.triage.reviewers import Reviewer, conflicting_pairs, declined_pairs, reviewers_now
from app.workflow.states import State
from app.workflow.terms import Term

CONFLICTED = "利益相反があります"
DECLINED = "この提案を返上しました"
EVEN = "手持ちの少ない順"
CHOSEN_BY_HAND = "総括が選びました"

Slot = tuple[int, int]  # (proposal id, number of the place)
Allowed = Callable[[Proposal, int], frozenset[int]]


@dataclass(frozen=True, kw_only=True)
class PlannedPlace:
    """One place of a plan (割当案の行): who, or nobody, and why, in words."""

    proposal: Proposal
    slot: int
    reviewer: User | None
    why: str


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything a plan looks at, read once (割当の前提)."""

    reviewers: list[Reviewer]
    today: date
    due_on: date
    conflicts: frozenset[tuple[int, int]]
    declines: frozenset[tuple[int, int]]
    general: Mapping[int, str] = field(default_factory=dict)

    def obstacle(self, reviewer: Reviewer, proposal: Proposal) -> str:
        """Why a reviewer cannot be given a case, in words (妨げ); "" when nothing is so."""
        pair = (reviewer.user.id, proposal.id)
        if pair in self.conflicts:
            return CONFLICTED
        if pair in self.declines:
            return DECLINED
        return self.general[reviewer.user.id]


def cases_to_assign(actor: User, round_: Round) -> list[Proposal]:
    """Cases of a round that wait for reviewers (割当待ち), the next due first.

    Accepted ones, and those in review that were given back or sent back. After a second dispute the
    lead decides: no reviewer is looked for.
    """
    in_hand = exists().where(Assignment.proposal_id == Proposal.id, Assignment.ended_at.is_(None))
    cases = list(
        db.session.scalars(
            proposals_visible_to(actor)
            .where(
                Proposal.round_id == round_.id,
                Proposal.state.in_([State.ACCEPTED, State.IN_REVIEW]),
                ~in_hand,
            )
            .options(selectinload(Proposal.organization).selectinload(Organization.types))
            .order_by(Proposal.due_on, Proposal.id)
        )
    )
    return [row for row in cases if row.state is State.ACCEPTED or not awaits_lead(row)]


def suggested_keys(cases: Sequence[Proposal]) -> dict[int, str]:
    """Key of the first category suggested for each case (候補の分類), by proposal id.

    Empty where no rule asks for it: the texts of 232 cases take some seconds.
    """
    rule_set = current_rule_set()
    if rule_set is None or all(rule.kind is not RuleKind.CATEGORY for rule in rule_set.rules):
        return {}
    entries = all_entries()
    found = {case.id: suggest(case, entries) for case in cases}
    return {id_: rows[0].category_key for id_, rows in found.items() if rows}


def review_due(round_: Round) -> date:
    """Day on which the opinion on a case assigned today is due (仕分けの期限)."""
    return office_calendar().add_office_days(clock.today(), round_.office_days(Term.REVIEW))


def desk_of(actor: User, round_: Round, cases: Sequence[Proposal]) -> Desk:
    """Read what a plan of some cases has to know (割当の前提)."""
    due_on, today = review_due(round_), clock.today()
    found = reviewers_now(actor, round_, due_on)
    return Desk(
        reviewers=found,
        today=today,
        due_on=due_on,
        conflicts=conflicting_pairs([row.user for row in found], cases),
        declines=declined_pairs(cases),
        general={row.user.id: row.obstacle(today, due_on) for row in found},
    )


def plan_places(
    cases: Sequence[Proposal],
    desk: Desk,
    *,
    per_case: int,
    seed: int,
    kept: Mapping[Slot, User] | None = None,
    suggested: Mapping[int, str] | None = None,
) -> list[PlannedPlace]:
    """Give every place of the cases to somebody who may (割当案): even, the same for one seed.

    The first rule that fits decides who comes first; where its people have no room, everybody else
    who may. Rows in `kept` were chosen by hand and stay; `suggested` are keys of categories.
    """
    return _Planning(cases, desk, per_case, kept or {}, suggested or {}).places(seed)


class _Planning:
    def __init__(
        self,
        cases: Sequence[Proposal],
        desk: Desk,
        per_case: int,
        kept: Mapping[Slot, User],
        suggested: Mapping[int, str],
    ) -> None:
        rule_set = current_rule_set()
        self.desk = desk
        self.kept = kept
        self.slots = [(case, slot) for case in cases for slot in range(1, per_case + 1)]
        rules = rule_set.rules if rule_set else []
        self.rules = {case.id: fitting_rule(rules, facts_of(case, suggested)) for case in cases}
        self.people = {row.user.id: row for row in desk.reviewers}
        by_hand = Counter(user.id for user in kept.values())
        self.loads = {row.user.id: row.cases + by_hand[row.user.id] for row in desk.reviewers}
        self.caps = {row.user.id: row.cap for row in desk.reviewers if row.cap is not None}
        self.able = {
            case.id: frozenset(
                row.user.id for row in desk.reviewers if not desk.obstacle(row, case)
            )
            for case in cases
        }
        self.taken: dict[Slot, int] = {slot: user.id for slot, user in kept.items()}
        self.per_case = per_case

    def places(self, seed: int) -> list[PlannedPlace]:
        """Fill the places the rules speak for, then those that are left."""
        self._fill(self._preferred, seed)
        by_rule = set(self.taken) - set(self.kept)
        self._fill(lambda case, _slot: self.able[case.id], seed)
        return [self._place(case, slot, by_rule) for case, slot in self.slots]

    def _preferred(self, case: Proposal, slot: int) -> frozenset[int]:
        rule = self.rules[case.id]
        if rule is None:
            return self.able[case.id]
        meant = {row.user.id for row in self.desk.reviewers if is_meant(rule, row)}
        found = self.able[case.id] & meant
        return found if slot <= len(found) else frozenset()

    def _fill(self, allowed: Allowed, seed: int) -> None:
        free = [(case, slot) for case, slot in self.slots if (case.id, slot) not in self.taken]
        places = [
            Place(case.id, allowed(case, slot) - self._people_on(case.id)) for case, slot in free
        ]
        found = balance(places, self.loads, self.caps, seed=seed)
        for (case, slot), person in zip(free, found, strict=True):
            if person is not None:
                self.taken[(case.id, slot)] = person
                self.loads[person] += 1

    def _people_on(self, proposal_id: int) -> set[int]:
        slots = [(proposal_id, slot) for slot in range(1, self.per_case + 1)]
        return {self.taken[slot] for slot in slots if slot in self.taken}

    def _place(self, case: Proposal, slot: int, by_rule: set[Slot]) -> PlannedPlace:
        person = self.taken.get((case.id, slot))
        return PlannedPlace(
            proposal=case,
            slot=slot,
            reviewer=self._user(case.id, slot, person),
            why=self._why(case, slot, person, (case.id, slot) in by_rule),
        )

    def _user(self, proposal_id: int, slot: int, person: int | None) -> User | None:
        if (proposal_id, slot) in self.kept:
            return self.kept[(proposal_id, slot)]
        return self.people[person].user if person is not None else None

    def _why(self, case: Proposal, slot: int, person: int | None, is_by_rule: bool) -> str:
        rule = self.rules[case.id]
        if (case.id, slot) in self.kept:
            return CHOSEN_BY_HAND
        if person is None:
            return nobody_words(case, self.desk, self._people_on(case.id))
        if rule is None:
            return EVEN
        if is_by_rule:
            return rule_words(rule)
        return _fallback_words(rule)


def _fallback_words(rule: AssignmentRule) -> str:
    return f"規則{rule.position}の{target_words(rule)}が受けられないため、{EVEN}"


def nobody_words(case: Proposal, desk: Desk, already: set[int]) -> str:
    """Why nobody is left for a place of a case, person by person (割り当てられない理由)."""
    lines = [
        f"{row.user.display_name}：{_absent_words(row, case, desk, already)}"
        for row in desk.reviewers
    ]
    return f"割り当てられる人がいません（{'、'.join(lines)}）"


def _absent_words(row: Reviewer, case: Proposal, desk: Desk, already: set[int]) -> str:
    if row.user.id in already:
        return "この提案の担当になります"
    return desk.obstacle(row, case) or f"この案で上限の{row.cap}件に達します"
