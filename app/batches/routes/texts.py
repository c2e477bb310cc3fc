"""The texts and their versions (文面の画面): who wrote what, when and why."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.accounts.models import User
from app.batches.destinations import proposed_destinations
from app.batches.forms import TextForm
from app.batches.models import TextKind
from app.batches.placeholders import MEANINGS, USABLE, Placeholder, text_problems, unresolved
from app.batches.policy import can_write_texts
from app.batches.routes.blueprint import blueprint, done, status_of
from app.batches.services.texts import write_text
from app.batches.texts import KIND_LABELS, KIND_OF_PURPOSE, TextBook, purpose_of, versions_of
from app.batches.values import case_values, due_words
from app.core.access import roles
from app.core.errors import NotFound
from app.core.placeholders import fill
from app.core.text import normalize_input
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import SECRETARIAT_ROLES, proposals_visible_to
from app.rounds.choice import chosen_round
from app.rounds.models import Category, Round
from app.routing.evidence import cited_entries
from app.workflow.handoffs import HandoffPart, HandoffPurpose
from app.workflow.states import State

Answer = str | Response | tuple[str, int]

NO_ROUND = "募集回がありません。募集回を作ってから開いてください。"
NO_TEXT = "この文面は見つかりません。文面の一覧から選んでください。"
NO_CASE = "この受付番号の、分類が確定した提案は見つかりません。番号を確かめてください"
SAMPLE_MINISTRY = "○○省"


@blueprint.get("/handoffs/texts")
@roles(*SECRETARIAT_ROLES)
def texts() -> str:
    """Texts in force, class by class (文面)."""
    round_ = _round()
    book = TextBook(round_.scheme)
    kinds = [
        (kind, None) for kind in (TextKind.COVER_LETTER, TextKind.REQUEST, TextKind.INFORMATION)
    ]
    own = [(KIND_OF_PURPOSE[purpose_of(row)], row) for row in round_.scheme.categories]
    return render_template(
        "batches/texts.html",
        round=round_,
        rows=[(kind, category, book.text_for(kind, category)) for kind, category in [*kinds, *own]],
        kind_labels=KIND_LABELS,
        may_write=can_write_texts(current_actor()),
    )


@blueprint.route("/handoffs/texts/<text_kind>", methods=["GET", "POST"])
@roles(*SECRETARIAT_ROLES)
def text(text_kind: str) -> Answer:
    """One text with its versions; the lead writes it anew, after a look at a case (文面の変更)."""
    actor = current_actor()
    round_ = _round()
    kind, category = _chosen(text_kind, round_)
    book = TextBook(round_.scheme)
    current = book.text_for(kind, category)
    form = TextForm(number=str(book.number_of(kind, category)), body=current.body)
    sample = ""
    if "preview" in request.form:
        if form.validate():
            sample = _sample(actor, round_, kind, form)
    elif done(
        form, lambda: write_text(round_.scheme, kind, category, form.to_command(), actor=actor)
    ):
        flash("文面を保存しました。次の送付から使われます。送付済みの文は変わりません。", "status")
        return redirect(url_for("batches.texts"))
    page = render_template(
        "batches/text.html",
        form=form,
        kind=kind,
        label=KIND_LABELS[kind],
        category=category,
        current=current,
        sample=sample,
        usable=[(word, MEANINGS[word]) for word in USABLE[kind]],
        versions=versions_of(round_.scheme, kind, category),
        may_write=can_write_texts(actor),
    )
    return page, status_of(form)


def _sample(actor: User, round_: Round, kind: TextKind, form: TextForm) -> str:
    """The typed text as it would reach a ministry; what is missing is said at its field."""
    body = form.body.data or ""
    problems = text_problems(body, kind)
    if problems:
        form.add_errors({"body": problems})
        return ""
    values = _sample_values(actor, round_, kind, normalize_input(form.case.data or ""))
    if values is None:
        form.add_errors({"case": [NO_CASE]})
        return ""
    missing = unresolved(body, values)
    if missing:
        said = [f"この提案では「{{{name}}}」に入れる値がありません" for name in missing]
        form.add_errors({"case": said})
        return ""
    return fill(body, values)


def _sample_values(
    actor: User, round_: Round, kind: TextKind, number: str
) -> dict[str, str] | None:
    due = due_words(round_, None, HandoffPurpose.REQUEST)
    if kind is TextKind.COVER_LETTER:
        return {
            Placeholder.ROUND: round_.label,
            Placeholder.MINISTRY: SAMPLE_MINISTRY,
            Placeholder.COUNT: "12",
            Placeholder.DUE: due,
        }
    proposal = db.session.scalars(
        proposals_visible_to(actor).where(
            Proposal.receipt_number == number, Proposal.state == State.CLASSIFIED
        )
    ).one_or_none()
    if proposal is None:
        return None
    proposed = proposed_destinations([proposal], actor=actor)[proposal.id]
    if not proposed:
        return None
    return case_values(
        proposal,
        proposed[0].organization,
        HandoffPart.LEAD,
        cited=cited_entries([proposal]).get(proposal.id, []),
        due=due,
    )


def _chosen(text_kind: str, round_: Round) -> tuple[TextKind, Category | None]:
    if text_kind not in list(TextKind):
        raise NotFound(NO_TEXT)
    key = normalize_input(request.args.get("category", ""))
    category = next((row for row in round_.scheme.categories if row.key == key), None)
    if (key and category is None) or (key and text_kind == TextKind.COVER_LETTER):
        raise NotFound(NO_TEXT)
    return TextKind(text_kind), category


def _round() -> Round:
    found = chosen_round()
    if found is None:
        raise NotFound(NO_ROUND)
    return found
