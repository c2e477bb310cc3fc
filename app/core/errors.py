"""Errors of the domain (業務上のエラー): what a person is told when a request is refused.

A message is Japanese and says what is wrong, where, and what to do. How an error looks outside
(a page, an exit code) is decided by whoever shows it.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar


class DomainError(Exception):
    """A request that the rules of the work refuse (業務規則による拒否).

    `message` is shown to the user as it is; `field` names the input field at fault, if one is.
    """

    default_message: ClassVar[str] = "この操作はできません。内容を確かめてください。"

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        self.message = self.default_message if message is None else message
        self.field = field
        super().__init__(self.message)


class NotAllowed(DomainError):
    """The person may not do this (権限なし)."""

    default_message = (
        "この操作を行う権限がありません。必要な場合は、所属の管理者に連絡してください。"
    )


class NotFound(DomainError):
    """It does not exist, or this person may not know of it (該当なし).

    One wording for both: a different one would tell that a hidden case exists (P25).
    """

    default_message = "お探しのものは見つかりません。番号やアドレスを確かめてください。"


class IllegalTransition(DomainError):
    """The state of the case does not allow this trigger (状態遷移の拒否)."""

    default_message = (
        "いまの状態ではこの操作はできません。画面を開き直して、状態を確かめてください。"
    )


class StaleVersion(DomainError):
    """Another person changed it first (更新の競合)."""

    default_message = (
        "ほかの人が先に更新しました。画面を開き直して、変更を確かめてからやり直してください。"
    )


class InvalidInput(DomainError):
    """Some fields do not hold what they should (入力内容の誤り).

    `errors` maps the name of a field to its messages, in the order in which the fields were given.
    """

    default_message = "入力内容に誤りがあります。示された項目を直してください。"

    def __init__(self, errors: Mapping[str, Sequence[str]], message: str | None = None) -> None:
        self.errors: dict[str, list[str]] = {name: list(said) for name, said in errors.items()}
        only_field = next(iter(self.errors)) if len(self.errors) == 1 else None
        super().__init__(message, field=only_field)
