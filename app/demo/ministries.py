"""What ministries do with a case of the practice (操作練習の送付・回答): through the services."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from app.accounts.models import User
from app.answers.services.examination import Reexamine, Settle, reexamine, settle
from app.answers.services.release import ChosenReply, Release, release_replies
from app.answers.services.views import WriteView, file_view
from app.demo.people import Cast
from app.demo.steps import Case
from app.handoffs.models import Handoff
from app.handoffs.queries import awaited_view, current_reply, sent_replies
from app.handoffs.services.acknowledge import Acknowledge, acknowledge
from app.handoffs.services.draft import SaveReply, Seen, ask_approval, save_reply
from app.handoffs.services.prepare import Prepare, prepare_handoff
from app.handoffs.services.recall import Recall, recall_handoff
from app.handoffs.services.refuse import Refuse, refuse
from app.handoffs.services.send import Send, send_handoff
from app.handoffs.services.send_reply import send_reply
from app.workflow.handoffs import HandoffPart, HandoffPurpose, ReplyKind

MINISTRIES = {"mhlw": "厚生労働省", "digital": "デジタル庁"}
OTHER = {"mhlw": "デジタル庁", "digital": "総務省"}
PLANNED_DAYS = 90  # about, from the loading to the date a reply names
FRIDAY = 4

REQUEST = "【操作練習】この提案の内容を確認し、対応の可否と時期を回答してください。"
REQUEST_RELATED = "【操作練習】主管の府省庁の検討に当たり、関係する範囲の意見を回答してください。"
REFUSAL = "【操作練習】この業務の仕組みは、当方の所管ではありません。"
RECALLED = "【操作練習】送付先の組織を確かめてから、改めて送付します。"
AGAIN = "【操作練習】結論を出す時期と、その前に行うことを、もう少し具体的に示してください。"
VIEW = "【操作練習】回答の内容に異存ありません。時期が変わるときは、早めに知らせてください。"
SETTLED = "【操作練習】提案した団体の見解を確かめました。"
# By category of the case: the kind of the reply.
KINDS = {
    "core20": ReplyKind.WILL_CONSIDER,
    "dpi": ReplyKind.WILL_ACT,
    "keiyu": ReplyKind.DONE,
    "f1": ReplyKind.EXISTING_SYSTEM,
}
REPLIES = {
    ReplyKind.WILL_CONSIDER: "【操作練習】団体の事務を調べたうえで、予定日までに結論を出します。",
    ReplyKind.WILL_ACT: "【操作練習】予定日までに、画面と手順書を改めます。",
    ReplyKind.DONE: "【操作練習】手順の見直しが済み、新しい手順書を配布しました。",
    ReplyKind.EXISTING_SYSTEM: "【操作練習】既存のシステムの機能で行えます。",
}


class MinistryActs:
    """What the words of a plan mean at a ministry (府省庁の操作), for one case.

    After the colon stands whose part it is: `send:mhlw`, `related:digital`, `answer:mhlw`.
    """

    def __init__(self, case: Case, cast: Cast, loaded_on: date) -> None:
        self._case = case
        self._cast = cast
        # Holidays so far ahead may not be known yet: a weekday is enough.
        planned_on = loaded_on + timedelta(days=PLANNED_DAYS)
        after_friday = max(planned_on.weekday() - FRIDAY, 0)
        self._planned_on = planned_on - timedelta(days=after_friday)
        self._handoffs: dict[str, Handoff] = {}

    def of_ministry(self, word: str, ministry: str) -> Callable[[], object]:
        """The act of a word that names a ministry (府省庁の名の付く操作)."""
        acts: dict[str, Callable[[str], object]] = {
            "prepare": self._prepare,
            "send": self._send,
            "related": partial(self._send, part=HandoffPart.RELATED),
            "ack": self._acknowledge,
            "write": self._write,
            "ask": self._ask,
            "answer": self._answer,
            "refuse": self._refuse,
            "recall": self._recall,
            "again": self._again,
            "settle": self._settle,
        }
        return partial(acts[word], ministry)

    def release(self) -> None:
        """The lead shows every reply of the case to its body (回答の公開)."""
        chosen = tuple(
            ChosenReply(reply_id=reply.id, version=reply.version)
            for reply in sent_replies([self._case.proposal.id])
            if reply.release_id is None and reply.round_number == reply.handoff.round_number
        )
        command = Release(replies=chosen, confirmed_count=len(chosen))
        release_replies(self._case.proposal.round, command, actor=self._cast["lead"])

    def file_view(self) -> None:
        """The manager of the body files its view (見解の提出)."""
        view = awaited_view(self._case.proposal)
        if view is None:
            raise LookupError("a view is filed after a release")
        file_view(view, WriteView(version=view.version, text=VIEW), actor=self._case.manager)

    def _prepare(self, ministry: str, part: HandoffPart = HandoffPart.LEAD) -> None:
        command = Prepare(
            version=self._case.proposal.version,
            destination_id=self._case.ministry_id(MINISTRIES[ministry]),
            part=part,
            purpose=HandoffPurpose.REQUEST,
            request_text=REQUEST if part is HandoffPart.LEAD else REQUEST_RELATED,
        )
        prepared = prepare_handoff(self._case.proposal, command, actor=self._officer)
        self._handoffs[ministry] = prepared

    def _send(self, ministry: str, part: HandoffPart = HandoffPart.LEAD) -> None:
        self._prepare(ministry, part)
        handoff = self._handoffs[ministry]
        send_handoff(handoff, Send(version=handoff.version), actor=self._officer)

    def _acknowledge(self, ministry: str) -> None:
        handoff = self._handoffs[ministry]
        command = Acknowledge(version=handoff.version)
        acknowledge(handoff, command, actor=self._coordinator(ministry))

    def _write(self, ministry: str) -> None:
        handoff = self._handoffs[ministry]
        kind = KINDS[self._case.text.category]
        command = SaveReply(
            seen=_seen(handoff),
            kind=kind,
            text=REPLIES[kind],
            planned_on=self._planned_on
            if kind in (ReplyKind.WILL_ACT, ReplyKind.WILL_CONSIDER)
            else None,
        )
        save_reply(handoff, command, actor=self._cast[ministry])

    def _ask(self, ministry: str) -> None:
        handoff = self._handoffs[ministry]
        ask_approval(handoff, _seen(handoff), actor=self._cast[ministry])

    def _answer(self, ministry: str) -> None:
        self._write(ministry)
        handoff = self._handoffs[ministry]
        send_reply(handoff, _seen(handoff), actor=self._coordinator(ministry))

    def _refuse(self, ministry: str) -> None:
        handoff = self._handoffs[ministry]
        command = Refuse(
            version=handoff.version,
            reason=REFUSAL,
            suggested_id=self._case.ministry_id(OTHER[ministry]),
        )
        refuse(handoff, command, actor=self._coordinator(ministry))

    def _recall(self, ministry: str) -> None:
        handoff = self._handoffs[ministry]
        command = Recall(version=handoff.version, reason=RECALLED)
        recall_handoff(handoff, command, actor=self._officer)

    def _again(self, ministry: str) -> None:
        handoff = self._handoffs[ministry]
        reexamine(handoff, Reexamine(version=handoff.version, text=AGAIN), actor=self._officer)

    def _settle(self, ministry: str) -> None:
        handoff = self._handoffs[ministry]
        settle(handoff, Settle(version=handoff.version, note=SETTLED), actor=self._officer)

    @property
    def _officer(self) -> User:
        return self._cast["officer1"]

    def _coordinator(self, ministry: str) -> User:
        return self._cast[f"{ministry}-coord"]


def _seen(handoff: Handoff) -> Seen:
    reply = current_reply(handoff)
    return Seen(handoff.round_number, reply.version if reply else 0)
