"""How a check of the gate says no (受入検査の拒否)."""


class Refused(Exception):
    """A file that is not taken in; the words say what is wrong and what to do (拒否の理由)."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(words)


BROKEN = "ファイルが壊れているため開けません。元のファイルを開いて保存し直してから選んでください"
EMPTY = "ファイルが空です。内容を確かめて選び直してください"
ENCRYPTED = "パスワードが付いています。パスワードを外して保存したファイルを選んでください"
OLD_OFFICE = (
    "古い形式（.xls、.doc）です。「名前を付けて保存」で .xlsx か .docx にしてから選んでください"
)
MACROS = "マクロが入っています。マクロのない .xlsx か .docx として保存してから選んでください"
NOT_ALLOWED = "この種類のファイルは受け付けません。{allowed} のどれかにして選んでください"
MISLABELLED = "内容が名前の拡張子（.{extension}）と合いません。正しい形式で保存し直してください"
