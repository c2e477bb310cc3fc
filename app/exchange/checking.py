"""The check of an import (取込みの確認): every error of every row, nothing written."""

from collections.abc import Callable

from sqlalchemy import select

from app.accounts.models import Organization
from app.core.errors import InvalidInput
from app.core.text import search_key
from app.exchange.answers import UnreadableAnswer, all_ministries, read_answer, written
from app.exchange.columns import Key
from app.exchange.contents import (
    ContentReader,
    Values,
    changed_fields,
    missing_words,
    present_values,
    with_unchanged,
)
from app.exchange.keys import names_round
from app.exchange.result import Change, CheckResult, Finding, Line, LineKind
from app.exchange.rows import Entry, ImportRow, Upload
from app.exchange.scopes import Scope
from app.exchange.targets import OTHER_ROUND, Targets
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.services.drafts import ProposalContent, check_content
from app.rounds.models import FormField, Round
from app.workflow.states import State

PROGRESS_ROWS = 100
SHOWN_VALUE = 60  # characters

Progress = Callable[[int], None]


def check_rows(
    upload: Upload, round_: Round, scope: Scope, *, progress: Progress | None = None
) -> CheckResult:
    """Check every row of an import against rules and presence (取込みの確認).

    Reads only. `progress` is told, every PROGRESS_ROWS rows, how many are done.
    """
    check = _Check(upload, round_, scope)
    for done, row in enumerate(upload.rows, start=1):
        check.look_at(row)
        if progress is not None and done % PROGRESS_ROWS == 0:
            progress(done)
    check.result.notices += check.notes()
    return check.result


class _Check:
    """One check: what was read once, and what was found so far."""

    def __init__(self, upload: Upload, round_: Round, scope: Scope) -> None:
        self.upload = upload
        self.round = round_
        self.labels = {column.name: column.label for column in upload.columns}
        self.fields = {
            column.name: column.field for column in upload.columns if column.field is not None
        }
        self.ministries = all_ministries()
        self.reader = ContentReader(round_)
        self.titles: dict[int, dict[str, str]] = {}
        self.partners: list[str] = []
        self.twins: list[str] = []
        self.result = CheckResult(notices=list(upload.notices))
        self.targets = Targets(upload.rows, round_, scope, self._say)

    def notes(self) -> list[str]:
        """Things worth a look that keep nothing from being saved (注意)."""
        found = []
        if self.targets.repaired:
            listed = "、".join(self.targets.repaired)
            found.append(f"団体コードの先頭の0が落ちていたため補いました（{listed}）。")
        if self.partners:
            listed = "、".join(self.partners)
            found.append(
                "共同提案団体コードは取り込みません。取り込んだ後、提案の画面で依頼してください"
                f"（{listed}）。"
            )
        return found + self.twins

    def look_at(self, row: ImportRow) -> None:
        """Judge one row: an error or several, or what it would do."""
        before = len(self.result.errors)
        self._find_faults(row)
        proposal = self.targets.proposal_of(row)
        body = self.targets.body_of(row, proposal)
        values = self._values_of(row, proposal)
        content = self._content_of(row, values)
        if len(self.result.errors) > before or content is None or body is None:
            self.result.lines.append(_faulty(row, proposal, values))
        elif proposal is None:
            self._add_new(row, body, content)
        else:
            self._add_known(row, proposal, values, content)
        # In the order of the columns, as somebody mends a row from left to right.
        order = {entry.cell: position for position, entry in enumerate(row.entries.values())}
        self.result.errors[before:] = sorted(
            self.result.errors[before:], key=lambda error: order.get(error.cell, -1)
        )

    # --- What stands in the row -------------------------------------------------------------------

    def _find_faults(self, row: ImportRow) -> None:
        for name, entry in row.entries.items():
            if entry.fault:
                self._say(row, name, entry.fault)
        named = row.text(Key.ROUND)
        if not names_round(named, self.round):
            self._say(row, Key.ROUND, OTHER_ROUND.format(key=named))

    def _values_of(self, row: ImportRow, proposal: Proposal | None) -> Values:
        values = present_values(self.round, proposal)
        for name, field in self.fields.items():
            entry = row.entries.get(name)
            if entry is None or entry.fault:
                continue
            try:
                values[name] = read_answer(field, entry.text, self.ministries)
            except UnreadableAnswer as error:
                self._say(row, name, str(error))
        return values

    def _content_of(self, row: ImportRow, values: Values) -> ProposalContent | None:
        """The command of the row; None after what form and service refuse was said."""
        content, errors = self.reader.read(values)
        if content is not None:
            try:
                check_content(self.round, content)
            except InvalidInput as error:
                errors = error.errors
        for name, messages in errors.items():
            for message in messages:
                self._say(row, name, message)
        return None if errors else content

    # --- What it would do -------------------------------------------------------------------------

    def _add_new(self, row: ImportRow, body: Organization, content: ProposalContent) -> None:
        self._note_twin(row, body, content.title)
        if row.text(Key.PARTNER_CODES):
            self.partners.append(f"{row.place.row}行目")
        self.result.lines.append(
            Line(
                place=row.place,
                kind=LineKind.NEW,
                title=content.title,
                organization_id=body.id,
                missing=missing_words(self.round, content),
                content=content,
            )
        )

    def _add_known(
        self, row: ImportRow, proposal: Proposal, values: Values, content: ProposalContent
    ) -> None:
        present = present_values(self.round, proposal)
        changed = changed_fields(self.round, present, values, is_cp932=self.upload.is_cp932)
        if changed:
            content = with_unchanged(proposal, content, changed)
            refusal = self.targets.edit_problem(proposal)
            if refusal:
                self._say(row, _key_of(proposal), refusal)
        self.result.lines.append(
            Line(
                place=row.place,
                kind=LineKind.CHANGED if changed else LineKind.UNCHANGED,
                reference=_reference(proposal),
                title=content.title,
                organization_id=proposal.organization_id,
                proposal_id=proposal.id,
                version=proposal.version,
                changes=[self._change(field, present, values) for field in changed],
                missing=missing_words(self.round, content) if changed else (),
                content=content if changed else None,
            )
        )

    def _change(self, field: FormField, before: Values, after: Values) -> Change:
        return Change(
            self.labels[field.name],
            written(field, before[field.name], self.ministries),
            written(field, after[field.name], self.ministries),
        )

    def _note_twin(self, row: ImportRow, body: Organization, title: str) -> None:
        """Tell of a proposal of the body with the same title: the file may have come before."""
        if body.id not in self.titles:
            self.titles[body.id] = self._titles_of(body)
        key = search_key(title)
        twin = self.titles[body.id].get(key)
        place = f"{row.place.file} {row.place.row}行目"
        if key and twin:
            self.twins.append(
                f"{place}：同じ提案概要の提案が既にあります（{twin}）。"
                "同じものなら、取り込まないでください。"
            )
        elif key:
            self.titles[body.id][key] = place

    def _titles_of(self, body: Organization) -> dict[str, str]:
        rows = db.session.execute(
            select(Proposal.title, Proposal.receipt_number, Proposal.id).where(
                Proposal.organization_id == body.id,
                Proposal.round_id == self.round.id,
                Proposal.state != State.WITHDRAWN,
            )
        )
        return {search_key(title): number or f"下書き{id_}" for title, number, id_ in rows}

    def _say(self, row: ImportRow, name: str, reason: str) -> None:
        entry = row.entries.get(name, Entry("", f"{row.place.row}行"))
        value = entry.text
        self.result.errors.append(
            Finding(
                file=row.place.file,
                sheet=row.place.sheet,
                row=row.place.row,
                cell=entry.cell,
                label=self.labels.get(name, name),
                value=value if len(value) <= SHOWN_VALUE else f"{value[:SHOWN_VALUE]}…",
                reason=reason,
            )
        )


def _faulty(row: ImportRow, proposal: Proposal | None, values: Values) -> Line:
    return Line(
        place=row.place,
        kind=LineKind.FAULTY,
        reference=_reference(proposal) if proposal else "",
        title=str(values.get("title") or ""),
    )


def _key_of(proposal: Proposal) -> Key:
    return Key.RECEIPT_NUMBER if proposal.receipt_number else Key.DRAFT_ID


def _reference(proposal: Proposal) -> str:
    return proposal.receipt_number or f"下書き{proposal.id}"
