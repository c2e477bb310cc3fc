"""Forms that merge, split and mark cases (系譜の入力様式)."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import FieldList, Form, FormField, HiddenField, StringField, TextAreaField

from app.accounts.models import User
from app.core.forms import clean
from app.lineage.queries import named_cases
from app.lineage.services.duplicates import MarkDuplicate, UnmarkDuplicate
from app.lineage.services.merging import MergeCases, SeenCase, UndoMerge
from app.lineage.services.splitting import (
    DIVIDED_FIELDS,
    FEWEST_PARTS,
    MOST_PARTS,
    SplitCase,
    UndoSplit,
)
from app.proposals.models import Proposal
from app.triage.forms.base import CaseForm, RowsForm

NUMBERS_HELP = "例：R6-0012。続けて統合するときは、読点や改行で区切って複数入力できます。"
INNER = "提案の履歴に残ります。団体には見えません。"


class MergeForm(CaseForm):
    """Cases that go into this one (統合); `seen` names the versions the preview showed."""

    numbers = TextAreaField("統合する提案の受付番号", filters=[clean], description=NUMBERS_HELP)
    reason = TextAreaField("統合する理由", filters=[clean], description=INNER)
    seen = HiddenField()

    def cases(self, actor: User) -> list[Proposal]:
        """The cases that were named. Raises InvalidInput at `numbers`."""
        return named_cases(self.numbers.data or "", actor, field="numbers")

    def is_seen(self, cases: Sequence[Proposal]) -> bool:
        """Whether the preview showed just these cases (内容を確かめたか)."""
        return set(self._seen_versions()) == {case.id for case in cases}

    def to_command(self, cases: Sequence[Proposal]) -> MergeCases:
        """Make the command of the form; every case as old as the preview showed it."""
        versions = self._seen_versions()
        return MergeCases(
            version=self.opened_version,
            absorbed=tuple(SeenCase(case, versions[case.id]) for case in cases),
            reason=self.reason.data or "",
        )

    def _seen_versions(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for pair in (self.seen.data or "").split():
            case_id, _, version = pair.partition(":")
            if case_id.isdecimal() and version.isdecimal() and len(pair) < 20:
                found[int(case_id)] = int(version)
        return found


def seen_words(cases: Sequence[Proposal]) -> str:
    """Cases with their versions, as the preview keeps them in the form (見た版)."""
    return " ".join(f"{case.id}:{case.version}" for case in cases)


class UndoForm(CaseForm):
    """Taking an act back, with a reason (取消し)."""

    reason = TextAreaField("取り消す理由", filters=[clean], description=INNER)

    def to_undo_merge(self) -> UndoMerge:
        """Command that takes a case out again (統合の取消し)."""
        return UndoMerge(version=self.opened_version, reason=self.reason.data or "")

    def to_undo_split(self) -> UndoSplit:
        """Command that makes one case of the parts again (分割の取消し)."""
        return UndoSplit(version=self.opened_version, reason=self.reason.data or "")

    def to_unmark(self) -> UnmarkDuplicate:
        """Command that takes a mark back (重複の取消し)."""
        return UnmarkDuplicate(version=self.opened_version, reason=self.reason.data or "")


class PartForm(Form):
    """Texts of one part (分割した提案の文)."""

    title = StringField("提案概要", filters=[clean])
    detail = TextAreaField("提案詳細", filters=[clean])
    requested_measure = TextAreaField("求める措置", filters=[clean])
    hardship_case = TextAreaField("支障事例", filters=[clean])
    effect = TextAreaField("制度改正の効果", filters=[clean])


class SplitForm(RowsForm):
    """The texts a case is divided into (分割), one row of fields a part."""

    parts = FieldList(FormField(PartForm), min_entries=FEWEST_PARTS, max_entries=MOST_PARTS)
    reason = TextAreaField("分割する理由", filters=[clean], description=INNER)

    @property
    def has_room(self) -> bool:
        """Whether one more part can be added (分割の上限)."""
        return len(self.parts) < MOST_PARTS

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Put the refusals of the service at their fields, those of a part among them."""
        singles = {field.id: field for field in self.single_fields()}
        for name, messages in errors.items():
            if name in singles and name != "reason":
                self.add_errors_at(self.parts, singles[name], messages)
            elif name == "parts":
                self.form_errors.extend(messages)
            else:
                super().add_errors({name: messages})

    def to_command(self) -> SplitCase:
        """Make the command of the form."""
        texts = tuple(
            {name: row.form[name].data or "" for name in DIVIDED_FIELDS} for row in self.parts
        )
        return SplitCase(version=self.opened_version, texts=texts, reason=self.reason.data or "")


def texts_of(proposal: Proposal) -> dict[str, Any]:
    """Texts of a case as each part starts with them (分割の初期値)."""
    return {name: getattr(proposal, name) for name in DIVIDED_FIELDS}


class DuplicateForm(CaseForm):
    """The case that this one is the same as (重複の印)."""

    numbers = StringField(
        "重複する提案の受付番号", filters=[clean], description="例：R6-0228。1件だけ入力します。"
    )
    reason = TextAreaField(
        "重複とみる理由",
        filters=[clean],
        description="どこが同じかを書きます。提案の履歴に残ります。団体には見えません。",
    )

    def to_command(self, other: Proposal) -> MarkDuplicate:
        """Make the command of the form."""
        return MarkDuplicate(
            version=self.opened_version, duplicate_of=other, reason=self.reason.data or ""
        )
