"""The cases nearest to a text (類似の提案を探す), with what makes each of them near."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, select

from app.extensions import db
from app.proposals.models import Proposal
from app.similar.compared import Text, TextForm, fingerprint_of, forms_of
from app.similar.index import indexed
from app.similar.letters import pairs_of, parts_of
from app.similar.scoring import best, scores
from app.similar.store import store
from app.similar.words import NearSentences, near_sentences, shared_words

HIGHEST = 100


class Hit(NamedTuple):
    """A case near to the text (似た提案): how near (0–100), and why.

    `words` both have in common, as the text has them; where they share none, the two `sentences`
    that mean most nearly the same.
    """

    id: int
    words: list[str]
    score: int = 0
    sentences: NearSentences | None = None


class Found(NamedTuple):
    """The nearest cases, and how many could not be compared yet (索引の作成待ち)."""

    hits: list[Hit]
    left_out: int


def nearest(
    text: Text, condition: ColumnElement[bool], limit: int, *, apart_from: int | None = None
) -> Found:
    """Find the cases nearest to a text among those that meet a condition on the reader.

    `apart_from` is the case the text is of. A text without a single telling word finds nothing.
    """
    parts = parts_of(text.whole())
    if not parts:
        return Found([], 0)
    among = indexed(condition)
    others = among.without(apart_from)
    if not len(others.ids):
        return Found([], among.left_out)
    asked = form_of_text(text)
    near = scores(others.kept, others.slots, asked, pairs_of(parts))
    places = best(near.total, others.ids, limit)
    hits = _explained(text, [int(others.ids[place]) for place in places], near.weights)
    return Found(
        [
            hit._replace(score=percent(near.total[place]))
            for hit, place in zip(hits, places, strict=True)
        ],
        among.left_out,
    )


def form_of_text(text: Text) -> TextForm:
    """Form of a text: the one kept of a case with this text, or computed now."""
    name = fingerprint_of(text)
    kept = store.kept()
    slot = int(kept.slots_of(np.array([name], dtype=np.int64))[0])
    if slot < 0:
        return forms_of([text])[0]
    return TextForm(name, kept.meanings[slot].astype(np.float32), kept.pairs_at(slot))


def _explained(text: Text, ids: Sequence[int], weights: Mapping[str, float]) -> list[Hit]:
    rows = db.session.execute(
        select(Proposal.id, Proposal.title, Proposal.detail, Proposal.search_key).where(
            Proposal.id.in_(ids)
        )
    )
    by_id = {row.id: row for row in rows}
    words = {key: shared_words(text.whole(), by_id[key].search_key, weights) for key in ids}
    wordless = [key for key in ids if not words[key]]
    others = [Text(by_id[key].title, by_id[key].detail).whole() for key in wordless]
    sentences = dict(zip(wordless, near_sentences(text.whole(), others), strict=True))
    return [Hit(key, words[key], sentences=sentences.get(key)) for key in ids]


def percent(score: float) -> int:
    """A score as people read it (近さ): 100 for the same text, never more."""
    return max(0, min(HIGHEST, round(HIGHEST * score)))
