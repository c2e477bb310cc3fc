"""Writing the rules of assignment (割当の規則): each change is a new version, the old ones stay."""

from dataclasses import dataclass

from sqlalchemy import func, select

from app.accounts.models import OrgType, User
from app.accounts.queries import list_ministries
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.triage.assignment_rules import category_codes, current_rule_set
from app.triage.models import AssignmentRule, AssignmentRuleSet, RuleKind
from app.triage.queries import reviewers
from app.triage.reviewers import skill_tags
from app.triage.services.profiles import authorize_settings

LONGEST_VALUE = 100  # characters


@dataclass(frozen=True, kw_only=True)
class NewRule:
    """One rule (割当の規則): what it asks of a case, and to whom the case goes, one of the two."""

    kind: RuleKind | None
    value: str
    tag_id: int | None
    reviewer_id: int | None


@dataclass(frozen=True, kw_only=True)
class WriteRules:
    """All rules in their order (割当の規則); `number` is that of the version they came from."""

    number: int
    rules: tuple[NewRule, ...]


def write_rules(command: WriteRules, *, actor: User) -> AssignmentRuleSet:
    """Make the next version of the rules (割当の規則の新しい版); drafts keep theirs.

    Raises NotAllowed, StaleVersion, and InvalidInput with the names of the fields
    (`rules-0-condition`, `rules-0-target`).
    """
    authorize_settings(actor)
    before = current_rule_set()
    if (before.number if before else 0) != command.number:
        raise StaleVersion(STALE_MESSAGE)
    _check(command.rules)
    rule_set = AssignmentRuleSet(
        number=(db.session.scalar(select(func.max(AssignmentRuleSet.number))) or 0) + 1,
        created_at=clock.now(),
        created_by_id=actor.id,
        rules=[
            AssignmentRule(
                position=position,
                kind=rule.kind,
                value=rule.value,
                tag_id=rule.tag_id,
                reviewer_id=rule.reviewer_id,
            )
            for position, rule in enumerate(command.rules, start=1)
        ],
    )
    db.session.add(rule_set)
    db.session.flush()
    subject = Subject(type="assignment_rule_set", id=rule_set.id, version=rule_set.number)
    changes = {"number": rule_set.number, "rules": len(command.rules)}
    record("assignment_rules.write", subject, actor=actor, changes=changes)
    return rule_set


def _check(rules: tuple[NewRule, ...]) -> None:
    tags = {tag.id for tag in skill_tags()}
    people = {user.id for user in db.session.scalars(reviewers())}
    known = known_values()
    errors: dict[str, list[str]] = {}
    for index, rule in enumerate(rules):
        if rule.kind is RuleKind.WORDS:
            if not 0 < len(rule.value) <= LONGEST_VALUE:
                words = f"語句を{LONGEST_VALUE}文字以内で入力してください"
                errors[f"rules-{index}-words"] = [words]
        elif rule.kind is None or rule.value not in known[rule.kind]:
            errors[f"rules-{index}-condition"] = ["どんな提案かを一覧から選んでください"]
        is_to_tag = rule.tag_id in tags and rule.reviewer_id is None
        is_to_person = rule.reviewer_id in people and rule.tag_id is None
        if not (is_to_tag or is_to_person):
            errors[f"rules-{index}-target"] = ["割り当てる先を一覧から選んでください"]
    if errors:
        raise InvalidInput(errors)


def known_values() -> dict[RuleKind, set[str]]:
    """Values a rule can ask for, by its kind (規則の条件の選択肢); words are free."""
    return {
        RuleKind.MINISTRY: {str(row.id) for row in list_ministries()},
        RuleKind.ORG_TYPE: {row.value for row in OrgType},
        RuleKind.CATEGORY: set(category_codes()),
    }
