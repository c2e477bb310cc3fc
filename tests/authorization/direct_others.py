"""Questions to the guards of the other rooms (そのほかの権限): bodies, ministries, letters."""

from sqlalchemy import select

from app.accounts.models import FactorResetDecision, FactorResetRequest
from app.accounts.services.factor_resets import decide_reset
from app.accounts.services.viewing import BeginViewing, begin_viewing
from app.batches.models import TextKind
from app.batches.services.texts import WriteText, write_text
from app.candidates.models import Candidate
from app.candidates.services.course import ReportProgress, report_progress
from app.core import clock
from app.exchange.export_view import view_of
from app.exchange.rows import Upload
from app.exchange.services.imports import ask_commit, start_import
from app.extensions import db
from app.handoffs.services.draft import SaveReply, Seen, save_reply
from app.mailings.models import CASE_AUDIENCES
from app.mailings.queries import audiences_for
from app.notifications.models import OutboxMessage
from app.notifications.policy import why_not_sent
from app.notifications.queries import OutboxFilter, find_messages
from app.notifications.sealing import SEALED, SEALED_BODY, body_for
from app.proposals.models import CoProposer, PartnerAnswer, Publication, PublicationStatus
from app.proposals.services.partners import AnswerJoint, AskPartner, answer_joint, ask_partner
from app.public.services import PublishCopies, SeenCopy, publish_copies
from app.saved_lists.models import SavedList
from app.saved_lists.services import delete_list
from app.viewing.queries import find_people
from app.workflow.candidates import ProgressStatus
from tests.authorization.direct import Scene, tells_of

NOTHING_SEEN = 99


@tells_of("app.accounts.policy.authorize_decide_factor_reset")
def take_a_device_off_without_keeping_accounts(scene: Scene) -> None:
    asked = FactorResetRequest(
        user_id=scene.person("city").id,
        requested_by_id=scene.person("city-mgr").id,
        requested_at=clock.now(),
        reason="電話で確かめた",
    )
    db.session.add(asked)
    db.session.flush()
    decide_reset(asked, FactorResetDecision.DECLINED, actor=scene.person("lead"))


@tells_of("app.accounts.policy.authorize_view_as")
def view_as_another_without_leading(scene: Scene) -> None:
    actor, command = scene.person("officer1"), BeginViewing(reason="確認")
    begin_viewing(scene.person("city"), command, actor=actor, token="")


@tells_of("app.accounts.policy.can_view_as")
def find_people_to_view_as_without_leading(scene: Scene) -> bool:
    return find_people("city", scene.person("officer1")) == []


@tells_of("app.batches.policy.authorize_texts")
def change_texts_without_leading(scene: Scene) -> None:
    scheme = scene.case("submitted").round.scheme
    command = WriteText(number=0, body="", reason="")
    write_text(scheme, TextKind.REQUEST, None, command, actor=scene.person("officer1"))


@tells_of("app.candidates.queries.is_in_charge")
def report_for_another_ministry(scene: Scene) -> None:
    candidate = db.session.get_one(Candidate, scene.value("candidate_agreed", "candidate_id"))
    command = ReportProgress(
        status=next(iter(ProgressStatus)), text="", reported_on=clock.today(), next_on=None
    )
    report_progress(candidate, command, actor=scene.person("digital-coord"))


@tells_of("app.exchange.policy.can_import")
def import_for_no_body(scene: Scene) -> None:
    upload = Upload(columns=())
    start_import(scene.case("submitted").round, (), upload, actor=scene.person("officer1"))


@tells_of("app.exchange.policy.authorize_import")
def save_the_import_of_another_body(scene: Scene) -> None:
    upload = Upload(columns=())
    run = start_import(scene.case("submitted").round, (), upload, actor=scene.person("city"))
    ask_commit(run, actor=scene.person("other"))


@tells_of("app.reports.policy.authorize_file")
def take_practice_out_as_secretariat(scene: Scene) -> None:
    view_of(scene.person("officer1"), scene.case("practice").round, with_contact=False)


def _write_for_another_ministry(scene: Scene) -> None:
    command = SaveReply(seen=Seen(NOTHING_SEEN, 0), kind=None, text="", planned_on=None)
    save_reply(scene.handoff("acknowledged"), command, actor=scene.person("digital"))


tells_of("app.handoffs.desk_policy.authorize_write")(_write_for_another_ministry)
tells_of("app.handoffs.desk_policy.can_write")(_write_for_another_ministry)
tells_of("app.handoffs.policy.is_own_destination")(_write_for_another_ministry)


@tells_of("app.health.monitors.may_read_metrics")
def read_metrics_from_outside(scene: Scene) -> bool:
    client = scene.prober.app.test_client(use_cookies=False)
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.7"})
    return answer.status_code == 404


@tells_of("app.mailings.queries.may_know_cases")
def choose_bodies_by_cases_in_conflict(scene: Scene) -> bool:
    return not set(audiences_for(scene.person("officer3"))) & set(CASE_AUDIENCES)


@tells_of("app.notifications.news_checks.may_still_hear")
def hear_of_a_case_in_conflict(scene: Scene) -> bool:
    about = OutboxMessage.about_id == scene.case("submitted").id
    found = select(OutboxMessage).where(OutboxMessage.about_type == "proposal", about)
    message = db.session.scalars(found.order_by(OutboxMessage.id)).first()
    assert message is not None
    message.recipient = scene.person("officer3")
    db.session.flush()
    verdict = why_not_sent(message, clock.now(), scene.prober.app.config["SETTINGS"])
    return verdict is not None and verdict[0].value == "dropped"


def _sealed_letter() -> OutboxMessage:
    found = select(OutboxMessage).where(OutboxMessage.letter.in_(SEALED))
    sealed = db.session.scalars(found.order_by(OutboxMessage.id)).first()
    assert sealed is not None
    return sealed


@tells_of("app.notifications.sealing.is_sealed_for")
def read_a_sealed_letter(scene: Scene) -> bool:
    return body_for(scene.person("admin"), _sealed_letter()) == SEALED_BODY


@tells_of("app.notifications.sealing.is_open_to")
def search_the_words_of_a_sealed_letter(scene: Scene) -> bool:
    sealed = _sealed_letter()
    wanted = OutboxFilter(letter=sealed.letter, words=sealed.subject)
    return not find_messages(scene.person("admin"), wanted, before=None, size=1).total


@tells_of("app.proposals.policy.authorize_edit")
def ask_a_partner_for_another_body(scene: Scene) -> None:
    case = scene.case("draft")
    command = AskPartner(version=case.version, organization_id=None)
    ask_partner(case, command, actor=scene.person("other"))


def _answer_for_another_body(scene: Scene) -> None:
    partner = db.session.get_one(CoProposer, scene.value("joint_asked", "partner_id"))
    command = AnswerJoint(version=NOTHING_SEEN, answer=PartnerAnswer.ACCEPTED)
    answer_joint(partner, command, actor=scene.person("other-mgr"))


tells_of("app.proposals.policy.can_answer_joint")(_answer_for_another_body)
tells_of("app.proposals.services.partners._authorize_answer")(_answer_for_another_body)


def _copy() -> Publication:
    copy = db.session.scalars(select(Publication).order_by(Publication.id)).first()
    assert copy is not None
    return copy


def _publish(scene: Scene, login: str) -> None:
    copy = _copy()
    copy.prepared_by_id = scene.person("officer1").id
    seen = SeenCopy(publication=copy, version=NOTHING_SEEN)
    publish_copies(PublishCopies(copies=[seen]), actor=scene.person(login))


@tells_of("app.public.policy.authorize_publish")
def publish_without_leading(scene: Scene) -> None:
    _publish(scene, "officer2")


def _publish_ones_own_copy(scene: Scene) -> None:
    copy = _copy()
    lead = scene.person("lead")
    copy.prepared_by_id, copy.published_by_id = lead.id, None
    copy.status, copy.published_at, copy.publishes_at = PublicationStatus.PREPARED, None, None
    db.session.flush()
    seen = SeenCopy(publication=copy, version=NOTHING_SEEN)
    publish_copies(PublishCopies(copies=[seen]), actor=lead)


tells_of("app.public.policy.can_publish")(_publish_ones_own_copy)
tells_of("app.public.policy.is_second_person")(_publish_ones_own_copy)


@tells_of("app.saved_lists.policy.authorize_change")
def delete_the_list_of_another(scene: Scene) -> None:
    saved = db.session.scalars(select(SavedList)).first()
    assert saved is not None
    delete_list(saved, NOTHING_SEEN, actor=scene.person("lead"))
