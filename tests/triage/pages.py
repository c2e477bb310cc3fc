"""Reading the pages of the desk as a person does (仕分けの画面の読み取り), and its small worlds."""

import re
from datetime import date
from html import unescape

from werkzeug.test import TestResponse

from app.core import clock
from app.proposals.models import Proposal
from app.rounds.services import NewCategory, add_category
from app.triage.guide import GUIDED_KEYS
from app.triage.queries import open_assessment
from app.triage.services.confirm import Dispute, dispute_assessment
from app.workflow.states import FollowUp
from tests.factories import (
    World,
    give_opinion,
    make_in_review,
)

NOW = clock.jst(2024, 8, 20, 10)


def address(proposal: Proposal, page: str) -> str:
    return f"/proposals/{proposal.receipt_number}/{page}"


def typed(proposal: Proposal, **values: object) -> dict[str, object]:
    """What a browser sends about a case, opened as it is now."""
    return {"version": proposal.version, **values}


def errors_of(page: TestResponse) -> list[str]:
    return [unescape(words) for words in re.findall(r"＊(.*?)</p>", page.text)]


def summary_of(page: TestResponse) -> list[str]:
    """Where the lines of the error summary lead to."""
    box = page.text.split("data-error-summary")[1].split("</div>")[0]
    return re.findall(r'<a href="#(.*?)">', box)


def messages_of(page: TestResponse) -> list[str]:
    found = re.findall(r'<div class="message-box.*?<p>(.*?)</p>', page.text, re.DOTALL)
    return [unescape(re.sub("<.*?>", "", words)) for words in found]


def section_of(page: TestResponse, section_id: str) -> str:
    """The section of a page; of the queue also the line of a pile in which nothing waits."""
    [part] = re.findall(
        rf'<section[^>]* aria-labelledby="{section_id}".*?</section>'
        rf'|<dt id="{section_id}">.*?</dd>',
        page.text,
        re.DOTALL,
    )
    return str(part)


def numbers_in(part: str) -> list[str]:
    return re.findall(r'<span class="receipt-number">(.*?)</span>', part)


def complete_scheme(world: World) -> None:
    """Add the categories of the guide that the small scheme of the tests lacks."""
    known = {row.key for row in world.round.scheme.categories}
    for key in sorted(GUIDED_KEYS - known):
        row = NewCategory(
            code=key.upper(),
            key=key,
            label=f"{key}に当たるもの",
            short_label=key,
            response_policy=f"{key}の対応方針",
            follow_up=FollowUp.REFERENCE,
            is_evidence_required=False,
            available_from=date(2024, 4, 1),
        )
        add_category(world.round.scheme, row, actor=world["admin"])


def object_to_opinion(world: World, proposal: Proposal, by: str) -> None:
    """Dispute the waiting opinion for F-2."""
    waiting = open_assessment(proposal)
    assert waiting is not None
    command = Dispute(
        version=proposal.version,
        assessment_id=waiting.id,
        category_key="f2",
        reason=f"{by}の異議の理由",
    )
    dispute_assessment(proposal, command, actor=world[by])


def make_twice_disputed(world: World) -> Proposal:
    """Move a case to the second dispute: officer1 twice for F-5, two others against."""
    proposal = make_in_review(world)
    for by in ("officer2", "officer3"):
        give_opinion(world, proposal)
        object_to_opinion(world, proposal, by)
    return proposal
