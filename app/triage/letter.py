"""The letter of a return (補正の依頼文): all reasons merged, as the body will read it."""

from collections.abc import Sequence
from datetime import date

from app.core import clock
from app.core.eras import format_date
from app.core.letterhead import office_contact, office_name
from app.proposals.correction_targets import target_label
from app.proposals.models import Proposal

INDENT = "　"


# What to correct, as a return names it (補正の対象), and why.
Wish = tuple[str, str]


def merged(wishes: Sequence[Wish]) -> dict[str, list[str]]:
    """Reasons by what they are about, both in the order in which they were given (理由の束ね)."""
    found: dict[str, list[str]] = {}
    for target, reason in wishes:
        found.setdefault(target, []).append(reason)
    return found


def letter_text(proposal: Proposal, wishes: Sequence[Wish], due_on: date) -> str:
    """Write the letter to the body (補正の依頼文), dated today (JST)."""
    lines = [
        f"{proposal.organization.name}　御中",
        "",
        "提案の補正のお願い",
        "",
        f"受付番号　　{proposal.reference}",
        f"提案概要　　{proposal.title}",
        f"補正の期限　{format_date(due_on)}",
        "",
        "ご提出いただいた提案について、次の点の補正をお願いします。期限までに内容を直し、"
        "管理者の方が再提出してください。再提出の後、形式確認を続けます。",
    ]
    for number, (target, reasons) in enumerate(merged(wishes).items(), start=1):
        lines += ["", f"{number}　{target_label(proposal.round, target)}"]
        lines += [line for reason in reasons for line in _bulleted(reason)]
    return "\n".join([*lines, "", format_date(clock.today()), office_name(), office_contact()])


def _bulleted(reason: str) -> list[str]:
    first, *others = reason.splitlines() or [""]
    return [f"{INDENT}・{first}", *(f"{INDENT * 2}{line}" if line else "" for line in others)]
