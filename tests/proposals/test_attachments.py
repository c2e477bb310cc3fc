"""Files of a proposal (添付): adding, replacing, removing; limits, versions, submission."""

from collections.abc import Sequence
from io import BytesIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from app.core.unit_of_work import unit_of_work
from app.files.models import StoredFile, Verdict
from app.files.services import Received
from app.proposals.attachment_queries import (
    current_attachments,
    get_readable,
    readable_attachments,
)
from app.proposals.models import Attachment, AttachmentKind, Proposal
from app.proposals.queries import revisions_of
from app.proposals.services.attachments import (
    AddAttachments,
    ReplaceAttachment,
    Upload,
    add_attachments,
    receive_uploads,
    remove_attachment,
    replace_attachment,
)
from app.proposals.services.drafts import discard_draft
from app.proposals.services.late import RequestLate, request_late_submission
from app.proposals.services.submission import Submit, submit
from app.triage.services.form_check import (
    Correction,
    ReturnForCorrection,
    return_for_correction,
)
from tests.factories import World, declare_conflict, make_draft, make_submitted, make_world
from tests.files.documents import pdf, png, xlsx

CSV = b"1,2\n"
CSV_SHA256 = "52186c933993da4082b3cdc7c40bb4bf735b391ff54a2ef78c037dda6c38a680"


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def uploads(*files: tuple[str, bytes]) -> list[Upload]:
    return [Upload(name, BytesIO(content)) for name, content in files]


def received(
    world: World, proposal: Proposal, *files: tuple[str, bytes], by: str = "city"
) -> tuple[Received, ...]:
    return receive_uploads(proposal, uploads(*files), actor=world[by])


def attach(
    world: World,
    proposal: Proposal,
    *files: tuple[str, bytes],
    kind: AttachmentKind = AttachmentKind.REFERENCE,
    field: str = "",
    version: int | None = None,
) -> list[Attachment]:
    command = AddAttachments(
        version=proposal.version if version is None else version,
        kind=kind,
        field=field,
        files=received(world, proposal, *(files or (("a.csv", CSV),))),
    )
    return add_attachments(proposal, command, actor=world["city"])


def replaced(world: World, attachment: Attachment, name: str, content: bytes) -> Attachment:
    proposal = attachment.proposal
    (file,) = receive_uploads(
        proposal, uploads((name, content)), actor=world["city"], replaces=attachment
    )
    command = ReplaceAttachment(version=proposal.version, file=file)
    return replace_attachment(attachment, command, actor=world["city"])


def give_back(world: World, proposal: Proposal) -> None:
    command = ReturnForCorrection(
        version=proposal.version, items=(Correction(field="title", reason="直す"),)
    )
    return_for_correction(proposal, command, actor=world["officer1"])


def hand_in(world: World, proposal: Proposal) -> None:
    submit(proposal, Submit(version=proposal.version), actor=world["city-mgr"])


def names_of(attachments: Sequence[Attachment]) -> list[str]:
    return [row.file.name for row in attachments]


def refusal_of(error: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    return [words for said in error.value.errors.values() for words in said]


# --- Adding -------------------------------------------------------------------------------------


def test_files_are_added_in_order_with_a_new_version_and_a_trace(
    world: World, db_session: Session
) -> None:
    proposal = make_draft(world)
    db_session.commit()
    version = proposal.version

    with unit_of_work():
        added = attach(world, proposal, ("図.png", png()), ("表.csv", CSV))

    event = db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "proposal.attach")).one()
    assert names_of(current_attachments(proposal)) == ["図.png", "表.csv"]
    assert [row.position for row in added] == [1, 2]
    assert proposal.version == version + 1
    assert event.subject_version == proposal.version
    assert event.changes["files"] == [
        {"attachment_id": row.id, "sha256": row.file.sha256} for row in added
    ]
    assert added[1].file.sha256 == CSV_SHA256


def test_annex_names_the_field_it_continues(world: World) -> None:
    proposal = make_draft(world)

    (annex,) = attach(world, proposal, kind=AttachmentKind.ANNEX, field="hardship_case")

    assert (annex.kind, annex.field) == (AttachmentKind.ANNEX, "hardship_case")


@pytest.mark.parametrize("field", ["", "no_such_field", "ministry_id"])
def test_annex_of_no_text_field_is_refused(world: World, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        attach(world, make_draft(world), kind=AttachmentKind.ANNEX, field=field)

    assert refused.value.errors == {"field": ["どの項目の続きかを選んでください"]}


def test_reference_names_no_field(world: World) -> None:
    (reference,) = attach(world, make_draft(world), field="hardship_case")

    assert reference.field == ""


def test_one_bad_file_keeps_all_of_them_out(world: World, db_session: Session) -> None:
    proposal = make_draft(world)

    with pytest.raises(InvalidInput) as refused:
        attach(world, proposal, ("a.csv", CSV), ("b.exe", b"MZ"), ("c.xls", b"x"))

    assert [words.partition("：")[0] for words in refusal_of(refused)] == ["「b.exe」", "「c.xls」"]
    assert current_attachments(proposal) == []
    assert db_session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_nothing_chosen_is_said(world: World) -> None:
    proposal = make_draft(world)

    with pytest.raises(InvalidInput) as refused:
        receive_uploads(proposal, [], actor=world["city"])

    assert refused.value.errors == {"files": ["ファイルを選んでください"]}


# --- Limits -------------------------------------------------------------------------------------


def test_file_over_the_limit_of_the_round_is_refused(world: World) -> None:
    world.round.attachment_file_limit_mb = 1
    large = b"1,2\n" * (1 << 18)

    attach(world, make_draft(world), ("a.csv", large))
    with pytest.raises(InvalidInput) as refused:
        attach(world, make_draft(world), ("a.csv", large + b"1\n"))

    assert refusal_of(refused) == ["「a.csv」：大きすぎます（1.1MB。1ファイル1.0MBまで）"]


def test_total_counts_what_is_there_already(world: World) -> None:
    world.round.attachment_total_limit_mb = 1
    proposal = make_draft(world)
    half = b"1,2\n" * (1 << 17)
    attach(world, proposal, ("a.csv", half))

    attach(world, proposal, ("b.csv", half))
    with pytest.raises(InvalidInput) as refused:
        attach(world, proposal, ("c.csv", CSV))

    assert refusal_of(refused) == [
        "添付は合計1MBまでです（1.1MBになります）。画像を縮小するか、分けて送ってください"
    ]


def test_replacement_makes_room_for_itself(world: World) -> None:
    world.round.attachment_total_limit_mb = 1
    proposal = make_draft(world)
    (attachment,) = attach(world, proposal, ("a.csv", b"1,2\n" * (1 << 18)))

    replaced(world, attachment, "a.csv", b"3,4\n" * (1 << 18))

    assert [row.version_number for row in current_attachments(proposal)] == [2]


def test_number_of_files_is_limited(world: World) -> None:
    world.round.attachment_count_limit = 2
    proposal = make_draft(world)
    attach(world, proposal, ("a.csv", CSV), ("b.csv", CSV))

    with pytest.raises(InvalidInput) as refused:
        attach(world, proposal, ("c.csv", CSV))

    assert refusal_of(refused) == [
        "添付は2ファイルまでです（3ファイルになります）。不要なものを外してください"
    ]


def test_limits_hold_for_two_who_received_at_once(world: World) -> None:
    world.round.attachment_count_limit = 1
    proposal = make_draft(world)
    files = received(world, proposal, ("a.csv", CSV))
    attach(world, proposal, ("b.csv", CSV))
    command = AddAttachments(
        version=proposal.version, kind=AttachmentKind.REFERENCE, field="", files=files
    )

    with pytest.raises(InvalidInput):
        add_attachments(proposal, command, actor=world["city"])


def test_same_name_again_is_refused_with_the_way_out(world: World) -> None:
    proposal = make_draft(world)
    attach(world, proposal, ("a.csv", CSV))

    with pytest.raises(InvalidInput) as again:
        attach(world, proposal, ("A.CSV", b"3\n"))
    with pytest.raises(InvalidInput) as twice:
        attach(world, proposal, ("b.csv", CSV), ("b.csv", b"3\n"))

    assert "「差し替える」" in refusal_of(again)[0]
    assert refusal_of(twice) == [
        "「b.csv」：同じ名前のファイルを2つ選んでいます。1つにするか、名前を変えてください"
    ]


# --- Replacing and removing ---------------------------------------------------------------------


def test_replacement_is_the_next_version_in_the_same_place(world: World) -> None:
    proposal = make_draft(world)
    first, _ = attach(
        world, proposal, ("a.pdf", pdf()), ("b.csv", CSV), kind=AttachmentKind.ANNEX, field="detail"
    )

    second = replaced(world, first, "新.xlsx", xlsx())

    assert names_of(current_attachments(proposal)) == ["新.xlsx", "b.csv"]
    assert (second.version_number, second.replaces_id) == (2, first.id)
    assert (second.kind, second.field) == (first.kind, first.field)
    assert first.removed_by_id == world["city"].id


def test_removed_file_no_longer_belongs_to_the_proposal(world: World) -> None:
    proposal = make_draft(world)
    first, second = attach(world, proposal, ("a.csv", CSV), ("b.csv", CSV))

    remove_attachment(first, version=proposal.version, actor=world["city"])

    assert current_attachments(proposal) == [second]
    assert first.removed_at is not None


def test_what_is_removed_is_neither_removed_nor_replaced_again(world: World) -> None:
    proposal = make_draft(world)
    (attachment,) = attach(world, proposal)
    remove_attachment(attachment, version=proposal.version, actor=world["city"])

    with pytest.raises(IllegalTransition):
        remove_attachment(attachment, version=proposal.version, actor=world["city"])
    with pytest.raises(IllegalTransition):
        replaced(world, attachment, "b.csv", CSV)


# --- Who and when -------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["other", "other-mgr", "officer1", "lead", "admin"])
def test_nobody_else_changes_the_files(world: World, login: str) -> None:
    proposal = make_draft(world)
    (attachment,) = attach(world, proposal)
    command = AddAttachments(
        version=proposal.version, kind=AttachmentKind.REFERENCE, field="", files=()
    )

    with pytest.raises(NotAllowed):
        receive_uploads(proposal, uploads(("a.csv", CSV)), actor=world[login])
    with pytest.raises(NotAllowed):
        add_attachments(proposal, command, actor=world[login])
    with pytest.raises(NotAllowed):
        remove_attachment(attachment, version=proposal.version, actor=world[login])


def test_submitted_proposal_keeps_its_files_as_they_are(world: World) -> None:
    proposal = make_draft(world)
    (attachment,) = attach(world, proposal)
    hand_in(world, proposal)

    with pytest.raises(IllegalTransition):
        attach(world, proposal, ("b.csv", CSV))
    with pytest.raises(IllegalTransition):
        remove_attachment(attachment, version=proposal.version, actor=world["city"])


def test_older_version_of_the_form_changes_nothing(world: World) -> None:
    proposal = make_draft(world)
    version = proposal.version
    attach(world, proposal)

    with pytest.raises(StaleVersion):
        attach(world, proposal, ("b.csv", CSV), version=version)


# --- Submission and versions --------------------------------------------------------------------


def test_submission_writes_down_its_files(world: World) -> None:
    proposal = make_draft(world)
    (attachment,) = attach(world, proposal, kind=AttachmentKind.ANNEX, field="effect")

    hand_in(world, proposal)

    (revision,) = revisions_of(proposal)
    assert revision.files == [
        {
            "attachment_id": attachment.id,
            "name": "a.csv",
            "sha256": CSV_SHA256,
            "size": len(CSV),
            "kind": "annex",
            "field": "effect",
            "version": 1,
        }
    ]


def test_secretariat_reads_what_was_submitted_and_its_earlier_versions(world: World) -> None:
    proposal = make_draft(world)
    kept, old = attach(world, proposal, ("kept.csv", CSV), ("old.csv", b"1\n"))
    (dropped,) = attach(world, proposal, ("dropped.csv", b"2\n"))
    remove_attachment(dropped, version=proposal.version, actor=world["city"])
    hand_in(world, proposal)
    give_back(world, proposal)
    new = replaced(world, old, "new.csv", b"3\n")
    (added,) = attach(world, proposal, ("added.csv", b"4\n"))

    during = readable_attachments(world["officer1"], proposal)
    hand_in(world, proposal)
    after = readable_attachments(world["officer1"], proposal)

    assert during == ([kept, old], [])
    assert after == ([kept, new, added], [old])
    for row in (kept, old, new, added):
        assert get_readable(world["officer1"], row.file.public_id) is row
    with pytest.raises(NotFound):
        get_readable(world["officer1"], dropped.file.public_id)


def test_body_reads_its_files_from_the_beginning(world: World) -> None:
    (attachment,) = attach(world, make_draft(world))

    assert get_readable(world["city-mgr"], attachment.file.public_id) is attachment


@pytest.mark.parametrize(
    "login", ["other", "other-mgr", "ministry", "observer", "admin", "officer1", "lead"]
)
def test_file_of_a_draft_is_known_to_its_body_alone(world: World, login: str) -> None:
    (attachment,) = attach(world, make_draft(world))

    with pytest.raises(NotFound) as foreign:
        get_readable(world[login], attachment.file.public_id)
    with pytest.raises(NotFound) as missing:
        get_readable(world[login], "no-such-file")

    assert foreign.value.message == missing.value.message


def test_officer_with_a_conflict_reads_no_file(world: World) -> None:
    proposal = make_draft(world)
    (attachment,) = attach(world, proposal)
    hand_in(world, proposal)
    declare_conflict(world["officer1"], proposal=proposal)

    with pytest.raises(NotFound):
        get_readable(world["officer1"], attachment.file.public_id)


def test_lead_reads_the_files_of_a_late_draft_to_judge_it(world: World) -> None:
    proposal = make_draft(world)
    (attachment,) = attach(world, proposal)
    with clock.at(world.round.closes_at.replace(year=world.round.closes_at.year + 1)):
        command = RequestLate(version=proposal.version, reason="停電のため")
        request_late_submission(proposal, command, actor=world["city-mgr"])

        found = get_readable(world["lead"], attachment.file.public_id)
        with pytest.raises(NotFound):
            get_readable(world["officer1"], attachment.file.public_id)

    assert found is attachment


@pytest.mark.parametrize("verdict", [Verdict.INFECTED, Verdict.FAILED])
def test_p33_proposal_with_a_blocked_file_is_not_submitted(world: World, verdict: Verdict) -> None:
    proposal = make_draft(world)
    (attachment,) = attach(world, proposal)
    attachment.file.verdict = verdict

    with pytest.raises(InvalidInput) as refused:
        hand_in(world, proposal)

    assert refused.value.errors == {
        "attachments": [
            "添付「a.csv」は、ウイルス検査を通りませんでした。"
            "外すか、別のファイルに差し替えてください。"
        ]
    }


def test_p33_proposal_with_a_waiting_file_is_submitted_in_time(world: World) -> None:
    proposal = make_draft(world)
    (attachment,) = attach(world, proposal)
    attachment.file.verdict, attachment.file.scanned_at = Verdict.WAITING, None

    hand_in(world, proposal)

    assert proposal.receipt_number == "R6-0001"


# --- The draft goes -----------------------------------------------------------------------------


def test_discarded_draft_takes_its_files_along(world: World, db_session: Session) -> None:
    proposal = make_draft(world)
    (attachment,) = attach(world, proposal)
    replaced(world, attachment, "b.csv", b"3\n")

    discard_draft(proposal, version=proposal.version, actor=world["city"])

    assert db_session.scalar(select(func.count()).select_from(Attachment)) == 0
    assert db_session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_proposal_without_files_writes_down_none(world: World) -> None:
    (revision,) = revisions_of(make_submitted(world))

    assert revision.files == []
