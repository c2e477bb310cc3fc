"""Kinds of letters (文面の種類): what each is for, to whom it goes, whether it can be held."""

from enum import StrEnum
from typing import NamedTuple

from app.core.errors import NotFound
from app.notifications.letters import letter_names


class Audience(StrEnum):
    """Who reads a letter (宛先の種類)."""

    BODY = "提案団体"
    SECRETARIAT = "事務局"
    MINISTRY = "制度所管府省庁"
    EVERYBODY = "提案団体と事務局"
    ADMIN = "システム管理"


class LetterKind(NamedTuple):
    """One kind of letter (文面)."""

    name: str
    label: str
    purpose: str
    audience: Audience | None = None

    @property
    def can_be_held(self) -> bool:
        """Every letter can, but for those that are due at once: the receipt (J1), and a link."""
        return self.name not in ("receipt", "password_reset")


BODY, STAFF, ADMIN = Audience.BODY, Audience.SECRETARIAT, Audience.ADMIN
MINISTRY = Audience.MINISTRY
KINDS = (
    LetterKind("receipt", "受付の知らせ", "提案を受け付けたことと受付番号", BODY),
    LetterKind("returned", "補正の依頼", "形式確認で差し戻したことと補正の期限", BODY),
    LetterKind(
        "transfer_unconfirmed", "受領の催促", "受領の期限が過ぎたもの（補正の依頼・回答）", BODY
    ),
    LetterKind("closed", "結果の知らせ", "提案の結果が決まったこと", BODY),
    LetterKind("amendment_decided", "変更の申出の決定", "変更の申出への決定", BODY),
    LetterKind("late_decided", "期限後の提出の決定", "期限後の提出を受け付けるかどうか", BODY),
    LetterKind("approval_asked", "決裁の依頼", "団体の中で決裁を求められたこと", BODY),
    LetterKind("approval_decided", "決裁の結果", "団体の中の決裁の結果", BODY),
    LetterKind("joint_asked", "共同提案の依頼", "ほかの団体から共同提案を頼まれたこと", BODY),
    LetterKind("joint_answered", "共同提案の回答", "共同提案を頼んだ団体からの回答", BODY),
    LetterKind("joint_changed", "共同提案の変更", "同意した共同提案の内容が変わったこと", BODY),
    LetterKind("joint_removed", "共同提案の取消し", "共同提案の依頼が取り消されたこと", BODY),
    LetterKind("joining_opened", "追加共同提案の照会", "追加共同提案の照会を始めたこと", BODY),
    LetterKind("endorsed", "追加共同提案", "自団体の提案に追加共同提案があったこと", BODY),
    LetterKind("consultation_answered", "事前相談の回答", "事前相談に回答したこと", BODY),
    LetterKind("consultation_asked", "事前相談", "事前相談があったこと", STAFF),
    LetterKind("handoff_refused", "所管外の知らせ", "府省庁が所管外として返したこと", STAFF),
    LetterKind(
        "handoff_refused_twice", "二度目の所管外の上申", "2つ目の府省庁も所管外としたこと", STAFF
    ),
    LetterKind("reply_sent", "府省庁の回答の知らせ", "府省庁が回答を送ったこと", STAFF),
    LetterKind(
        "handoff_assigned", "省内の担当の知らせ", "送付された案件の担当になったこと", MINISTRY
    ),
    LetterKind(
        "reply_approval_asked", "回答の確認の依頼", "窓口に回答の確認を求めたこと", MINISTRY
    ),
    LetterKind("reply_returned", "回答の差戻し", "窓口が回答を書いた人に戻したこと", MINISTRY),
    LetterKind("assigned", "担当の知らせ", "仕分けの担当になったことと期限", STAFF),
    LetterKind("opinions_in", "意見がそろった知らせ", "仕分けの意見がそろったこと", STAFF),
    LetterKind("mentioned", "コメントの知らせ", "コメントで知らせる人に選ばれたこと", STAFF),
    LetterKind("withdrawn", "取下げの知らせ", "担当している提案が取り下げられたこと", STAFF),
    LetterKind("replies_released", "回答の公開", "府省庁の回答と見解の期限", BODY),
    LetterKind("view_filed", "見解の知らせ", "公開した回答に団体が見解を出したこと", STAFF),
    LetterKind(
        "reexamination_asked",
        "再検討の要請",
        "送った回答の再検討と新しい期限",
        Audience.MINISTRY,
    ),
    LetterKind("round_opened", "募集の開始", "募集を始めたこと", Audience.EVERYBODY),
    LetterKind("handed_off", "府省庁への送付", "提案を送付したことと受領の期限", MINISTRY),
    LetterKind("batch_sent", "まとめて送付", "提案をまとめて送付したことと件数", MINISTRY),
    LetterKind(
        "batch_held", "まとめて送付の見送り", "確かめた後に内容が変わり、送付しなかったこと", STAFF
    ),
    LetterKind("handoff_recalled", "送付の取下げ", "送付した提案を取り下げたこと", MINISTRY),
    LetterKind("handoff_part_changed", "主管の変更", "主管の府省庁が変わったこと", MINISTRY),
    LetterKind("handoff_redated", "送付の期限の変更", "受領や回答の期限が変わったこと", MINISTRY),
    LetterKind("plan_submitted", "方針の提出", "共通化推進方針が提出されたこと", STAFF),
    LetterKind("plan_decided", "方針の決定", "提出した方針への承認・差戻し", MINISTRY),
    LetterKind("plan_commented", "方針への意見", "提出した方針に意見があったこと", MINISTRY),
    LetterKind("mailing", "一斉連絡", "事務局が複数の団体・府省庁へ知らせること"),
    LetterKind(
        "digest", "期限のまとめ", "期限が近いもの、過ぎたもの（1日1通）", Audience.EVERYBODY
    ),
    LetterKind(
        "transfers_late", "受領の遅れの上申", "催促しても3開庁日以上受領されていないもの", STAFF
    ),
    LetterKind("escalated", "期限超過の上申", "期限を3開庁日以上過ぎた提案", STAFF),
    LetterKind("revisit_due", "見直しの日", "見直す日や条件が来たこと", STAFF),
    LetterKind(
        "deadlines_moved", "期限の変更", "暦の変更などで期限が動いたこと", Audience.EVERYBODY
    ),
    LetterKind("extension_decided", "期限の延長の決定", "申請された延長への決定", BODY),
    LetterKind("backlog_daily", "滞留の日次報告", "その日の滞留の件数", STAFF),
    LetterKind("backlog_weekly", "滞留の週次報告", "前の週と比べた滞留の件数", STAFF),
    LetterKind("job_failed", "定期処理の失敗", "定期処理が終わらなかったこと", ADMIN),
    LetterKind("job_late", "定期処理の遅れ", "定期処理が予定どおり動いていないこと", ADMIN),
    LetterKind("job_recovered", "定期処理の復旧", "定期処理が元に戻ったこと", ADMIN),
    LetterKind("clock_off", "時計のずれ", "サーバーの時計がずれていること", ADMIN),
    LetterKind("disk_low", "保存場所の空き", "保存場所の空きが少なくなったこと", ADMIN),
    LetterKind("audit_broken", "監査証跡の異常", "監査証跡の検証で異常が見つかったこと", ADMIN),
    LetterKind(
        "incident_reported",
        "事故・漏えいの報告",
        "個人情報の事故が報告されたこと",
        Audience.EVERYBODY,
    ),
    LetterKind(
        "api_token_made",
        "APIトークンの発行",
        "自分のアカウントでAPIトークンが発行されたこと",
        Audience.EVERYBODY,
    ),
    LetterKind(
        "attestation_due",
        "研修・誓約の期限",
        "年に1回の研修・誓約の期限が近いこと",
        Audience.EVERYBODY,
    ),
    LetterKind(
        "outsider_report",
        "部外者の活動報告",
        "監督する部外者の前の月の活動",
        Audience.EVERYBODY,
    ),
    LetterKind(
        "password_reset",
        "パスワードの再設定",
        "本人の申込みによる再設定のリンク",
    ),
    LetterKind("round_closed", "募集の締切", "募集を締め切ったことと提案の件数", STAFF),
)
# What goes on inside a body (団体の中の決裁): its own people's, and the operator's alone.
INNER_LETTERS = ("approval_asked", "approval_decided")
BY_NAME = {kind.name: kind for kind in KINDS}


def all_kinds() -> list[LetterKind]:
    """Every letter there is (文面の一覧), described ones first."""
    known = [kind for kind in KINDS if kind.name in letter_names()]
    return known + [kind_of(name) for name in letter_names() if name not in BY_NAME]


def kind_of(name: str) -> LetterKind:
    """Return the kind with this name. Raises NotFound."""
    if name not in letter_names():
        raise NotFound
    return BY_NAME.get(name) or LetterKind(name, name, "")


def label_of(name: str) -> str:
    """Words for a letter by its name (文面の名前); letters of older days are kept as they are."""
    kind = BY_NAME.get(name)
    return kind.label if kind else name or "知らせ"
