"""Rules of assignment (割当の規則): which rule fits a case, and in which words it is told."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.labels import ORG_TYPE_LABELS
from app.accounts.models import Organization, OrgType
from app.core import clock
from app.core.text import search_key
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.models import Category
from app.triage.models import AssignmentRule, AssignmentRuleSet, RuleKind
from app.triage.reviewers import Reviewer

KIND_LABELS = {
    RuleKind.MINISTRY: "所管府省庁",
    RuleKind.ORG_TYPE: "団体種別",
    RuleKind.WORDS: "提案の中の語句",
    RuleKind.CATEGORY: "候補の分類",
}


class CaseFacts(NamedTuple):
    """What the rules look at in a case (規則が見る事実)."""

    ministry_id: str
    org_type: str
    text_key: str
    category_key: str


def current_rule_set() -> AssignmentRuleSet | None:
    """The rules in force (現在の割当の規則), None before the first."""
    statement = select(AssignmentRuleSet).order_by(AssignmentRuleSet.number.desc()).limit(1)
    return db.session.scalars(statement).one_or_none()


def rule_sets() -> list[AssignmentRuleSet]:
    """Every version of the rules, the newest first (割当の規則の履歴)."""
    return list(
        db.session.scalars(select(AssignmentRuleSet).order_by(AssignmentRuleSet.number.desc()))
    )


def category_codes() -> dict[str, str]:
    """Codes of the categories of all schemes by key, the newest scheme counts (分類の選択肢)."""
    rows = db.session.execute(select(Category.key, Category.code).order_by(Category.id))
    codes = {row.key: row.code for row in rows}
    return dict(sorted(codes.items(), key=lambda pair: pair[1]))


def facts_of(proposal: Proposal, suggested: Mapping[int, str]) -> CaseFacts:
    """Put together what the rules look at; `suggested` are keys of categories by proposal id."""
    day = clock.to_jst(proposal.submitted_at or proposal.created_at).date()
    org_type = proposal.organization.type_on(day)
    provisional = proposal.provisional_category
    return CaseFacts(
        ministry_id=str(proposal.ministry_id or ""),
        org_type=org_type.value if org_type else "",
        text_key=proposal.search_key,
        category_key=provisional.key if provisional else suggested.get(proposal.id, ""),
    )


def fitting_rule(rules: Sequence[AssignmentRule], facts: CaseFacts) -> AssignmentRule | None:
    """Return the first rule that fits a case (当てはまる規則), None when none does."""
    return next((rule for rule in rules if _fits(rule, facts)), None)


def _fits(rule: AssignmentRule, facts: CaseFacts) -> bool:
    if rule.kind is RuleKind.WORDS:
        return search_key(rule.value) in facts.text_key
    found = {
        RuleKind.MINISTRY: facts.ministry_id,
        RuleKind.ORG_TYPE: facts.org_type,
        RuleKind.CATEGORY: facts.category_key,
    }
    return rule.value == found[rule.kind]


def is_meant(rule: AssignmentRule, reviewer: Reviewer) -> bool:
    """Whether a rule sends its cases to this reviewer (規則の行き先)."""
    if rule.reviewer_id is not None:
        return rule.reviewer_id == reviewer.user.id
    return rule.tag_id in reviewer.skills


def rule_words(rule: AssignmentRule) -> str:
    """Put a rule into words (規則の言葉): 「規則2　所管府省庁が厚生労働省 → 福祉」."""
    return (
        f"規則{rule.position}　{KIND_LABELS[rule.kind]}が{value_words(rule)} → {target_words(rule)}"
    )


def value_words(rule: AssignmentRule) -> str:
    """What a rule asks of a case, in words (規則の条件)."""
    if rule.kind is RuleKind.MINISTRY:
        ministry = db.session.get(Organization, int(rule.value)) if rule.value.isdecimal() else None
        return ministry.name if ministry else "（廃止された府省庁）"
    if rule.kind is RuleKind.ORG_TYPE:
        return ORG_TYPE_LABELS[OrgType(rule.value)]
    if rule.kind is RuleKind.CATEGORY:
        return category_codes().get(rule.value, rule.value)
    return f"「{rule.value}」"


def target_words(rule: AssignmentRule) -> str:
    """To whom a rule sends its cases, in words (規則の行き先): a person, or who knows a field."""
    if rule.reviewer is not None:
        return rule.reviewer.display_name
    return f"得意分野「{rule.tag.label}」の人" if rule.tag else ""
