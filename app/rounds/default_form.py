"""The form a new round starts with (標準の様式). Afterwards it is data of that round."""

from typing import Any

from app.rounds.models import FieldAudience, FieldKind, FormField

TITLE_FIELD = "title"
BUNKEN_FIELD = "is_bunken_proposal"
YES, NO = "yes", "no"
HARDSHIP_AND_EFFECT = "hardship_and_effect"

# Fields every form has, for the work reads them: a form may reword them, not drop them.
# Characters each can hold in the table; None for what is no text.
CORE_FIELDS: dict[str, int | None] = {
    "title": 20_000,
    "detail": 20_000,
    "requested_measure": 20_000,
    "hardship_case": 20_000,
    "effect": 20_000,
    "legal_basis": 20_000,
    "ministry_id": None,
    "viewpoints": None,
    "adoption_status": 20_000,
    "bunken_control_number": 16,
    "contact_department": 100,
    "contact_email": 254,
}

CONTENT = "提案の内容"
GROUNDS = "根拠と視点"
PRESENT_STATE = "今の状況"
CONTACT = "連絡先"

_INNER = FieldAudience.BODY_AND_SECRETARIAT


def default_fields() -> list[FormField]:
    """Make the fields of the standard form, in order, for a round that is being created."""
    fields = [*_content(), *_need(), *_grounds(), *_present_state(), *_contact()]
    for position, field in enumerate(fields, start=1):
        field.position = position
    return fields


def _content() -> list[FormField]:
    return [
        _field(
            CONTENT,
            "title",
            "提案概要",
            "業務の名前が分かるように書いてください。",
            kind=FieldKind.TEXT,
            is_required=True,
            character_limit=100,
        ),
        _field(
            CONTENT,
            "detail",
            "提案詳細",
            "どの業務を、どのように共通化したいかを書いてください。",
            is_required=True,
        ),
        _field(
            CONTENT,
            "requested_measure",
            "求める措置",
            "国や事務局に何をしてほしいかを書いてください。",
            is_required=True,
            character_limit=250,
        ),
    ]


def _need() -> list[FormField]:
    shared: dict[str, Any] = {"character_limit": 700, "limit_group": HARDSHIP_AND_EFFECT}
    return [
        _field(
            CONTENT,
            "hardship_case",
            "支障事例",
            "今、どの業務で誰が困っているか。",
            is_required=True,
            **shared,
        ),
        _field(
            CONTENT,
            "effect",
            "制度改正の効果",
            "住民と行政にとって、何がどれだけ良くなるか。",
            is_required=True,
            **shared,
        ),
    ]


def _grounds() -> list[FormField]:
    return [
        _field(
            GROUNDS,
            "legal_basis",
            "根拠法令",
            "業務の根拠となる法令と条。例：地方自治法第244条の2。分からなければ空欄。",
        ),
        _field(
            GROUNDS,
            "ministry_id",
            "所管府省庁",
            "根拠となる制度を所管する府省庁。分からなければ、そのままで構いません。",
            kind=FieldKind.MINISTRY,
        ),
        _field(
            GROUNDS,
            "viewpoints",
            "当てはまる視点",
            "いくつでも選べます。",
            kind=FieldKind.VIEWPOINTS,
            is_required=True,
            choices=[
                "ⅰ　新しい課題で、導入団体は少ないが全国に広げる意義がある",
                "ⅱ　制度改正に対応する業務負担が大きい",
                "ⅲ　データを適時に扱う必要があり、国への報告に手間がかかる",
            ],
        ),
    ]


def _present_state() -> list[FormField]:
    return [
        _field(
            PRESENT_STATE,
            "adoption_status",
            "自団体の導入状況",
            "今使っているシステム、導入した年度、費用など。未導入のときはその旨。",
        ),
        _field(
            PRESENT_STATE,
            BUNKEN_FIELD,
            "地方分権改革の提案募集にも出している",
            "同じ内容を、地方分権改革に関する提案募集にも出しているかどうか。",
            kind=FieldKind.YES_NO,
        ),
        _field(
            PRESENT_STATE,
            "bunken_control_number",
            "分権提案管理番号",
            "地方分権改革の提案募集で付いた管理番号。",
            kind=FieldKind.TEXT,
            shown_when_field=BUNKEN_FIELD,
            shown_when_value=YES,
        ),
    ]


def _contact() -> list[FormField]:
    return [
        _field(
            CONTACT,
            "contact_department",
            "担当部署",
            "事務局からの問い合わせに答える部署。",
            kind=FieldKind.TEXT,
            is_required=True,
            audience=_INNER,
        ),
        _field(
            CONTACT,
            "contact_email",
            "連絡先メールアドレス",
            "担当部署の共用のアドレス。",
            kind=FieldKind.EMAIL,
            audience=_INNER,
        ),
    ]


def _field(
    section: str,
    name: str,
    label: str,
    help_text: str,
    *,
    kind: FieldKind = FieldKind.LONG_TEXT,
    **settings: Any,
) -> FormField:
    values: dict[str, Any] = {
        "is_required": False,
        "choices": [],
        "shown_when_value": "",
        "keeps_hidden_answer": False,
        "audience": FieldAudience.SHARED,
        **settings,
    }
    return FormField(section=section, name=name, label=label, help=help_text, kind=kind, **values)
