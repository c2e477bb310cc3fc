"""The form of a handover (引継ぎの入力様式)."""

from collections.abc import Mapping

from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.forms.fields import IsDate, day_in
from app.core.forms import CharacterLimit, JaForm, clean
from app.triage.services.handover import HandOver

LONGEST_NOTE = 1000
LONGEST_ID = 9  # digits; anything longer is no id of ours


class CasesField(SelectMultipleField):
    """Cases as boxes to tick (提案)."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class HandOverForm(JaForm):
    """What goes to whom (引継ぎ)."""

    # Judged by the service, which says in words what changed since the page was opened.
    proposal_ids = CasesField("引き継ぐ仕事", coerce=int, validate_choice=False)
    successor_id = SelectField("引継ぎ先", validate_choice=False)
    note = TextAreaField(
        "引継ぎのメモ",
        [CharacterLimit(LONGEST_NOTE)],
        [clean],
        description="提案ごとの履歴に残ります。団体の提案のメモは、団体と事務局が読めます。",
    )
    ends_on = StringField(
        "利用の末日",
        [IsDate()],
        [clean],
        description="入力すると、翌日の0時から、この人は使えなくなります。例：令和9年3月31日、R9.3.31",
    )

    def to_command(self, others: Mapping[int, int]) -> HandOver:
        """Make the command of the form; `others` are the successors of single cases."""
        chosen = self.successor_id.data or ""
        return HandOver(
            successor_id=int(chosen) if chosen.isdecimal() and len(chosen) <= LONGEST_ID else None,
            proposal_ids=tuple(self.proposal_ids.data or ()),
            note=self.note.data or "",
            ends_on=day_in(self.ends_on.data),
            others=others,
        )
