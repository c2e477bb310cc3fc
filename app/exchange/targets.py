"""Which proposal and which body a row is about (行の対象)."""

from collections.abc import Callable, Sequence

from app.accounts.models import Organization, User
from app.core.codes import is_local_government_code
from app.core.errors import DomainError
from app.exchange.columns import KEY_LABELS, Key
from app.exchange.keys import draft_id_in, folded, folded_number, repaired_code
from app.exchange.rows import ImportRow
from app.exchange.scopes import Scope
from app.proposals.models import Proposal
from app.proposals.policy import EDIT_REFUSED, authorize_edit, can_draft
from app.proposals.services.drafts import NOT_EDITABLE, NOT_OPENED, check_editable
from app.rounds.models import Round

NO_BODY = "団体コードを書いてください"
NO_WRITER = "この団体には、提案を書ける利用者がまだ登録されていません"
NOT_FOUND = (
    "この{label}の提案は見つかりません。番号を確かめるか、新しい提案にするときは空欄にしてください"
)
TWICE = "同じ提案の行が2つあります（{row}行目）。1つにしてください"
OTHER_ROUND = "募集回{key}の提案です。募集回を選び直してください"
OTHER_BODY = "この提案の団体コードは{code}です。取込みで提案団体は変えられません"
BAD_CODE = "団体コードは、検査数字を含む6桁の数字です。番号を確かめてください"
SUBMITTED_ALREADY = (
    "この下書きは提出済みです（{number}）。取り込み直すときは、受付番号の列に書いてください"
)
AMEND_INSTEAD = (
    "提出した提案は取込みでは直せません。変更したいときは、提案の画面から変更を申し出てください"
)

# Takes the row, the column and the reason of an error.
Say = Callable[[ImportRow, str, str], None]


class Targets:
    """Proposals and bodies that the rows name, read once for the whole import (行の対象)."""

    def __init__(self, rows: Sequence[ImportRow], round_: Round, scope: Scope, say: Say) -> None:
        self.round = round_
        self.scope = scope
        self.say = say
        self.seen: dict[int, int] = {}
        self.repaired: list[str] = []
        numbers = {folded_number(row.text(Key.RECEIPT_NUMBER)) for row in rows}
        ids = {draft_id_in(row.text(Key.DRAFT_ID)) for row in rows}
        found = scope.known(
            sorted(number for number in numbers if number),
            sorted(id_ for id_ in ids if id_ is not None),
        )
        self.by_id = {proposal.id: proposal for proposal in found}
        self.by_number = {row.receipt_number: row for row in found if row.receipt_number}

    def proposal_of(self, row: ImportRow) -> Proposal | None:
        """Proposal the row names; None for a new one, or after an error was said."""
        number = folded_number(row.text(Key.RECEIPT_NUMBER))
        draft = row.text(Key.DRAFT_ID)
        if not number and not draft:
            return None
        key = Key.RECEIPT_NUMBER if number else Key.DRAFT_ID
        found = self.by_number.get(number) if number else self.by_id.get(draft_id_in(draft) or 0)
        problem = self._problem(found, key)
        if found is None or problem:
            self.say(row, key, problem)
            return None
        if found.id in self.seen:
            self.say(row, key, TWICE.format(row=self.seen[found.id]))
            return None
        self.seen[found.id] = row.place.row
        return found

    def _problem(self, found: Proposal | None, key: Key) -> str:
        if found is None:
            return NOT_FOUND.format(label=KEY_LABELS[key])
        if found.round_id != self.round.id:
            return OTHER_ROUND.format(key=found.round.key)
        if key is Key.DRAFT_ID and found.receipt_number is not None:
            return SUBMITTED_ALREADY.format(number=found.receipt_number)
        return ""

    def body_of(self, row: ImportRow, proposal: Proposal | None) -> Organization | None:
        """Body whose proposal the row is (提案団体); None after an error was said."""
        code = self._code_of(row)
        if proposal is not None:
            if code and code != proposal.organization.code:
                reason = OTHER_BODY.format(code=proposal.organization.code)
                self.say(row, Key.ORGANIZATION_CODE, reason)
            return proposal.organization
        named = self.scope.body_with_code(code) if code else self.scope.default_body()
        if not isinstance(named, Organization):
            self.say(row, Key.ORGANIZATION_CODE, named or NO_BODY)
            return None
        problem = self._start_problem(self.scope.actor_for(named.id))
        if problem:
            self.say(row, Key.ORGANIZATION_CODE, problem)
        return named

    def _code_of(self, row: ImportRow) -> str:
        typed = row.text(Key.ORGANIZATION_CODE)
        code = repaired_code(typed)
        if code != folded(typed):
            self.repaired.append(f"{row.place.row}行目 {code}")
        if code and not is_local_government_code(code):
            self.say(row, Key.ORGANIZATION_CODE, BAD_CODE)
            return ""
        return code

    def _start_problem(self, actor: User | None) -> str:
        if actor is None:
            return NO_WRITER
        if not can_draft(actor):
            return EDIT_REFUSED
        return "" if self.round.has_opened() else NOT_OPENED

    def edit_problem(self, proposal: Proposal) -> str:
        """Why an import cannot change the proposal, in words; empty when it can (編集の可否)."""
        actor = self.scope.actor_for(proposal.organization_id)
        if actor is None:
            return NO_WRITER
        try:
            authorize_edit(actor, proposal)
            check_editable(proposal)
        except DomainError as error:
            return AMEND_INSTEAD if error.message == NOT_EDITABLE else error.message
        return ""
