"""A case on its way to two ministries and back to its city (送付から公表まで), over HTTP."""

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import OrganizationKind, Role
from app.core import clock
from app.extensions import db
from app.handoffs.models import Handoff
from app.handoffs.queries import current_reply, handoffs_of
from app.handoffs.standing import HandoffStanding, standing_of_handoffs
from app.notifications.models import OutboxMessage
from app.proposals.clocks import running_clock
from app.proposals.models import Proposal, Publication
from app.triage.services.confirm import Confirm, confirm_assessment
from app.workflow.handoffs import HandoffState
from app.workflow.states import State
from app.workflow.terms import Holder
from tests.accounts.browser import enter
from tests.factories import (
    World,
    give_opinion,
    make_in_review,
    make_organization,
    make_user,
    make_world,
)
from tests.journeys.person import Person

# Mondays to Fridays without a holiday between, but for 16 and 23 September 2024.
DAY = {number: clock.jst(2024, 9, number, 10) for number in range(1, 31)}
FIRST = "来年度に結論を出します。"
RELATED = "関係する基準を見直します。"
SECOND = "令和7年3月に手順を改めます。"
VIEW = "時期が示されたので異存ありません。"
OUTSIDERS = ("city-mgr", "other-mgr", "observer")


class Story:
    """The case and its people on the days of the story."""

    def __init__(self, app: Flask, world: World, proposal: Proposal) -> None:
        self._app = app
        self._told = 0
        self.world = world
        self.proposal = proposal
        self.case = f"/proposals/{proposal.receipt_number}"

    def person(self, login: str) -> Person:
        """Somebody who signs in now: on another day the session is over."""
        return Person(enter(self._app, login))

    def visitor(self) -> Person:
        """Somebody of the public."""
        return Person(self._app.test_client())

    def handoff_to(self, name: str) -> Handoff:
        """The hand-off to the ministry with this name."""
        return next(row for row in handoffs_of(self.proposal) if row.destination.name == name)

    def states(self) -> dict[str, HandoffState]:
        """Where the hand-offs stand, by ministry."""
        return {row.destination.name: row.state for row in handoffs_of(self.proposal)}

    def clock_now(self) -> tuple[HandoffStanding, Holder | None, date | None]:
        """Whose move it is, and until when."""
        running = running_clock(self.proposal)
        holder = running.holder if running else None
        return standing_of_handoffs(self.proposal), holder, self.proposal.due_on

    def letters(self) -> list[tuple[str, str]]:
        """Letters that were written since the last look, with whom they go to."""
        rows = db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.id > self._told).order_by(OutboxMessage.id)
        ).all()
        self._told = max((row.id for row in rows), default=self._told)
        return sorted((row.letter, row.recipient.login) for row in rows)

    def prepare(self, login: str, part: str) -> None:
        """Officer 1 prepares a hand-off to the ministry of a person, looks at it, sends it."""
        officer = self.person("officer1")
        made = officer.send(
            f"{self.case}/handoffs/prepare",
            destination_id=self.world[login].organization_id,
            part=part,
            request_text="対応の可否と時期を回答してください。",
        )
        preview = made.headers["Location"]
        officer.send(preview, to=preview.replace("/preview", "/send"))

    def answer(self, name: str, writer: str, sender: str, **typed: str) -> None:
        """One of the ministry writes and asks, its coordinator sends."""
        desk = f"/handoffs/{self.handoff_to(name).id}"
        check = f"{desk}/reply/check"
        person = self.person(writer)
        person.send(desk, to=f"{desk}/reply", step="check", **typed)
        if writer != sender:
            person.send(check, to=f"{desk}/reply/ask")
        self.person(sender).send(check, to=f"{desk}/reply/send")

    def reply_page(self, name: str) -> str:
        """Page of the reply of the running round at the secretariat."""
        reply = current_reply(self.handoff_to(name))
        assert reply is not None
        return f"/replies/{reply.id}"

    def is_embargoed(self) -> bool:
        """Whether nobody outside reads of a reply: the case is 審査中 to them (H6)."""
        pages = [self.visitor().read(f"/public{self.case}", 404)]
        for login in OUTSIDERS:
            reads = self.person(login)
            pages += [reads.read("/")]
            if login == "city-mgr":
                pages += [reads.read(self.case), reads.read(f"{self.case}/history")]
                assert "審査中" in pages[-1]
        words = (FIRST, RELATED, SECOND, "受領待ち", "回答待ち", "回答あり", "再検討", "所管外")
        return not [word for page in pages for word in words if word in page]


@pytest.fixture
def story(app: Flask, db_session: Session) -> Story:
    """A classified case of 甲子市, and a third ministry, on 2 September 2024."""
    with clock.at(DAY[2]):
        world = make_world()
        third = make_organization(OrganizationKind.MINISTRY, "総務省")
        world.people["third"] = make_user("third", third, Role.MINISTRY_COORDINATOR)
        proposal = make_in_review(world)
        opinion = give_opinion(world, proposal, key="core20")
        command = Confirm(version=proposal.version, assessment_id=opinion.id)
        confirm_assessment(proposal, command, actor=world["officer2"])
        db_session.commit()
        story = Story(app, world, proposal)
        story.letters()
    return story


def test_case_is_answered_by_two_ministries_and_published(story: Story) -> None:
    """Sent, refused, sent on, answered twice, released, viewed, closed, published (F6, H6, P26)."""
    send_to_two(story)
    refuse_and_reroute(story)
    answer_and_ask_again(story)
    release_and_view(story)
    close_and_publish(story)

    assert history_of(story) == [
        "公表を決めました",
        "公表の写しを作りました",
        "結果を知らせて終了しました",
        "回答を確定しました",
        "回答への見解を提出しました",
        "府省庁の回答を団体に公開しました",
        "府省庁が回答を送りました",
        "回答の再検討を要請しました",
        "回答を確定しました",
        "府省庁が回答を送りました",
        "府省庁が回答を送りました",
        "府省庁が受領しました",
        "府省庁が受領しました",
        "府省庁へ送付しました",
        "府省庁への送付を準備しました",
        "府省庁が所管外として返しました",
        "府省庁へ送付しました",
        "府省庁への送付を準備しました",
        "府省庁へ送付しました",
        "府省庁への送付を準備しました",
    ]


def send_to_two(story: Story) -> None:
    with clock.at(DAY[3]):
        story.prepare("ministry", "lead")
        story.prepare("digital", "related")

        assert story.states() == {
            "厚生労働省": HandoffState.SENT,
            "デジタル庁": HandoffState.SENT,
        }
        assert story.clock_now() == (
            HandoffStanding.AWAITING_ACKNOWLEDGEMENT,
            Holder.MINISTRY,
            date(2024, 9, 6),
        )
        assert story.letters() == [("handed_off", "coordinator"), ("handed_off", "digital-coord")]
        assert story.is_embargoed()


def refuse_and_reroute(story: Story) -> None:
    with clock.at(DAY[5]):
        refused = story.handoff_to("デジタル庁")
        desk = f"/handoffs/{refused.id}"
        third = story.world["third"].organization_id
        story.person("digital-coord").send(
            desk, to=f"{desk}/refuse", suggested_id=third, reason="当庁の所管ではありません。"
        )
        told = story.letters()
        story.person("officer1").send(f"{story.case}/handoffs/{refused.id}/reroute")

        assert story.states() == {
            "厚生労働省": HandoffState.SENT,
            "デジタル庁": HandoffState.REFUSED,
            "総務省": HandoffState.SENT,
        }
        assert story.handoff_to("総務省").due_on == date(2024, 9, 10)
        assert told == [("handoff_refused", "lead"), ("handoff_refused", "officer1")]
        assert story.letters() == [("handed_off", "third")]
        assert story.is_embargoed()


def answer_and_ask_again(story: Story) -> None:
    with clock.at(DAY[6]):
        for login, name in (("coordinator", "厚生労働省"), ("third", "総務省")):
            desk = f"/handoffs/{story.handoff_to(name).id}"
            story.person(login).send(desk, to=f"{desk}/acknowledge")

        assert story.clock_now() == (
            HandoffStanding.AWAITING_REPLY,
            Holder.MINISTRY,
            date(2024, 10, 8),
        )
    with clock.at(DAY[12]):
        kind = {"kind": "will_consider", "planned_on": "令和7年12月26日"}
        story.answer("厚生労働省", "ministry", "coordinator", text=FIRST, **kind)
        story.answer("総務省", "third", "third", text=RELATED, **kind)

        assert story.clock_now()[:2] == (HandoffStanding.ANSWERED, Holder.SECRETARIAT)
        assert story.letters() == [
            ("reply_approval_asked", "coordinator"),
            ("reply_sent", "lead"),
            ("reply_sent", "lead"),
            ("reply_sent", "officer1"),
            ("reply_sent", "officer1"),
        ]
        assert FIRST in story.person("coordinator").read(
            f"/handoffs/{story.handoff_to('厚生労働省').id}"
        )
        assert FIRST not in story.person("third").read(f"/handoffs/{story.handoff_to('総務省').id}")
        assert story.is_embargoed()
    with clock.at(DAY[13]):
        officer = story.person("officer1")
        officer.send(f"{story.reply_page('総務省')}/settle")
        officer.send(f"{story.reply_page('厚生労働省')}/reexamine", text="時期をもう少し具体的に。")

        assert story.states()["厚生労働省"] is HandoffState.ACKNOWLEDGED
        assert story.letters() == [("reexamination_asked", "coordinator")]
        assert story.is_embargoed()
    with clock.at(DAY[19]):
        typed = {"kind": "will_act", "text": SECOND, "planned_on": "令和7年3月31日"}
        story.answer("厚生労働省", "coordinator", "coordinator", **typed)

        assert story.states()["厚生労働省"] is HandoffState.ANSWERED
        assert story.letters() == [("reply_sent", "lead"), ("reply_sent", "officer1")]
        assert story.is_embargoed()


def release_and_view(story: Story) -> None:
    with clock.at(DAY[20]):
        asked = [story.reply_page(name).rpartition("/")[2] for name in ("厚生労働省", "総務省")]
        page = "/replies/release?round=R6&" + "&".join(f"reply={number}" for number in asked)
        lead = story.person("lead")
        lead.send(page, to=form_target(lead, page), confirmed_count="2")
        shown = story.person("city-mgr").read(story.case)

        assert [word in shown for word in (SECOND, RELATED, FIRST)] == [True, True, False]
        assert story.clock_now() == (
            HandoffStanding.AWAITING_VIEW,
            Holder.PROPOSER,
            date(2024, 10, 7),
        )
        assert story.letters() == [
            ("replies_released", "city"),
            ("replies_released", "city-mgr"),
        ]
    with clock.at(DAY[25]):
        story.person("city-mgr").send(f"{story.case}/view", text=VIEW)

        assert story.clock_now()[:2] == (HandoffStanding.ANSWERED, Holder.SECRETARIAT)
        assert story.letters() == [("view_filed", "lead"), ("view_filed", "officer1")]


def close_and_publish(story: Story) -> None:
    with clock.at(DAY[26]):
        story.person("officer1").send(f"{story.reply_page('厚生労働省')}/settle")
        standing = story.clock_now()
        story.person("lead").send(f"{story.case}/answer")

        assert standing == (HandoffStanding.SETTLED, None, None)
        assert story.proposal.state is State.CLOSED
        assert "府省庁" in story.proposal.outcome_text
        assert story.letters() == [("closed", "city"), ("closed", "city-mgr")]
    with clock.at(DAY[27]):
        made = story.person("officer2").send(f"/publications/new{story.case[10:]}")
        before = story.visitor().read(f"/public{story.case}", 404)
        number = re.findall(r"\d+$", made.headers["Location"])[0]
        story.person("lead").send(f"/publications/review?id={number}", to="/publications/review")
        public = story.visitor().read(f"/public{story.case}")

        assert SECOND not in before
        assert [word in public for word in (SECOND, RELATED, "甲子市", VIEW)] == [
            True,
            True,
            False,
            False,
        ]
        assert story.letters() == []
        assert db.session.scalar(select(func.count(Publication.id))) == 1


def form_target(person: Person, page: str) -> str:
    """Where the form of a page goes that names no other address."""
    found = re.findall(r'<form[^>]*action="([^"]*)"[^>]*method="post"', person.read(page))
    wanted = [action for action in found if "/replies/release" in action]
    return wanted[0].replace("&amp;", "&") if wanted else "/replies/release"


def history_of(story: Story) -> list[str]:
    """What the history tells since the class was settled, newest first."""
    with clock.at(DAY[30]):
        page = story.person("lead").read(f"{story.case}/history")
    told = re.findall(r'<li id="move-.*?<b>(.*?)</b>', page, re.DOTALL)
    return told[: len(told) - told[::-1].index("府省庁への送付を準備しました")]
