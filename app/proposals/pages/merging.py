"""Page on which two savings of one text are put together (変更の統合)."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from flask import render_template

from app.accounts.models import User
from app.proposals.content import field_of, names_of
from app.proposals.forms.merging import (
    BASE_VERSION,
    EDITED,
    NOT_CHOSEN,
    Comparison,
    choices_in,
    is_text,
    sent_pairs,
    shown,
)
from app.proposals.forms.writing import ProposalForm
from app.proposals.models import DraftVersion, Proposal
from app.proposals.pages.addresses import edit_url
from app.proposals.pages.parts import case_frame
from app.proposals.versions import Saving, changed_names, saving_of, savings_after


class Clash(NamedTuple):
    """A field that both sides changed (両方が変えた項目)."""

    name: str
    label: str
    theirs: str
    mine: str
    saving: Saving | None
    is_text: bool
    choice: str
    edited: str
    errors: Sequence[str]


class Taken(NamedTuple):
    """A field that one side changed (片方だけが変えた項目): before, after, and who."""

    name: str
    label: str
    before: str
    after: str
    saving: Saving | None


class Texts(NamedTuple):
    """The three texts of a merge (三者): of the reader, of the others, and what both began from."""

    mine: ProposalForm
    theirs: ProposalForm
    base: ProposalForm | None
    base_version: int


def merge_page(
    proposal: Proposal,
    actor: User,
    texts: Texts,
    compared: Comparison,
    undecided: Collection[str] = (),
    sent: Mapping[str, str] | None = None,
) -> str:
    """Render the merge (変更の統合).

    `undecided` are the fields whose choice was not made in `sent`, the merge that is shown again.
    """
    savings = savings_after(proposal, texts.base_version)
    return render_template(
        "proposals/merge.html",
        form=texts.mine,
        proposal=proposal,
        url=edit_url(proposal),
        clashes=[
            _clash(
                texts,
                name,
                _saving(proposal, name, savings),
                sent or {},
                is_undecided=name in undecided,
            )
            for name in compared.clashing
        ],
        theirs=[
            _taken(texts, texts.theirs, name, _saving(proposal, name, savings))
            for name in compared.only_theirs
        ],
        mine=[_taken(texts, texts.mine, name, None) for name in compared.only_mine],
        savers=_savers(savings, actor),
        has_base=texts.base is not None,
        hidden=[*sent_pairs(texts.mine), (BASE_VERSION, str(texts.base_version))],
        **case_frame(proposal, actor),
    )


def _clash(
    texts: Texts,
    name: str,
    saving: Saving | None,
    sent: Mapping[str, str],
    *,
    is_undecided: bool,
) -> Clash:
    field = texts.mine[name]
    errors = [NOT_CHOSEN] if is_undecided else []
    return Clash(
        name=name,
        label=field.label.text,
        theirs=shown(texts.theirs[name]),
        mine=shown(field),
        saving=saving,
        is_text=is_text(field),
        choice=choices_in(sent).get(name, ""),
        edited=sent.get(f"{EDITED}{name}", shown(field)),
        errors=[*errors, *(str(message) for message in field.errors)],
    )


def _taken(texts: Texts, after: ProposalForm, name: str, saving: Saving | None) -> Taken:
    before = shown(texts.base[name]) if texts.base else ""
    return Taken(name, after[name].label.text, before, shown(after[name]), saving)


def _saving(proposal: Proposal, name: str, savings: list[DraftVersion]) -> Saving | None:
    """Who changed a field last, as far as the kept texts tell; else who saved last."""
    field = field_of(proposal.round, name)
    names = set(names_of(field)) if field else {name}
    for newer, older in pairwise(savings):
        if names & changed_names(newer.content, older.content):
            return saving_of(newer)
    return saving_of(savings[-1]) if savings else None


def _savers(savings: list[DraftVersion], actor: User) -> list[tuple[Saving, bool]]:
    """Who has saved since, latest first, one line a person, and whether it is the reader."""
    latest: dict[int, Saving] = {}
    for row in savings:
        saving = saving_of(row)
        latest.setdefault(saving.by_id, saving)
    return [(saving, saving.by_id == actor.id) for saving in latest.values()]
