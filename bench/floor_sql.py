"""SQL of the floor (床の問い合わせ): one page, by hand, `?` for a value on either database."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

DAY_SQLITE = "substr(state_since, 1, 10)"
DAY_POSTGRESQL = "CAST(state_since AS date)"

LIST = """
SELECT p.id, p.receipt_number, p.due_on, p.title, p.state, p.state_since, c.code, o.name
FROM proposal p JOIN organization o ON o.id = p.organization_id
LEFT JOIN category c ON c.id = coalesce(p.category_id, p.provisional_category_id)
WHERE p.round_id = ? AND p.state = ?
ORDER BY p.receipt_sequence, p.id LIMIT 50
"""
LIST_COUNTS = """
SELECT count(*), count(*) FILTER (WHERE state = ?),
       count(*) FILTER (WHERE state = ? AND state = 'withdrawn')
FROM proposal WHERE round_id = ? AND state <> 'draft'
"""
REVIEWERS = """
SELECT a.proposal_id, u.display_name FROM assignment a JOIN user_account u ON u.id = a.reviewer_id
WHERE a.ended_at IS NULL AND a.proposal_id IN ({marks}) ORDER BY a.id
"""

CASE = """
SELECT p.id, p.receipt_number, p.title, p.detail, p.requested_measure, p.hardship_case, p.effect,
       p.legal_basis, p.adoption_status, p.contact_department, p.contact_email, p.state,
       p.state_since, p.due_on, p.outcome_text, o.name, c.code, c.label, c.response_policy
FROM proposal p JOIN organization o ON o.id = p.organization_id
LEFT JOIN category c ON c.id = p.category_id
WHERE p.receipt_number = ?
"""
ENTRIES = """
SELECT occurred_at, verb, actor_label, from_state, to_state, reason FROM audit_event
WHERE subject_type = 'proposal' AND subject_id = ? ORDER BY seq DESC
"""
ASSIGNMENTS = """
SELECT u.display_name, a.due_on FROM assignment a JOIN user_account u ON u.id = a.reviewer_id
WHERE a.proposal_id = ? AND a.ended_at IS NULL
"""
CLOCKS = "SELECT term, due_on, ended_at FROM case_clock WHERE proposal_id = ? ORDER BY id"

BACKLOG = """
SELECT state, {day}, count(*), sum(CASE WHEN due_on < CURRENT_DATE THEN 1 ELSE 0 END)
FROM proposal
WHERE round_id = ? AND state IN ('submitted', 'returned', 'accepted', 'in_review',
                                 'in_confirmation', 'pending')
GROUP BY 1, 2 ORDER BY 1, 2
"""
HOLDERS = """
SELECT u.display_name, count(*) FROM assignment a
JOIN proposal p ON p.id = a.proposal_id JOIN user_account u ON u.id = a.reviewer_id
WHERE a.ended_at IS NULL AND p.round_id = ? AND p.state = 'in_review'
GROUP BY u.id, u.display_name ORDER BY u.id
"""

CLASSIFICATION = """
SELECT c.code, c.label, c.response_policy, p.state, count(*)
FROM proposal p LEFT JOIN category c ON c.id = p.category_id
WHERE p.round_id = ? AND p.state NOT IN ('draft', 'withdrawn')
GROUP BY c.id, c.code, c.label, c.response_policy, p.state ORDER BY c.code, p.state
"""
BODIES = """
SELECT count(DISTINCT organization_id) FROM proposal
WHERE round_id = ? AND state NOT IN ('draft', 'withdrawn')
"""

CHANGE = """
UPDATE proposal SET state = 'in_review', state_since = ?, version = version + 1
WHERE receipt_number = ? AND version = ? AND state = 'accepted'
"""
CHANGE_ENTRY = """
INSERT INTO floor_entry (receipt_number, occurred_at, verb, from_state, to_state)
VALUES (?, ?, ?, ?, ?)
"""
ENTRY_TABLE_SQLITE = """
CREATE TABLE IF NOT EXISTS floor_entry (id INTEGER PRIMARY KEY, receipt_number TEXT NOT NULL,
  occurred_at DATETIME NOT NULL, verb TEXT NOT NULL, from_state TEXT, to_state TEXT)
"""
ENTRY_TABLE_POSTGRESQL = """
CREATE TABLE IF NOT EXISTS floor_entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  receipt_number text NOT NULL, occurred_at timestamptz NOT NULL, verb text NOT NULL,
  from_state text, to_state text)
"""

# Through the index of pairs of letters, the newest first; the text itself says whether it is a hit.
# More than a page, for the counts beside it: as the product, of the first thousand.
SEARCH_SQLITE = """
SELECT d.id, d.kind, d.case_id, p.state, p.round_id, p.category_id
FROM search_gram g JOIN search_document d ON d.id = g.rowid LEFT JOIN proposal p ON p.id = d.case_id
WHERE search_gram MATCH ? AND instr(d.folded, ?) > 0 AND coalesce(p.state, '') <> 'draft'
ORDER BY g.rowid DESC LIMIT 1001
"""
SEARCH_POSTGRESQL = """
SELECT d.id, d.kind, d.case_id, p.state, p.round_id, p.category_id
FROM search_document d LEFT JOIN proposal p ON p.id = d.case_id
WHERE d.grams @> CAST(? AS int[]) AND strpos(d.folded, ?) > 0 AND coalesce(p.state, '') <> 'draft'
ORDER BY d.id DESC LIMIT 1001
"""
HITS = """
SELECT d.id, coalesce(p.receipt_number, d.kind), p.title,
       substr(coalesce(p.detail, d.folded), 1, 120)
FROM search_document d LEFT JOIN proposal p ON p.id = d.case_id
WHERE d.id IN ({marks}) ORDER BY d.id DESC
"""
PAGE = 20
COUNTED = (1, 3, 4, 5)  # kind, state, round, category

# Numbers of the pairs of letters, as the index holds them.
SPREAD = 40_503
LARGEST = 0x7FFFFFFF

Rows = Callable[..., list[Any]]


class Found(NamedTuple):
    """Hits of a search (検索の結果), and how many there are of each kind, state, …."""

    rows: list[Any]
    count: int
    counts: list[Counter[Any]]


def search(rows: Rows, key: str, *, is_sqlite: bool) -> Found:
    """Find what holds a word, folded beforehand: a page of hits and the counts beside it."""
    grams = sorted({(ord(a) * SPREAD + ord(b)) & LARGEST for a, b in pairwise(key)})
    if is_sqlite:
        found = rows(SEARCH_SQLITE, " AND ".join(f'"g{gram:x}"' for gram in grams), key)
    else:
        found = rows(SEARCH_POSTGRESQL, grams, key)
    ids = [row[0] for row in found[:PAGE]]
    marks = ",".join("?" * len(ids)) or "NULL"
    counts = [Counter(row[place] for row in found) for place in COUNTED]
    return Found(rows(HITS.format(marks=marks), *ids), len(found), counts)
