"""Words of the pages about personal data (個人情報の画面の言葉)."""

from app.audit.words import name_verbs
from app.personal_data.models import HoldGround, ItemOutcome, MediumKind
from app.personal_data.standing import ListStage

STAGE_LABELS = {
    ListStage.PROPOSED: "申請待ち",
    ListStage.REQUESTED: "承認待ち",
    ListStage.APPROVED: "廃棄中",
    ListStage.FINISHED: "廃棄済み",
}
STAGE_TONES = {
    ListStage.PROPOSED: "soon",
    ListStage.REQUESTED: "soon",
    ListStage.APPROVED: "next",
    ListStage.FINISHED: "done",
}
OUTCOME_LABELS = {ItemOutcome.ERASED: "廃棄した", ItemOutcome.KEPT: "保留のため残した"}
GROUND_LABELS = {
    HoldGround.RECORD: "公文書としての保存",
    HoldGround.DISPUTE: "係争・審査請求",
    HoldGround.INCIDENT: "事故の調査",
}
MEDIUM_LABELS = {
    MediumKind.BACKUP: "バックアップ",
    MediumKind.DISK: "ディスク",
    MediumKind.PORTABLE: "持ち運べる媒体",
    MediumKind.PAPER: "紙",
}
COUNT_LABELS = {
    "contacts": "連絡先",
    "answers": "内部の項目の回答",
    "revisions": "提出版",
    "drafts": "下書きの版",
    "amendments": "変更の申出",
    "consents": "共同提案の同意",
    "splits": "分割の記録",
    "letters": "知らせの本文",
    "files": "添付",
}

name_verbs(
    {
        "erasure_plan.write": "廃棄の計画を書きました",
        "erasure_plan.approve": "廃棄の計画を承認しました",
        "disposal.propose": "廃棄の一覧を作りました",
        "disposal.request": "廃棄を申請しました",
        "disposal.approve": "廃棄を承認しました",
        "disposal.finish": "廃棄を終えました",
        "disposal.wipe": "廃棄したものの跡をディスクから消しました",
        "medium.register": "媒体・写しを登録しました",
        "medium.destroy": "媒体・写しの廃棄を記録しました",
        "personal_data.export": "個人情報の台帳を出力しました",
    }
)
