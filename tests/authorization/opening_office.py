"""What stands ready so that the last doors of the office open (役所の最後の扉): links, files."""

import json
from dataclasses import replace
from datetime import timedelta

import pyotp
from flask import current_app

from app.accounts.models import OrgType, Role, User
from app.accounts.services.bodies import Dissolve, dissolve
from app.accounts.services.invitations import Invite, invite
from app.accounts.services.own_password import make_reset_link
from app.accounts.services.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    enrolment_of,
)
from app.accounts.services.users import disable_user
from app.core import clock
from app.discrepancies.standing import discrepancies_of
from app.extensions import db
from app.handoffs.sheets.columns import KIND, PLANNED_ON, TEXT
from app.handoffs.sheets.reading import SheetRow, as_text, read_sheet
from app.handoffs.sheets.writing import reply_sheet, sheet_handoffs
from app.incidents.models import Incident
from app.mailings.services.sending import release_mailing
from app.notifications.holding import held_letters, set_rule
from app.proposals.services.access_codes import IssueCode, issue_code
from app.public.files import files_of_round
from app.registers.models import Register
from app.registers.queries import rows_of
from app.registers.services.editing import RetireEntry, retire_entry
from app.registers.services.importing import plan_import
from app.registers.services.reading import read_file
from app.rounds.form_rules import FieldSettings
from app.rounds.models.form_field import FieldKind
from app.rounds.services import ChangeClosing, NewRound, change_closing, create_round
from app.rounds.services.form_fields import AddField, add_field
from app.saved_lists.models import ListKind
from app.saved_lists.services import SaveList, save_list
from app.workflow.handoffs import REPLY_KIND_LABELS, ReplyKind
from tests.authorization.cases import Cases
from tests.authorization.last_rooms import confirmed_letter
from tests.factories import make_local_government, make_returned, make_user
from tests.plans.test_pages import COSTS

PASSWORD = "a password for the tests"
NO_COSTS = {
    f"{place}_{column}": ""
    for place in ("option2", "option1_class2", "option2_class1", "option2_class2", "option3_class2")
    for column in ("initial", "yearly")
} | {"option2_name": "", "class2_name": "", "class2_bodies": ""}
REGISTER_ROW = "番号,種類,手続数,時点,出典\n,水道,5,R7.4.1,資料\n"


def open_office(cases: Cases) -> None:
    """All of them."""
    for add in (
        _add_links,
        _add_devices,
        _add_ending_body,
        _add_list_of_one_who_left,
        _add_fresh_round,
        _add_registers,
        _add_held_letter,
        _add_sent_letter,
        _add_sheet,
        _add_incident,
    ):
        add(cases)


def _add_links(cases: Cases) -> None:
    world = cases.world
    body = world["pref-mgr"].organization
    wish = Invite(display_name="招かれた人", email="come@pref.example.jp", roles=(Role.PROPOSER,))
    _, token = invite(body, wish, actor=world["pref-mgr"])
    cases.ask_with("accounts.accept", token=token)
    cases.type_in("accounts.accept", token=token, login="invited", password=PASSWORD)
    person = make_user("forgetful", body, Role.PROPOSER)
    _, token = make_reset_link(person, actor=world["pref-mgr"])
    cases.ask_with("accounts.reset_password", token=token)
    cases.type_in("accounts.reset_password", token=token, password="a new password for tests")
    cases.ask_with("plans.compare", old=1, new="now")
    cases.type_in("plans.costs", **{**NO_COSTS, **COSTS})
    publication = cases.known["copied"]["publication_id"]
    cases.ask_with("public.review", id=publication)
    code = IssueCode(
        organization=world["city"].organization,
        uses_allowed=1,
        expires_on=clock.today() + timedelta(days=9),
        reason="通信障害",
    )
    issued = issue_code(cases.by_situation["too_late"].round, code, actor=world["lead"])
    cases.type_in("proposals.submit_late_code", code=issued.code)


def _add_devices(cases: Cases) -> None:
    """The auditor has a second factor, the observer is about to set one up."""
    world = cases.world
    person = make_user("with-device", world["city"].organization, Role.PROPOSER)
    _set_up(person)
    cases.know("with_device", user_id=person.id)
    device = _set_up(world["auditor"])
    code = device.at(clock.now())
    cases.type_in("accounts.recovery_codes", present=PASSWORD, code=code)
    cases.type_in("accounts.own_device", code=_begun(world["observer"]).at(clock.now()))


def _set_up(user: User) -> pyotp.TOTP:
    with clock.at(clock.now() - timedelta(hours=1)):
        device = _begun(user)
        confirm_enrolment(user, device.at(clock.now()))
    return device


def _begun(user: User) -> pyotp.TOTP:
    begin_enrolment(user)
    enrolment = enrolment_of(user)
    assert enrolment is not None
    return pyotp.TOTP(enrolment.key)


def _add_ending_body(cases: Cases) -> None:
    body = make_local_government("90209", "丁町", OrgType.TOWN_VILLAGE)
    end = Dissolve(dissolved_on=clock.today() + timedelta(days=99), successor_id=None)
    dissolve(body, end, version=body.version, actor=cases.world["admin"])
    cases.know("body_ending", organization_id=body.id)
    cases.type_in("accounts.body_keep", version=body.version)


def _add_list_of_one_who_left(cases: Cases) -> None:
    world = cases.world
    owner = make_user("who-left", world["lead"].organization, Role.OFFICER)
    wish = SaveList(
        kind=next(iter(ListKind)),
        round=world.round,
        name="残された一覧",
        query={"state": "submitted"},
        is_shared=True,
    )
    saved = save_list(wish, actor=owner)
    disable_user(owner, actor=world["admin"])
    cases.know("list_left", list_id=saved.id)
    cases.type_in("saved_lists.take_over", version=saved.version)


def _add_fresh_round(cases: Cases) -> None:
    world = cases.world
    wish = NewRound(
        key="R4",
        label="令和4年",
        name="提案のなかった募集",
        opens_at=clock.now() - timedelta(days=19),
        closes_at=clock.now() - timedelta(days=12),
    )
    fresh = create_round(world.round.scheme, wish, actor=world["admin"])
    for label in ("予算の額", "人員"):
        settings = FieldSettings(label=label, character_limit=100)
        command = AddField(version=fresh.form_version, kind=FieldKind.TEXT, settings=settings)
        field = add_field(fresh, command, actor=world["admin"])
    cases.know("fresh_round", key=fresh.key, field_name=field.name)
    cases.type_in("rounds.move", version=fresh.form_version, direction="up")
    with clock.at(fresh.opens_at):
        later = ChangeClosing(closes_at=fresh.closes_at + timedelta(days=1), reason="様式の不備")
        change_closing(fresh, later, actor=world["lead"])
    (found, *_) = discrepancies_of(fresh, world["lead"]).found
    cases.know("differing", key=fresh.key, kind=found.check.kind.value, finding_key=found.key)
    name = files_of_round(world.round)[0].name
    cases.know("data", key=world.round.key, name=name)


def _add_registers(cases: Cases) -> None:
    world = cases.world
    register = Register.KEIYU_JIMU
    read = read_file(register, "台帳.csv", REGISTER_ROW.encode())
    sent = [[row.row, row.texts] for row in read.rows]
    plan = plan_import(register, read.rows)
    cases.know("register_file", register=register.value)
    cases.files["registers.upload"] = ("file", "台帳.csv", REGISTER_ROW.encode())
    cases.type_in(
        "registers.confirm_import", rows=json.dumps(sent), seen=plan.seen, reason="令和7年の資料"
    )
    entry = rows_of(Register.BUNKEN)[-1]
    retire_entry(
        entry, RetireEntry(version=entry.content_version, reason="統合のため"), actor=world["lead"]
    )
    cases.know("retired", register=Register.BUNKEN.value, number=entry.number)
    ministry = world["ministry"].organization.name
    duties = f"府省庁,語句,法令,台帳,台帳の番号,理由\r\n{ministry},火葬場,,,,所管のため\r\n"
    cases.files["routing.import_duties"] = ("file", "所管.csv", duties.encode())


def _add_held_letter(cases: Cases) -> None:
    world = cases.world
    letter, lead = "returned", world["lead"]
    set_rule(letter, is_held=True, actor=lead)
    make_returned(world)
    set_rule(letter, is_held=False, actor=lead)
    held = db.session.scalars(held_letters(letter, lead)).all()
    cases.know("letter_held", letter=letter)
    cases.type_in("notifications.letter_release", count=len(held))


def _add_sent_letter(cases: Cases) -> None:
    with clock.at(clock.now() - timedelta(hours=1)):
        mailing = confirmed_letter(cases.world, "届いたお知らせ")
        release_mailing(mailing, mailing.version, actor=cases.world["lead"])
    cases.know("letter_sent", mailing_id=mailing.id)


def _add_sheet(cases: Cases) -> None:
    world = cases.world
    key = str(current_app.config["SECRET_KEY"]).encode()
    content = reply_sheet(sheet_handoffs(world["ministry"], world.round), key)
    cases.files["handoffs.check_sheet"] = ("file", "回答の表.xlsx", content)
    row = read_sheet("回答の表.xlsx", content)[0]
    answer = {
        KIND: REPLY_KIND_LABELS[ReplyKind.WILL_ACT],
        TEXT: "次の改修で対応します。",
        PLANNED_ON: "令和8年3月31日",
    }
    written = {name: replace(row.cells[name], text=words) for name, words in answer.items()}
    changed = SheetRow(row.number, {**row.cells, **written})
    cases.type_in("handoffs.take_sheet", rows=as_text([changed]), step="keep")


def _add_incident(cases: Cases) -> None:
    world, case = cases.world, cases.by_situation["withdrawn"]
    incident = Incident(
        number="事故2024-002",
        reported_by=world["city-mgr"],
        organization=world["city-mgr"].organization,
        reported_at=clock.now(),
        happened="誤送信",
        happened_when="今日",
        known_on=clock.today(),
        concerned=case.reference,
        proposal_id=case.id,
        seen_by="",
        is_malicious=False,
    )
    db.session.add(incident)
    db.session.flush()
    cases.know("incident_named", incident_id=incident.id)
    cases.type_in("incidents.freeze_target", target=f"case:{case.reference}")
