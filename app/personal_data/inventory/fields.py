"""The inventory (個人情報の台帳): every place of personal data, and what is done with it."""

from typing import NamedTuple

LAW = "個人情報の保護に関する法律第61条（所掌事務の遂行に必要な保有）"
SAFETY = "同法第66条（安全管理措置）"
CASE_TERM = "募集回の廃棄の計画が定める日まで"
OFFICE = "提案した団体、事務局"


class PersonalField(NamedTuple):
    """One place that holds personal data (台帳の行). `places` are `table.column`."""

    label: str
    places: tuple[str, ...]
    persons: str
    purpose: str
    basis: str
    audience: str
    retention: str
    erasure: str


INVENTORY = (
    PersonalField(
        "提案の連絡先",
        ("proposal.contact_department", "proposal.contact_email"),
        "提案した団体の担当者",
        "提案の内容の確認、補正と結果の連絡",
        LAW,
        OFFICE,
        CASE_TERM,
        "担当部署を「（廃棄済み）」に、アドレスを空にする",
    ),
    PersonalField(
        "提案の追加の項目の回答",
        ("proposal.answers",),
        "提案した団体の担当者",
        "募集回が独自に求める項目（内部の項目を含む）",
        LAW,
        OFFICE,
        CASE_TERM,
        "連絡に関する内部の項目の回答を消す",
    ),
    PersonalField(
        "提案の版に残る連絡先",
        (
            "proposal_revision.content",
            "draft_version.content",
            "amendment.content",
            "co_proposer.accepted_content",
            "case_split.content_before",
        ),
        "提案した団体の担当者",
        "提出・変更・同意・分割のときの内容の記録",
        LAW,
        OFFICE,
        CASE_TERM,
        "連絡先と内部の項目だけを消し、ほかの内容は公文書として残す",
    ),
    PersonalField(
        "添付とその名前",
        ("stored_file.name", "proposal_revision.files"),
        "文書に名前のある人、作成者",
        "提案・相談・回答を裏付ける資料",
        LAW,
        "資料を出した側と、案件を扱う側",
        CASE_TERM,
        "計画が添付の廃棄を定めるとき、内容を消し、名前を伏せ、ハッシュを残す",
    ),
    PersonalField(
        "取込みのファイルと指摘",
        ("import_file.name", "import_file.content", "import_run.findings"),
        "提案した団体の担当者",
        "表からの取込みの確認",
        LAW,
        "取り込んだ人",
        "14日",
        "定期処理 imports が消す",
    ),
    PersonalField(
        "知らせ（メール）",
        (
            "outbox_message.subject",
            "outbox_message.body",
            "outbox_message.last_error",
            "delivery_attempt.answer",
        ),
        "宛先の利用者",
        "手続の連絡",
        LAW,
        "宛先の本人、送信箱の管理者",
        "送信済みなど365日。案件についてのものは、廃棄の計画が先ならその日まで",
        "本文とサーバーの応答を空にし、件名・日時を残す",
    ),
    PersonalField(
        "利用者",
        (
            "user_account.login",
            "user_account.display_name",
            "user_account.name_key",
            "user_account.email",
        ),
        "団体・府省庁・事務局の職員",
        "利用者の確認、担当の記録、連絡",
        LAW,
        "同じ団体の管理者、システム管理。案件では所属と氏名",
        "利用中と、利用を終えて365日（氏名は、公文書の一部として消去するまで残す）",
        "定期処理 retention がアドレスを消す。氏名とその鍵は users erase-name が消す",
    ),
    PersonalField(
        "部外者の所属と契約",
        (
            "user_account.affiliation",
            "user_account.contract_number",
            "outsider_report.contract_number",
        ),
        "業者・委託先などの部外者",
        "契約の確認、監督、活動報告",
        SAFETY,
        "監督者、同じ団体の管理者、システム管理。本人の画面と記録には所属",
        "利用中と、監査証跡を残す期間",
        "監査証跡・公文書の一部として残す",
    ),
    PersonalField(
        "招待",
        ("invitation.email", "invitation.email_key", "invitation.display_name"),
        "招待された職員",
        "利用者の登録",
        LAW,
        "同じ団体の管理者、システム管理",
        "使われた・取り消された・期限が過ぎた後365日",
        "定期処理 retention がアドレスと氏名を消す",
    ),
    PersonalField(
        "認証の情報",
        (
            "user_account.password_hash",
            "second_factor.secret",
            "second_factor.pending_secret",
            "recovery_code.code_hash",
            "password_reset.token_hash",
            "password_reset.password_key",
            "password_reset.mail_nonce",
            "invitation.token_hash",
            "api_token.token_hash",
        ),
        "利用者",
        "本人の確認",
        SAFETY,
        "だれも読まない（ハッシュか、封をした値だけを保存）",
        "利用中",
        "解除・再設定のときに置き換える",
    ),
    PersonalField(
        "ログイン・閲覧の接続元",
        (
            "user_session.source",
            "user_session.token_hash",
            "half_session.source",
            "half_session.token_hash",
            "sign_in_attempt.login_key",
            "sign_in_attempt.source",
            "reset_wish.login",
            "reset_wish.source",
            "read_log.source",
        ),
        "利用者、ログインを試みた人",
        "不正なログインの調査",
        SAFETY,
        "本人（自分の端末の一覧）",
        "終わったログイン90日、試行30日、再設定の申込み1日、閲覧の記録はその保存期間",
        "定期処理が消す",
    ),
    PersonalField(
        "監査証跡の行為者",
        ("audit_event.actor_label",),
        "操作した利用者",
        "だれが何をしたかの証明",
        SAFETY,
        "監査",
        "常用（公文書）",
        "消さない。所属と、氏名の鍵付きの要約値だけを書く。鍵を消すと、氏名は分からなくなる",
    ),
    PersonalField(
        "不在のメモ",
        ("absence.note",),
        "事務局の職員",
        "担当の割当て",
        LAW,
        "仕分け担当と総括",
        CASE_TERM,
        "個別に消さない。健康などの事情を書かないよう案内する",
    ),
    PersonalField(
        "利益相反の事情",
        ("conflict_of_interest.reason", "conflict_of_interest.end_reason"),
        "事務局の職員",
        "公正な仕分け",
        LAW,
        "本人、システム管理、監査",
        "常用（公文書）",
        "消さない",
    ),
    PersonalField(
        "発言・相談・意見の中の名前",
        (
            "agenda_item.minutes",
            "case_comment.body",
            "consultation.subject",
            "consultation_message.body",
            "opinion_draft.fields",
        ),
        "発言した人、相談した団体の担当者",
        "審議と相談の記録",
        LAW,
        "コメントなどの宛先の範囲",
        "公文書の保存期間",
        "個別に消さない",
    ),
    PersonalField(
        "情報公開の文書",
        ("disclosure_record.text", "disclosure_record.label"),
        "文書に名前のある人",
        "開示請求への対応",
        "行政機関の保有する情報の公開に関する法律",
        "事務局",
        "公文書の保存期間",
        "渡す文書からは不開示の部分を除く",
    ),
    PersonalField(
        "個人情報・事故の窓口",
        ("organization.privacy_contact",),
        "団体の窓口の担当者",
        "事故の連絡",
        SAFETY,
        "同じ団体の利用者、事務局",
        "利用中",
        "団体が書き換える",
    ),
    PersonalField(
        "事故・漏えいの報告",
        (
            "incident.happened",
            "incident.happened_when",
            "incident.concerned",
            "incident.seen_by",
            "incident_step.note",
            "freeze.label",
        ),
        "事故に関わる人",
        "漏えい等の報告と再発の防止",
        "同法第68条（漏えい等の報告等）",
        "報告した人、総括、システム管理、監査",
        "公文書の保存期間",
        "個別に消さない。本人の名前や番号を書かないよう案内する",
    ),
)
