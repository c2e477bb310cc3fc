"""The draft of the 速報 (漏えい等報告書（速報）の案), out of what was reported."""

from app.core import clock
from app.core.document import Document, Heading, Items, KeyValues, Paragraph
from app.core.eras import format_date
from app.incidents.clocks import dates_of, duty_hints
from app.incidents.labels import FROZEN_LABELS, STEP_LABELS
from app.incidents.models import Incident

TITLE = "漏えい等報告書（速報）案"
UNKNOWN = "調査中"
OPENING = (
    "個人情報の保護に関する法律第68条第1項に基づき、次のとおり報告します。"
    "提出の前に、担当者が内容を確かめ、分かったことを書き加えてください。"
)
NO_HINT = "人数と目的からは、報告が必要とまでは言えません。"


def preliminary_draft(incident: Incident, *, made_by: str) -> Document:
    """Return the draft (速報の案); what is not known yet is said to be looked into."""
    return Document(
        title=TITLE,
        subtitle=incident.number,
        made_at=clock.now(),
        made_by=made_by,
        blocks=[
            Paragraph(text=OPENING),
            Heading(level=2, text="1　概要"),
            KeyValues(pairs=_facts(incident)),
            *[
                block
                for heading, text in _sections(incident)
                for block in (Heading(level=2, text=heading), Paragraph(text=text or UNKNOWN))
            ],
            Heading(level=2, text="7　本人への対応、再発防止のための措置その他の対応"),
            Items(lines=_done(incident) or [UNKNOWN]),
            Heading(level=2, text="8　報告の要否の手がかり"),
            Items(lines=duty_hints(incident) or [NO_HINT]),
        ],
    )


def _facts(incident: Incident) -> list[tuple[str, str]]:
    dates = dates_of(incident)
    return [
        ("報告番号", incident.number),
        ("発生した機関", incident.organization.name),
        ("発生した日時", incident.happened_when or UNKNOWN),
        ("事態を知った日", format_date(incident.known_on)),
        ("速報の期限", format_date(dates.preliminary_by)),
        ("確報の期限", format_date(dates.final_by)),
    ]


def _sections(incident: Incident) -> list[tuple[str, str]]:
    persons = incident.persons_estimate
    return [
        ("2　何が起きたか", incident.happened),
        ("3　漏えい等が発生し、又は発生したおそれがある情報", incident.concerned),
        ("4　本人の数", f"{persons:,}人（見込み）" if persons is not None else ""),
        ("5　原因", ""),
        ("6　二次被害又はそのおそれの有無及びその内容", incident.seen_by),
    ]


def _done(incident: Incident) -> list[str]:
    frozen = [
        f"{clock.to_jst(row.frozen_at):%Y年%m月%d日 %H時%M分}　"
        f"{FROZEN_LABELS[row.kind]}「{row.label}」を凍結した"
        + ("（解除済み）" if row.lifted_at else "")
        for row in incident.freezes
    ]
    steps = [
        f"{format_date(step.done_on)}　{STEP_LABELS[step.kind]}：{step.note}"
        for step in incident.steps
    ]
    return [*frozen, *steps]
