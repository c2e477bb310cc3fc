"""What the form check of a new round starts with (形式確認の初期設定): lines by hand, phrases."""

from typing import NamedTuple

from app.rounds.models import CorrectionPhrase, FormCheckItem

# Names of app/proposals/correction_targets.py, which stands above the rounds.
WHOLE = "proposal"
ATTACHMENTS = "attachments"


class Default(NamedTuple):
    """One row a round starts with: label, the longer words, what of the proposal it is about."""

    label: str
    words: str
    target: str


ITEMS = (
    Default(
        "1件の提案に、1つの業務だけが書かれている",
        "複数の業務が混ざっているときは、業務ごとに分けて提出してもらいます。",
        WHOLE,
    ),
    Default(
        "提案概要だけで、どの業務のシステムか分かる",
        "会議資料の一覧には、提案概要だけが載ります。",
        "title",
    ),
    Default(
        "求める措置が、システムの共通化についてのものである",
        "制度の見直しだけを求めるものは、地方分権改革の提案募集を案内します。",
        "requested_measure",
    ),
    Default(
        "支障事例に、団体の実情が具体的に書かれている",
        "どの場面で、だれに、どの程度の支障があるかが読み取れるかを見ます。",
        "hardship_case",
    ),
    Default(
        "個人情報や、公開できない内容が含まれていない",
        "提案の内容は、府省庁への送付と公表の対象になります。",
        WHOLE,
    ),
    Default(
        "別紙があるときは、本文と別紙が対応している",
        "別紙がないときは「良」にします。",
        ATTACHMENTS,
    ),
)
PHRASES = (
    Default(
        "業務名がない",
        "どの業務のシステムについての提案か分かるように、業務の名称を入れてください。",
        "title",
    ),
    Default(
        "求める措置があいまい",
        "どのシステムを、だれが、どのように共通化することを求めるのかを書いてください。",
        "requested_measure",
    ),
    Default(
        "支障が具体的でない",
        "どの場面で、だれに、どの程度（件数、時間、費用など）の支障があるかを、"
        "具体的に書いてください。",
        "hardship_case",
    ),
    Default(
        "効果が分からない",
        "求める措置が実現したときに減る手間や費用を、分かる範囲で数字を入れて書いてください。",
        "effect",
    ),
    Default(
        "複数の業務が混ざっている",
        "複数の業務が1件に書かれています。1件を1つの業務にして、"
        "ほかの業務は別の提案にしてください。",
        WHOLE,
    ),
    Default(
        "個人が特定できる",
        "個人が特定できる記載があります。氏名などを消すか、特定できない書き方に直してください。",
        WHOLE,
    ),
    Default(
        "別紙と本文が合わない",
        "本文と別紙の内容が合っていません。どちらが正しいかを確かめて、そろえてください。",
        ATTACHMENTS,
    ),
)


def default_checklist(round_id: int) -> list[FormCheckItem | CorrectionPhrase]:
    """Rows of a new round: lines of the form check by hand, and phrases for returns."""
    items = [
        FormCheckItem(
            round_id=round_id,
            position=position,
            label=row.label,
            help=row.words,
            target=row.target,
            is_active=True,
        )
        for position, row in enumerate(ITEMS, start=1)
    ]
    phrases = [
        CorrectionPhrase(
            round_id=round_id,
            position=position,
            label=row.label,
            text=row.words,
            target=row.target,
            is_active=True,
        )
        for position, row in enumerate(PHRASES, start=1)
    ]
    return [*items, *phrases]
