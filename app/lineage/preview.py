"""What a merge will do, line by line, before it is done (統合の影響の確認)."""

from dataclasses import dataclass

from app.accounts.models import User
from app.lineage.policy import MOST_BY_OFFICER, needs_lead
from app.proposals.models import Proposal
from app.proposals.presentation import Due, StateBadge, due_of, state_badge
from app.proposals.sharing.partners import accepted_partners_of
from app.triage.queries import current_assignments, open_assessment


@dataclass(frozen=True, kw_only=True)
class MergeEffect:
    """One case of a merge with what happens to it (統合される提案)."""

    number: str
    title: str
    detail: str
    badge: StateBadge
    bodies: str
    due: Due | None
    effects: tuple[str, ...]


def merge_effects(cases: list[Proposal], reader: User) -> list[MergeEffect]:
    """Every effect on the cases that go into another one (統合の影響)."""
    return [
        MergeEffect(
            number=case.reference,
            title=case.title,
            detail=case.detail,
            badge=state_badge(case, reader),
            bodies=bodies_of(case),
            due=due_of(case, reader),
            effects=_effects(case, reader),
        )
        for case in cases
    ]


def bodies_of(proposal: Proposal) -> str:
    """Proposing body and its partners in words (提案団体・共同提案団体)."""
    partners = [row.organization.name for row in accepted_partners_of(proposal)]
    return "、".join([proposal.organization.name, *partners])


def lead_words(target: Proposal, cases: list[Proposal]) -> str:
    """Who may make this merge, where it is for a lead alone; "" otherwise (総括だけの統合)."""
    if not needs_lead(target, cases):
        return ""
    return (
        f"{MOST_BY_OFFICER + 1}件以上をまとめる統合、または分類が確定した提案の統合です。"
        "総括だけが行えます。"
    )


def _effects(case: Proposal, reader: User) -> tuple[str, ...]:
    found = ["仕分けの一覧から外れます。受付番号・内容・添付・履歴は残ります。"]
    if case.due_on is not None:
        found.append("期限が止まります。統合を取り消すと、残りの日数から続きます。")
    names = "、".join(row.reviewer.display_name for row in current_assignments(case))
    if names:
        found.append(f"担当（{names}）を外します。")
    opinion = open_assessment(case)
    if opinion is not None:
        code = "" if opinion.author_id != reader.id else f"（分類{opinion.category.code}）"
        found.append(f"確認を待つ仕分け意見{code}は、確認に進まず履歴に残ります。")
    if case.category is not None:
        found.append(f"確定している分類{case.category.code}がなくなります。")
    return tuple(found)
