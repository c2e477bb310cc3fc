"""Which lists can be saved, by whom, with whom they are shared (一覧の種類と共有)."""

from app.accounts.models import Role, User
from app.handoffs.queries import MINISTRY_ROLES
from app.proposals.queries import BODY_ROLES, SECRETARIAT_ROLES
from app.saved_lists.models import ListKind

KIND_LABELS = {
    ListKind.CASES: "提案一覧",
    ListKind.SEARCH: "検索",
    ListKind.HANDOFFS: "送付・回答",
    ListKind.CANDIDATES: "対象候補",
    ListKind.OWN: "自団体の提案",
    ListKind.INBOX: "届いた案件",
}
# Their rows are of the round that was looked at when they were saved.
KINDS_OF_A_ROUND = (ListKind.CASES, ListKind.CANDIDATES)
OF_ALL_ROUNDS = "すべての募集回"
OF_THE_CHOSEN = "開くときに選んでいる募集回"

READERS: tuple[Role, ...] = (*SECRETARIAT_ROLES, *BODY_ROLES, *MINISTRY_ROLES)
# What the trail says of each act (監査証跡の言葉).
LIST_WORDS = {
    "saved_list.save": "一覧を保存しました",
    "saved_list.copy": "一覧を写しました",
    "saved_list.change": "保存した一覧を変えました",
    "saved_list.delete": "保存した一覧を削除しました",
    "saved_list.take_over": "保存した一覧を引き継ぎました",
    "saved_list.pin": "一覧をホームに置きました",
    "saved_list.unpin": "一覧をホームから外しました",
    "saved_list.move": "ホームの一覧を並べ替えました",
}
# Who takes a shared list over when its owner has left (引継ぎ).
TAKERS = (Role.LEAD, Role.PROPOSER_MANAGER, Role.MINISTRY_COORDINATOR)


def kinds_for(user: User) -> tuple[ListKind, ...]:
    """Kinds of the lists a person can open (一覧の種類), in the order of the menu."""
    if user.has_role(*SECRETARIAT_ROLES):
        return (ListKind.CASES, ListKind.SEARCH, ListKind.HANDOFFS, ListKind.CANDIDATES)
    if user.has_role(*BODY_ROLES):
        return (ListKind.OWN, ListKind.SEARCH)
    if user.has_role(*MINISTRY_ROLES):
        return (ListKind.INBOX, ListKind.SEARCH, ListKind.CANDIDATES)
    return ()


def sharing_words(user: User) -> str:
    """With whom this person would share a list (共有の相手)."""
    if user.has_role(*SECRETARIAT_ROLES):
        return "事務局の全員に見せる"
    return f"{user.organization.name}の利用者に見せる"
