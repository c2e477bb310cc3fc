"""What is wrong with single cases (案件の点検): a table of checks, each found anew when asked.

To add one: a kind, a function from `Scope` to findings, a line in `CASE_CHECKS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.discrepancies.cases.clocks import find_clocks, find_due_dates
from app.discrepancies.cases.findings import CaseFinding, CaseKind
from app.discrepancies.cases.handoffs import (
    find_handoff_dates,
    find_no_handoff,
    find_open_handoffs,
    find_unsettled,
)
from app.discrepancies.cases.left_open import find_left_open
from app.discrepancies.cases.mail import find_mail
from app.discrepancies.cases.no_candidate import find_no_candidate
from app.discrepancies.cases.no_holder import find_no_holder
from app.discrepancies.cases.no_watch import find_no_watch
from app.discrepancies.cases.other_class import find_other_class
from app.discrepancies.cases.pending import find_pending
from app.discrepancies.cases.scope import Scope


@dataclass(frozen=True, kw_only=True)
class CaseCheck:
    """One check of the cases (点検の項目). `is_of_pairs`: about two cases, and slow to find."""

    kind: CaseKind
    title: str
    what: str
    find: Callable[[Scope], list[CaseFinding]]
    is_of_pairs: bool = False

    @property
    def unit(self) -> str:
        """What is counted (単位)."""
        return "組" if self.is_of_pairs else "件"


CASE_CHECKS: tuple[CaseCheck, ...] = (
    CaseCheck(
        kind=CaseKind.NO_HOLDER,
        title="担当がいない",
        what=(
            "仕分け中なのに、担当がいないか、担当のだれも仕分けができない"
            "（利用の停止、役割の変更、利益相反、期限を過ぎるまで代理なしの不在）提案です。"
        ),
        find=find_no_holder,
    ),
    CaseCheck(
        kind=CaseKind.CLOCK,
        title="期限の時計が合わない",
        what="期限のある状態なのに時計が動いていないか、状態に合わない時計が動いている提案です。",
        find=find_clocks,
    ),
    CaseCheck(
        kind=CaseKind.DUE_DATE,
        title="期限の日が食い違う",
        what="案件に示している期限と、動いている時計の期限が違う提案です。",
        find=find_due_dates,
    ),
    CaseCheck(
        kind=CaseKind.LEFT_OPEN,
        title="終わった案件に残る申出・仕事",
        what="終了・取下げ・統合の後に、決定を待つ申出や、終わっていない担当・着手が残る提案です。",
        find=find_left_open,
    ),
    CaseCheck(
        kind=CaseKind.PENDING,
        title="見直されないペンディング",
        what=(
            "持ち主がいないか仕分けができないか、見直し日を過ぎたか、見直し日が祝日の決まっていない年にある"
            "ペンディングの提案です。"
        ),
        find=find_pending,
    ),
    CaseCheck(
        kind=CaseKind.NO_CANDIDATE,
        title="対象候補がない",
        what=(
            "共通化の対象候補とする分類なのに、題名からは、対象候補（案）の一覧のどの行にも"
            "当たらない提案です。一覧のある募集回だけを見ます。"
        ),
        find=find_no_candidate,
    ),
    CaseCheck(
        kind=CaseKind.NO_WATCH,
        title="見直しの条件がない",
        what="見直す分類に決まったのに、見直しの条件が一つも登録されていない提案です。",
        find=find_no_watch,
    ),
    CaseCheck(
        kind=CaseKind.NO_HANDOFF,
        title="送付されていない",
        what=(
            "府省庁へ送付する分類に決まって10開庁日を過ぎても、送付が一つもない提案です。"
            "送付を始めた募集回だけを見ます。"
        ),
        find=find_no_handoff,
    ),
    CaseCheck(
        kind=CaseKind.HANDOFF_DATE,
        title="期限のない送付",
        what="府省庁へ送付中なのに、受領・回答・確認の期限がない提案です。",
        find=find_handoff_dates,
    ),
    CaseCheck(
        kind=CaseKind.HANDOFF_OPEN,
        title="終わった案件に残る送付",
        what="終了・取下げ・統合の後に、終わっていない送付が残る提案です。",
        find=find_open_handoffs,
    ),
    CaseCheck(
        kind=CaseKind.HANDOFF_UNSETTLED,
        title="確認されない回答",
        what="府省庁の回答が届いたのに、確定も再検討の要請もないまま確認の期限を過ぎた提案です。",
        find=find_unsettled,
    ),
    CaseCheck(
        kind=CaseKind.MAIL,
        title="届いていない知らせ",
        what="案件についてのメールが、届かなかったか、送られないまま時間がたった提案です。",
        find=find_mail,
    ),
    CaseCheck(
        kind=CaseKind.OTHER_CLASS,
        title="ほぼ同じで分類が違う",
        what="文章がほぼ同じなのに、分類が違う提案の組です。「重複ではない」と判定した組は除きます。",
        find=find_other_class,
        is_of_pairs=True,
    ),
)
