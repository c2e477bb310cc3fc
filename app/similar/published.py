"""Published cases near to a title (公表された提案): what the public reads of them, and no more.

Their public copies are compared, by their titles: the text of the case may hold what was left out
of the copy, and neither a word nor an order may tell of that.
"""

import numpy as np
from sqlalchemy import select

from app.accounts.models import User
from app.core.text import search_key
from app.extensions import db
from app.proposals.models import Proposal, Publication
from app.proposals.publications import is_live
from app.similar.compared import Text, fingerprint_of, forms_of
from app.similar.index import MOST_ENCODED
from app.similar.letters import pairs_of, parts_of
from app.similar.presentation import LONGEST_TITLE, SimilarCase, quoted
from app.similar.queries import comparable_for
from app.similar.scoring import best, scores
from app.similar.search import form_of_text
from app.similar.store import Kept, Slots, store
from app.similar.words import shared_words

MOST_PUBLISHED = 3


def published_cases(actor: User, title: str) -> list[SimilarCase]:
    """Up to three published cases near to a title, the nearest first, of those not open otherwise.

    What the actor may read as a case (own, shared, opened) stands among the similar cases already.
    """
    asked = Text(title[:LONGEST_TITLE])
    parts = parts_of(asked.whole())
    titles = _titles(actor) if parts else {}
    ids, slots, kept = _ready(titles)
    if not len(ids):
        return []
    near = scores(kept, slots, form_of_text(asked), pairs_of(parts))
    found = [int(ids[place]) for place in best(near.total, ids, MOST_PUBLISHED)]
    rows = db.session.scalars(select(Publication).where(Publication.id.in_(found)))
    by_id = {row.id: row for row in rows}
    return [_shown(by_id[one], asked, near.weights) for one in found]


def _titles(actor: User) -> dict[int, str]:
    """Titles of the public copies (公表された提案概要) by the id of the copy."""
    known = select(Proposal.id).where(comparable_for(actor))
    rows = db.session.execute(
        select(Publication.id, Publication.content["title"].as_string())
        .where(is_live(), Publication.proposal_id.not_in(known))
        .order_by(Publication.id)
    )
    return {row[0]: row[1] for row in rows}


def _ready(titles: dict[int, str]) -> tuple[Slots, Slots, Kept]:
    """Copies that can be compared now; the rest is computed with the next pages, some at a time."""
    names = np.fromiter((fingerprint_of(Text(title)) for title in titles.values()), dtype=np.int64)
    places = store.kept().slots_of(names)
    missing = [title for title, place in zip(titles.values(), places, strict=True) if place < 0]
    kept = store.add(forms_of([Text(title) for title in dict.fromkeys(missing[:MOST_ENCODED])]))
    slots = kept.slots_of(names)
    is_there = slots >= 0
    return np.fromiter(titles, dtype=np.int64)[is_there], slots[is_there], kept


def _shown(copy: Publication, asked: Text, weights: dict[str, float]) -> SimilarCase:
    title = copy.content["title"]
    return SimilarCase(
        id=copy.proposal_id,
        number=copy.receipt_number,
        title=title,
        round_label=copy.content["round"],
        body=copy.body_words,
        words=quoted(shared_words(asked.whole(), search_key(title), weights)),
        sentences=None,
        badge=None,
        outcome=None,
        place="published",
    )
