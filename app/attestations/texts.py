"""What is pledged (誓約の文), version by version; a new version is added below, none is changed."""

from typing import NamedTuple


class PledgeText(NamedTuple):
    """One version of the text (誓約の文の版): what is to be known, and what is pledged."""

    version: int
    training: tuple[str, ...]
    pledge: str


TEXTS = (
    PledgeText(
        version=1,
        training=(
            "個人情報は、業務に必要な範囲だけを見て、必要な範囲だけを入力します。",
            "出力や印刷は必要最小限とし、持ち出さず、使い終えたら廃棄します。",
            "送る前に、宛先と内容を確かめます。受け取ったら「受領する」を押します。",
            "IDとパスワードは、ほかの人と共有しません。離席するときはログアウトします。",
            "利益相反のある案件には関わりません。",
            "誤送信、紛失、見えてはいけないものが見えたときは、おそれの段階で、すぐに「事故・漏えいの報告」から報告します。",
        ),
        pledge="上の内容と、所属する団体の個人情報の取扱いの定めを確かめました。これらを守って、このシステムを使います。",
    ),
)


def current_text() -> PledgeText:
    """The newest version (今の文)."""
    return TEXTS[-1]
