"""Words of the incidents (事故の報告の言葉)."""

from app.audit.words import name_verbs
from app.freezes.models import FrozenKind
from app.incidents.models import StepKind

STEP_LABELS = {
    StepKind.NOTE: "対応の記録",
    StepKind.PRELIMINARY: "速報を提出した",
    StepKind.FINAL: "確報を提出した",
    StepKind.PERSONS_TOLD: "本人に通知した",
    StepKind.CLOSED: "対応を終えた",
}
FROZEN_LABELS = {
    FrozenKind.CASE: "提案のリンク",
    FrozenKind.FILE: "ファイル",
    FrozenKind.MAILING: "一斉連絡",
}

name_verbs(
    {
        "incident.report": "事故・漏えいを報告しました",
        "incident.freeze": "リンク・ファイル・連絡を凍結しました",
        "incident.lift_freeze": "凍結を解きました",
        "incident.note_step": "事故への対応を記録しました",
        "incident.close": "事故への対応を終えました",
        "incident.print_draft": "速報の案を出力しました",
        "organization.set_privacy": "個人情報の責任者と窓口を変えました",
    }
)
