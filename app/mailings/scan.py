"""What in a letter to many may not be meant for many (誤送信の点検): warnings, no refusals."""

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from app.accounts.models import Organization, OrganizationKind, User
from app.extensions import db
from app.mailings.models import Mailing
from app.proposals.models import Proposal
from app.workflow.labels import PROPOSER_STATE_LABELS, STATE_LABELS

RECEIPT_NUMBER = re.compile(r"[A-Z]{1,3}\d{1,3}-\d{4,}(?:-\d+)?")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
SHORTEST_NAME = 2  # characters: a shorter name is found in every other word
# What only the desk says of a case (内部の状態・分類).
INNER_WORDS = (
    *sorted(set(STATE_LABELS.values()) - set(PROPOSER_STATE_LABELS.values()) - {"終了"}),
    "暫定",
    "仕分け意見",
    "異議",
    "滞留",
    "F-",
)
ATTACHED = "添付"


def warnings_of(mailing: Mailing, bodies: Sequence[Organization]) -> list[str]:
    """What to look at before it is sent (送信前の注意), each with its words; a few queries."""
    text = f"{mailing.subject}\n{mailing.text}"
    return [*_names(text), *_numbers(text, bodies), *_words(text)]


def _names(text: str) -> Iterator[str]:
    statement = (
        select(User.display_name)
        .join(User.organization)
        .where(Organization.kind == OrganizationKind.SECRETARIAT)
        .distinct()
        .order_by(User.display_name)
    )
    for name in db.session.scalars(statement):
        if len(name) >= SHORTEST_NAME and name in text:
            yield f"事務局の人の名前「{name}」があります"


def _numbers(text: str, bodies: Sequence[Organization]) -> Iterator[str]:
    """Numbers of cases that are not of every body; the same words for one that does not exist."""
    written = list(dict.fromkeys(RECEIPT_NUMBER.findall(text)))
    rows = db.session.execute(
        select(Proposal.receipt_number, Proposal.organization_id).where(
            Proposal.receipt_number.in_(written)
        )
    )
    owner = {row[0]: row[1] for row in rows}
    for number in written:
        if {body.id for body in bodies} != {owner.get(number)}:
            yield f"受付番号「{number}」は、宛先のすべての団体の提案ではありません"


def _words(text: str) -> Iterator[str]:
    for word in INNER_WORDS:
        if word in text:
            yield f"事務局の内部の言葉「{word}」があります"
    for address in dict.fromkeys(ADDRESS.findall(text)):
        yield f"メールアドレス「{address}」があります"
    if ATTACHED in text:
        yield "「添付」とありますが、この連絡にファイルは付けられません"
