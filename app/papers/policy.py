"""Who may make and read the meeting paper (会議資料の権限)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.reports.cases import has_any_conflict
from app.rounds.models import Round

MAKERS = (Role.OFFICER, Role.LEAD)
READERS = (*MAKERS, Role.AUDITOR)
NOT_A_MAKER = "会議資料を作れるのは、事務局の担当と総括だけです。"
# Said to everybody with a conflict, with a case of this round or not: it must not tell of one.
CONFLICTED = (
    "利益相反の登録がある人は、会議資料を作ることも開くこともできません。"
    "資料にはすべての提案の内容と件数が載るためです。利益相反のない担当か総括に頼んでください。"
)


def practice_refusal(round_: Round) -> str:
    """Say why a practice round has no paper (練習用の募集回)."""
    return (
        f"「{round_.label}」は練習用の募集回です。練習の件数が正式な資料に混ざらないように、"
        "会議資料は作りません。"
    )


def why_not_make(actor: User, round_: Round) -> str:
    """Say why the actor cannot make the paper of the round (作れない理由); "" when nothing is."""
    if not actor.has_role(*MAKERS):
        return NOT_A_MAKER
    if has_any_conflict(actor):
        return CONFLICTED
    return practice_refusal(round_) if round_.is_practice else ""


def authorize_make(actor: User, round_: Round) -> None:
    """Refuse who may not make the paper (会議資料の作成). Raises NotAllowed."""
    refusal = why_not_make(actor, round_)
    if refusal:
        raise NotAllowed(refusal)


def may_read(actor: User) -> bool:
    """Whether the actor may open what was made (会議資料の閲覧): the paper tells of every case."""
    return actor.has_role(*READERS) and not has_any_conflict(actor)


def authorize_read(actor: User) -> None:
    """Refuse who may not know of every case (会議資料の閲覧). Raises NotAllowed."""
    if not may_read(actor):
        raise NotAllowed(CONFLICTED)
