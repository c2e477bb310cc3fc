"""What a token narrows the reading of its owner to (トークンの範囲)."""

from sqlalchemy import ColumnElement, select

from app.accounts.models import ApiToken, User
from app.core.errors import InvalidInput, NotAllowed, NotFound
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.presentation import reads_as_secretariat
from app.proposals.queries import NOT_FOUND, get_visible, is_of_body
from app.rounds.models import Round
from app.tokens.queries import readable_rounds

UNKNOWN_ROUND = "この募集回はありません。/api/v1/rounds の key から選んでください"
OUT_OF_SCOPE = (
    "この募集回は、APIトークンの範囲にありません。発行のときに選んだ募集回だけを読めます。"
)


def rounds_within(token: ApiToken) -> list[Round]:
    """Rounds a token reads (読める募集回), the latest first."""
    return [row for row in readable_rounds(token.user) if is_for_round(token, row.id)]


def is_for_round(token: ApiToken, round_id: int) -> bool:
    """Whether a token was made for a round (募集回の範囲)."""
    return token.is_for_all_rounds or round_id in token.round_ids


def round_within(token: ApiToken, key: str) -> Round:
    """The round of a key, if the token reads it (募集回). Raises InvalidInput, NotAllowed.

    The owner knows of the round, so that it may be told that the token does not reach it.
    """
    found = next((row for row in readable_rounds(token.user) if row.key == key), None)
    if found is None:
        raise InvalidInput({"round": [UNKNOWN_ROUND]})
    if not is_for_round(token, found.id):
        raise NotAllowed(OUT_OF_SCOPE)
    return found


def cases_within(token: ApiToken) -> list[ColumnElement[bool]]:
    """Conditions for the cases a token reads, beside what its owner may know of (提案の範囲).

    A body reads its own, as in its files: cases that it only joined are on their pages.
    """
    owner = token.user
    found: list[ColumnElement[bool]] = [Proposal.receipt_number.is_not(None)]
    if not reads_as_secretariat(owner):
        found.append(is_of_body(owner))
    if token.body_id is not None:
        found.append(Proposal.organization_id == token.body_id)
    if not token.is_for_all_rounds:
        found.append(Proposal.round_id.in_(token.round_ids))
    return found


def case_within(token: ApiToken, receipt_number: str) -> tuple[Proposal, User]:
    """The case of a number and its reader (提案). Raises NotFound.

    Alike for a number that does not exist, one the owner may not know of, and one out of scope.
    """
    proposal = get_visible(token.user, receipt_number)
    is_within = select(Proposal.id).where(Proposal.id == proposal.id, *cases_within(token))
    if db.session.scalar(is_within) is None:
        raise NotFound(NOT_FOUND)
    return proposal, token.user
