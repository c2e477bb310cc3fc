"""Forms filled with what a proposal holds, held or was sent (様式の用意)."""

from flask import request

from app.core.posted_form import FORM_KEY, KEY_SHAPE
from app.proposals.forms.base import UNKNOWN_VERSION, number_in
from app.proposals.forms.merging import (
    BASE_VERSION,
    Comparison,
    choices_in,
    compare,
    edited_input,
    resolve,
)
from app.proposals.forms.writing import ProposalForm, form_values, proposal_form
from app.proposals.models import Proposal
from app.proposals.pages.merging import Texts
from app.proposals.versions import PRESSED, Page, text_at

DRAFT_KEY = "draft_key"


def form_of(proposal: Proposal) -> ProposalForm:
    """Form with what the proposal holds now, whatever was sent (今の内容の様式)."""
    return proposal_form(proposal.round, formdata=None, data=form_values(proposal))


def form_at(proposal: Proposal, version: int) -> ProposalForm | None:
    """Form with what stood in the proposal at a version, None when nobody knows (ある版の様式)."""
    text = proposal if version == proposal.version else text_at(proposal, version)
    return None if text is None else form_of(text)


def sent_form(proposal: Proposal) -> ProposalForm:
    """Form as it was sent, with the texts edited in a merge (送られた様式).

    What was not sent at all, and everything on a GET, is what the proposal holds now.
    """
    values = form_values(proposal)
    if request.method != "POST":
        return proposal_form(proposal.round, data=values)
    return proposal_form(proposal.round, formdata=edited_input(request.form), data=values)


def pressed_page() -> Page:
    """The page whose button was pressed (押した画面)."""
    return Page(_sent_key(FORM_KEY), PRESSED)


def saving_page() -> Page:
    """The page that saves by itself, and its count of savings (自動保存した画面)."""
    return Page(_sent_key(DRAFT_KEY), number_in(request.form.get("sequence", "")) or 0)


def _sent_key(name: str) -> str:
    key = request.form.get(name, "")
    return key if KEY_SHAPE.fullmatch(key) else ""


def is_merge() -> bool:
    """Whether the form that was sent is the one of a merge (変更の統合)."""
    return BASE_VERSION in request.form


def sent_texts(proposal: Proposal, form: ProposalForm) -> Texts:
    """The three texts of a merge that was sent: as the page showed them (統合した三者)."""
    base_version = number_in(request.form.get(BASE_VERSION, ""))
    base_version = UNKNOWN_VERSION if base_version is None else base_version
    shown = form_at(proposal, form.expected_version()) or form_of(proposal)
    return Texts(form, shown, form_at(proposal, base_version), base_version)


def settle(texts: Texts) -> tuple[Comparison, list[str]]:
    """Take over what was chosen in a merge; return the differences and what is undecided."""
    compared = compare(texts.mine, texts.theirs, texts.base)
    return compared, resolve(texts.mine, texts.theirs, texts.base, choices_in(request.form))


def stale_texts(proposal: Proposal, form: ProposalForm) -> Texts:
    """The three texts when another saving came first: the base is what the form began from."""
    base_version = form.expected_version()
    return Texts(form, form_of(proposal), form_at(proposal, base_version), base_version)
