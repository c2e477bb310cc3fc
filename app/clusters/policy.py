"""Who may look at clusters, ask for a run and correct them (まとまりの権限)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.rounds.models import Round

READERS = (Role.OFFICER, Role.LEAD, Role.AUDITOR)
CORRECTORS = (Role.OFFICER, Role.LEAD)

CORRECT_REFUSED = "まとまりを作り直し、訂正できるのは、事務局の仕分け担当と総括です。"
NO_FILE = (
    "は練習用の募集回です。練習の件数が正式な集計に混ざらないように、ファイルには出力しません。"
    "画面で確かめてください。"
)


def can_correct(actor: User) -> bool:
    """Whether the actor may ask for a run and correct clusters (まとまりの訂正)."""
    return actor.has_role(*CORRECTORS)


def authorize_correct(actor: User) -> None:
    """Refuse an actor who may not correct clusters. Raises NotAllowed."""
    if not can_correct(actor):
        raise NotAllowed(CORRECT_REFUSED)


def authorize_file(round_: Round) -> None:
    """Refuse a file of a practice round (練習用の募集回). Raises NotAllowed."""
    if round_.is_practice:
        raise NotAllowed(f"「{round_.label}」{NO_FILE}")
