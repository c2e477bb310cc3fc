"""Who may read which report of which round (報告の閲覧範囲)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed, NotFound
from app.rounds.models import Round

# Those who see the cases see every report; the others see the published statistics only.
CASE_READERS = (Role.OFFICER, Role.LEAD, Role.AUDITOR)
STATISTICS_READERS = (Role.ADMIN, Role.OBSERVER)
READERS = (*CASE_READERS, *STATISTICS_READERS)


def sees_cases(reader: User) -> bool:
    """Whether the reader may go from a figure to its cases (件数から一覧へ)."""
    return reader.has_role(*CASE_READERS)


def can_read(reader: User, round_: Round, *, is_statistics: bool) -> bool:
    """Whether the reader may read a report of the round (閲覧).

    `is_statistics` tells a report of figures alone from one that quotes proposals. The figures
    are open to observers and to the administration once the round's statistics are published.
    """
    if sees_cases(reader):
        return True
    is_open = is_statistics and round_.statistics_published_at is not None
    return is_open and reader.has_role(*STATISTICS_READERS)


def authorize_read(reader: User, round_: Round, *, is_statistics: bool) -> None:
    """Hide a report from a reader who may not know of it. Raises NotFound."""
    if not can_read(reader, round_, is_statistics=is_statistics):
        raise NotFound("この報告は見つかりません。公表前の集計は、事務局だけが閲覧できます。")


def authorize_file(round_: Round) -> None:
    """Refuse a file of a practice round: its figures stay on the screen. Raises NotAllowed."""
    if round_.is_practice:
        raise NotAllowed(
            f"「{round_.label}」は練習用の募集回です。練習の件数が正式な集計に混ざらないように、"
            "ファイルには出力しません。画面で確かめてください。"
        )
