"""The frame of every page (画面の枠): menu of the role, round, time of the server."""

from typing import Any, NamedTuple

from flask import current_app, g, request, url_for
from flask_login import current_user

from app.accounts.models import Role, User
from app.attestations.gate import is_unattested_reading
from app.attestations.queries import ends_soon
from app.core import clock
from app.core.viewing import Viewing, running_viewing
from app.outsiders.gate import is_outsider_reading
from app.reminders.queries import count_unread
from app.rounds.choice import chosen_round
from app.viewing.doors import is_open


class NavItem(NamedTuple):
    """An entry of the main menu (メニュー)."""

    label: str
    url: str
    is_current: bool
    # How many wait to be read (未読の件数).
    unread: int = 0


SEARCHERS = (
    Role.OFFICER,
    Role.LEAD,
    Role.AUDITOR,
    Role.PROPOSER,
    Role.PROPOSER_MANAGER,
    Role.MINISTRY_OFFICER,
    Role.MINISTRY_COORDINATOR,
)

OFFICE = frozenset({Role.OFFICER, Role.LEAD, Role.AUDITOR})
MINISTRY = frozenset({Role.MINISTRY_OFFICER, Role.MINISTRY_COORDINATOR})
DESK = "triage.queue"
NOTICES = "reminders.notices"
NOTICES_LABEL = "お知らせ"
MENTIONS = "comments.mentions"
MENUS: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("ホーム", "dashboard.home", frozenset(Role)),
    (NOTICES_LABEL, NOTICES, frozenset(Role)),
    ("仕分け", DESK, frozenset({Role.OFFICER, Role.LEAD})),
    ("提案一覧", "casework.index", frozenset({Role.OFFICER, Role.LEAD, Role.AUDITOR})),
    ("送付・回答", "handoffs.index", OFFICE),
    # Officers and auditors come to it from the hand-offs.
    ("回答の確認", "answers.overview", frozenset({Role.LEAD})),
    ("届いた案件", "handoffs.index", MINISTRY),
    (
        "授受の確認",
        "transfers.index",
        OFFICE | MINISTRY | {Role.PROPOSER, Role.PROPOSER_MANAGER},
    ),
    ("対象候補", "candidates.index", OFFICE | MINISTRY | {Role.OBSERVER}),
    ("まとまり", "clusters.index", frozenset({Role.OFFICER, Role.LEAD, Role.AUDITOR})),
    ("会議", "meetings.index", frozenset({Role.OFFICER, Role.LEAD, Role.AUDITOR})),
    ("自団体の提案", "casework.index", frozenset({Role.PROPOSER, Role.PROPOSER_MANAGER})),
    ("新しい提案", "proposals.new", frozenset({Role.PROPOSER, Role.PROPOSER_MANAGER})),
    ("共同提案", "proposals.joint", frozenset({Role.PROPOSER, Role.PROPOSER_MANAGER})),
    (
        "追加共同提案",
        "proposals.joining",
        frozenset({Role.OFFICER, Role.LEAD, Role.AUDITOR, Role.PROPOSER, Role.PROPOSER_MANAGER}),
    ),
    (
        "事前相談",
        "consultations.index",
        frozenset({Role.OFFICER, Role.LEAD, Role.AUDITOR, Role.PROPOSER, Role.PROPOSER_MANAGER}),
    ),
    (
        "報告・集計",
        "reports.index",
        frozenset({Role.OFFICER, Role.LEAD, Role.AUDITOR, Role.ADMIN, Role.OBSERVER}),
    ),
    (
        "台帳",
        "registers.index",
        frozenset({Role.OFFICER, Role.LEAD, Role.AUDITOR, Role.ADMIN}),
    ),
    ("募集回", "rounds.index", frozenset({Role.LEAD, Role.ADMIN})),
    # Others read it from the deadlines of a case.
    ("暦", "deadlines.calendar", frozenset({Role.ADMIN})),
    ("自団体", "accounts.own_body", frozenset({Role.PROPOSER_MANAGER})),
    ("利用者", "accounts.users", frozenset({Role.ADMIN})),
    ("後続対応", "follow_ups.index", OFFICE),
    ("会議資料", "papers.index", OFFICE),
    ("公表", "public.desk", OFFICE),
    ("公表資料", "public.index", frozenset(Role) - OFFICE - {Role.ADMIN}),
    ("情報公開", "disclosure.index", OFFICE),
    ("一斉連絡", "mailings.index", frozenset({Role.OFFICER, Role.LEAD})),
    ("見直し", "watches.index", frozenset({Role.OFFICER, Role.LEAD, Role.AUDITOR})),
    ("利益相反", "triage.conflicts", frozenset({Role.ADMIN})),
    ("団体・府省庁", "accounts.organizations", frozenset({Role.ADMIN})),
    # The lead comes to it from the letters to many (一斉連絡).
    ("送信箱", "notifications.outbox", frozenset({Role.ADMIN})),
    ("定期処理", "jobs.index", frozenset({Role.ADMIN})),
    ("個人情報", "personal_data.inventory", OFFICE | {Role.ADMIN}),
    ("研修・誓約", "attestations.index", frozenset({Role.ADMIN})),
    ("APIトークン", "tokens.index", frozenset({Role.ADMIN})),
    ("監査証跡", "audit.index", frozenset({Role.AUDITOR})),
    ("代理閲覧", "viewing.index", frozenset({Role.LEAD, Role.ADMIN})),
)


def page_frame() -> dict[str, Any]:
    """Values that every template can use: menu, round and time."""
    frame: dict[str, Any] = {"now_jst": clock.to_jst(clock.now())}
    # A page that tells of trouble must not ask the database that is in trouble.
    if g.get("is_failing") or not current_user.is_authenticated:
        return frame
    return {
        **frame,
        "current_round": chosen_round(),
        "nav_items": nav_items(current_user),
        "is_reading_only": is_outsider_reading() or is_unattested_reading(),
        "attestation_ends": ends_soon(current_user),
        "can_search": current_user.has_role(*SEARCHERS) and running_viewing() is None,
        "viewing": running_viewing(),
        "has_viewing_ended": g.get("has_viewing_ended", False),
    }


def nav_items(user: User) -> list[NavItem]:
    """Menu of a user's roles, in the order of the work (メニュー)."""
    entries = _entries(user.roles)
    here = _desk_url(user) or _notices_url() or _current_url([url for _label, url in entries])
    unread = count_unread(user)
    return [
        NavItem(label, url, url == here, unread if label == NOTICES_LABEL else 0)
        for label, url in entries
    ]


def _entries(roles: frozenset[Role]) -> list[tuple[str, str]]:
    """Words and addresses of the menu of these roles (メニュー).

    Kept by the application once made: they depend on nothing but the roles, which were read with
    this request, and on where the application is mounted. Not so where a room adds to its addresses
    what the running page carries (the filters of the desk).
    """
    viewing = running_viewing()
    if viewing is not None or request.blueprint in current_app.url_default_functions:
        return _made_entries(roles, viewing)
    kept: dict[Any, list[tuple[str, str]]] = current_app.extensions.setdefault("menus", {})
    key = (roles, request.script_root)
    if key not in kept:
        kept[key] = _made_entries(roles)
    return kept[key]


def _made_entries(roles: frozenset[Role], viewing: Viewing | None = None) -> list[tuple[str, str]]:
    return [
        (label, url_for(endpoint))
        for label, endpoint, allowed in MENUS
        if not roles.isdisjoint(allowed)
        and endpoint in current_app.view_functions
        and (viewing is None or is_open(current_app, endpoint, viewing))
    ]


def _desk_url(user: User) -> str:
    """Entry of the desk on a page of its own about one case, which has the address of the case."""
    is_of_desk = request.blueprint == "triage" and "receipt_number" in (request.view_args or {})
    return url_for(DESK) if is_of_desk and user.has_role(Role.OFFICER, Role.LEAD) else ""


def _notices_url() -> str:
    """Entry of the news on the page of the comments meant for oneself (自分宛てのコメント)."""
    return url_for(NOTICES) if request.endpoint == MENTIONS else ""


def _current_url(urls: list[str]) -> str:
    """Entry the page belongs to: the longest address that the path begins with."""
    home = url_for("dashboard.home")
    matching = [url for url in urls if url != home and request.path.startswith(url)]
    return max(matching, key=len, default=home if request.path == home else "")
