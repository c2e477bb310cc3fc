"""Forms of the saved lists (保存した一覧の入力様式)."""

from collections.abc import Mapping

from wtforms import BooleanField, StringField

from app.core.forms import JaForm, Required, clean
from app.proposals.forms.base import StorageLimit, VersionForm
from app.rounds.models import Round
from app.saved_lists.models import LONGEST_NAME, ListKind
from app.saved_lists.services import ChangeList, SaveList


class SaveListForm(JaForm):
    """A name for what a list shows (一覧の保存)."""

    name = StringField("一覧の名前", [Required(), StorageLimit(LONGEST_NAME)], filters=[clean])
    is_shared = BooleanField("共有する")

    def to_command(
        self, kind: ListKind, round_: Round | None, query: Mapping[str, str]
    ) -> SaveList:
        """Make the command of the form, with the filters of the list."""
        return SaveList(
            kind=kind,
            round=round_,
            name=self.name.data or "",
            query=query,
            is_shared=bool(self.is_shared.data),
        )


class ChangeListForm(VersionForm):
    """Another name, shared or not (一覧の変更)."""

    name = StringField("一覧の名前", [Required(), StorageLimit(LONGEST_NAME)], filters=[clean])
    is_shared = BooleanField("共有する")

    def to_command(self) -> ChangeList:
        """Make the command of the form."""
        return ChangeList(
            version=self.expected_version(),
            name=self.name.data or "",
            is_shared=bool(self.is_shared.data),
        )


class ListStepForm(VersionForm):
    """One step with a list that asks for nothing more (削除・引継ぎ)."""


class PinForm(JaForm):
    """On the home or off it, or another place there (ピン留め)."""
