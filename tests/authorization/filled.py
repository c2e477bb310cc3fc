"""What has to be typed so that a form is taken (記入例): where hasty words are not enough."""

_PASSWORD = "a password for the tests"
_VERSION = {"version": ["1"]}
_EXPLANATION = "資料の作り方が違うためで、どちらの数もこのままで正しいものです。"
_NO_STAGES = {
    f"{stage}_{end}": [""]
    for stage in ("prepare", "introduce", "continue")
    for end in ("start", "end")
}

FILLED: dict[str, dict[str, list[str]]] = {
    "accounts.body_end": {"successor": ["902021"]},
    "accounts.body_keep": {"version": ["3"]},
    "accounts.new_body": {"code": ["902047"]},
    "accounts.new_user": {
        "login": ["new-person"],
        "roles": ["officer"],
        "email": ["new@ministry.example.jp"],
    },
    "accounts.own_password": {"present": [_PASSWORD], "password": ["another password for tests"]},
    "audit.export": {"first": [""], "last": [""], "case": [""], "person": [""]},
    "batches.send": {"typed": ["1"]},
    "batches.new": {"reply_due_on": ["令和6年10月10日"]},
    "batches.text": {
        "case": ["R6-0007"],
        "body": ["検討をお願いします。{受付番号}"],
        "reason": ["短くするため"],
    },
    "case_handoffs.change_lead": {"destination_id": ["5"]},
    "candidates.dates": {"plan_drafted": ["令和7年3月31日"]},
    "candidates.edit": {"is_provisional": [], "mark": ["9"]},
    "candidates.new": {"mark": ["19"], "position": [""]},
    "clusters.add": {"receipt_number": ["R6-0004"]},
    "clusters.take_out": {"format": ["csv"]},
    "consultations.take_up": _VERSION,
    "discrepancies.case_finding": {"explanation": [_EXPLANATION]},
    "discrepancies.show": {"explanation": [_EXPLANATION]},
    "disclosure.hide": {"words": ["公共施設"]},
    "disclosure.new": {"received_on": ["令和6年8月20日"]},
    "disclosure.unhide": _VERSION,
    "follow_ups.outcome": {"decided_on": [""]},
    "handoffs.return_reply": {"note": ["直してください。"]},
    "incidents.new": {"persons_estimate": ["120"]},
    "lineage.split": {"parts-0-title": ["一つ目"], "parts-1-title": ["二つ目"]},
    "lineage.merge": {"numbers": ["R6-0001"]},
    "meetings.step_item": _VERSION,
    "notifications.letter_release": {"count": ["0"]},
    "outsiders.new": {
        "kind": ["vendor"],
        "ends_on": ["令和6年9月30日"],
        "ends_time": ["17:00"],
        "supervisor_id": ["1"],
        "login": ["new-outsider"],
        "email": [""],
        "roles": ["proposer"],
    },
    "outsiders.terms": {
        "kind": ["vendor"],
        "ends_on": ["令和6年9月30日"],
        "ends_time": ["12:00"],
        "supervisor_id": ["1"],
    },
    "personal_data.disposal_request": {"reason": ["期日が来たため"]},
    "personal_data.medium": {
        "kind": ["backup"],
        "label": ["写し二"],
        "place": ["金庫"],
        "made_on": ["令和6年8月27日"],
        "destroy_by": ["令和7年8月27日"],
    },
    "personal_data.medium_destroy": {
        "destroyed_on": ["令和6年8月27日"],
        "key_destroyed_on": ["令和6年8月27日"],
        "certificate_sha256": [""],
        "witness": ["8"],
    },
    "plans.edit_task": _NO_STAGES,
    "plans.new_task": _NO_STAGES,
    "proposals.ask_approval": _VERSION,
    "proposals.autosave_draft": {"version": ["1"], "title": ["自動で保存した名称"]},
    "proposals.autosave_new": {"title": ["自動で保存した名称"]},
    "proposals.autosave_returned": {"version": ["3"], "title": ["自動で保存した名称"]},
    "proposals.late_codes": {"organization_code": ["902012"]},
    "proposals.partners": {**_VERSION, "organization_id": ["8"]},
    "proposals.remove_partner": _VERSION,
    "proposals.request_late": {**_VERSION, "reason": ["停電のため"]},
    "proposals.withdraw_consent": {**_VERSION, "withdrawal_reason": ["庁内で合意できないため"]},
    "rounds.move": _VERSION,
    "rounds.new_category": {"code": ["G"], "key": ["g1"], "group_code": [""]},
    "rounds.new_extension": {"day": ["令和6年10月10日"]},
    "rounds.new_field": {"label": ["庁内の体制"], "kind": ["text"], "character_limit": ["100"]},
    "rounds.settings": {"revisit_until": [""]},
    "routing.new_duty": {"register": [""], "register_entry_id": [""], "valid_from": [""]},
    "saved_lists.save": {"kind": ["cases"], "round": ["R6"], "name": ["受付の一覧"]},
    "tokens.new": {
        "present": [_PASSWORD],
        "rounds": ["R6"],
        "body_code": [""],
        "expires_on": ["令和6年9月30日"],
    },
    "triage.judge_suggestion": {"remove": []},
    "triage.return_for_correction": {
        "items-0-field": ["title"],
        "items-0-phrase": [""],
        "items-0-reason": ["対象の業務を書いてください。"],
        "items-1-reason": [""],
        "items-2-reason": [""],
    },
    "triage.set_themes": {"names": ["窓口"]},
    "triage.absences": {"deputy_id": [""]},
    "triage.plans": {"reviewers_per_case": ["1"], "seed": ["1"]},
    "triage.skills": {"rows-0-label": ["会計"], "rows-1-label": [""]},
    "triage.change_plan_row": {"reviewer_id": ["6"]},
    "triage.conflicts": {"receipt_number": ["R6-0001"], "body": [""]},
    "triage.secondment": {"user_id": ["6"], "body": ["902021"]},
}

# Files that the forms are sent with: name of the field, name and content of the file.
_SHEET = ("資料.csv", "項目,値\r\n件数,1\r\n".encode())
_PROPOSALS = "提案概要,提案詳細,視点\r\n鍵の貸出し,鍵を貸している。,ⅰ\r\n"
FILES: dict[str, tuple[str, str, bytes]] = {
    "exchange.imports": ("files", "表.csv", _PROPOSALS.encode()),
    "proposals.attachments_of_draft": ("files", *_SHEET),
    "proposals.attachments_of_returned": ("files", *_SHEET),
    "proposals.replace": ("files", *_SHEET),
}
