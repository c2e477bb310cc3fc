"""SQL of the floor (床の問い合わせ): one page, by hand, `?` for a value on either database."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

# The list (一覧): its rows, what stands beside them, the counts, and the choices of every filter.
LIST = """
SELECT p.id, p.receipt_number, p.due_on, p.title, p.state, p.state_since, p.is_late,
       p.submitted_at, p.organization_id, c.code, p.category_id IS NULL, o.name
FROM proposal p JOIN organization o ON o.id = p.organization_id
LEFT JOIN category c ON c.id = coalesce(p.category_id, p.provisional_category_id)
WHERE p.round_id = ? AND p.state = ?
ORDER BY p.receipt_sequence, p.branch_number LIMIT 51
"""
LIST_PAGE = 50
REVIEWERS = """
SELECT a.proposal_id, u.display_name FROM assignment a JOIN user_account u ON u.id = a.reviewer_id
WHERE a.ended_at IS NULL AND a.proposal_id IN ({marks}) ORDER BY a.id
"""
LABELS = """
SELECT proposal_id, kind, value FROM proposal_label WHERE proposal_id IN ({marks})
ORDER BY kind, value
"""
TYPES = """
SELECT organization_id, valid_from, valid_to, org_type FROM organization_type
WHERE organization_id IN ({marks}) ORDER BY valid_from
"""
CLOSING_DAYS = "SELECT day, name FROM closing_day WHERE withdrawn_at IS NULL ORDER BY day"
# State by state: each is a run of an index. One GROUP BY looks at every case of the round.
STATES = (
    *("submitted", "returned", "accepted", "in_review", "in_confirmation"),
    *("pending", "classified", "closed", "withdrawn", "merged"),
)
_EACH = "SELECT {}"
_COUNT = "(SELECT count(*) FROM proposal WHERE round_id = ? AND state = '{}')"
LIST_COUNTS = _EACH.format(", ".join(map(_COUNT.format, STATES)))
ROUNDS = "SELECT key, label FROM round ORDER BY opens_at DESC, id DESC"
CATEGORIES = """
SELECT c.key, c.code, c.short_label FROM category c JOIN round r ON r.scheme_id = c.scheme_id
WHERE r.id = ? ORDER BY c.position
"""
PROPOSING = """
SELECT o.code, o.name FROM organization o
WHERE o.code IS NOT NULL AND EXISTS (
  SELECT 1 FROM proposal p
  WHERE p.round_id = ? AND p.organization_id = o.id AND p.state <> 'draft')
ORDER BY o.code
"""
MINISTRIES = "SELECT id, name FROM organization WHERE kind = 'ministry' ORDER BY id"
STAFF = """
SELECT u.login, u.display_name FROM user_account u
WHERE u.disabled_at IS NULL AND u.id IN (
  SELECT user_id FROM user_role WHERE role IN ('officer', 'lead'))
ORDER BY u.id
"""
USED_LABELS = """
SELECT DISTINCT l.kind, l.value FROM proposal_label l JOIN proposal p ON p.id = l.proposal_id
WHERE p.round_id = ?
"""
SAVED_LISTS = "SELECT name, query FROM saved_list WHERE round_id = ? AND is_shared ORDER BY name"
# Asked once for the round, each a list of choices.
CHOICES = (CATEGORIES, PROPOSING, USED_LABELS, SAVED_LISTS)
CHOICES_OF_ALL = (ROUNDS, MINISTRIES, STAFF)

# The page of a case (案件の画面): the case, and each thing that stands on its page.
CASE = """
SELECT p.id, p.receipt_number, p.title, p.detail, p.requested_measure, p.hardship_case, p.effect,
       p.legal_basis, p.adoption_status, p.contact_department, p.contact_email, p.answers, p.state,
       p.state_since, p.due_on, p.is_late, p.submitted_at, p.outcome_text, r.id, r.label,
       o.name, c.code, c.label, c.response_policy
FROM proposal p JOIN organization o ON o.id = p.organization_id JOIN round r ON r.id = p.round_id
LEFT JOIN category c ON c.id = p.category_id
WHERE p.receipt_number = ?
"""
_BESIDE = (
    *("deadline_change", "extension_request", "handoff", "body_view", "proposal_label"),
    *("co_proposer", "correction_request", "endorsement", "amendment", "opened_proposal"),
    *("watch", "candidate_case", "candidate_exemption", "study_note", "similar_note"),
    *("assessment", "consultation", "case_comment", "attachment"),
)
_BESIDE_OTHERWISE = (
    "case_split WHERE original_id = ?",
    "case_merge WHERE target_id = ?",
    "duplicate_mark WHERE proposal_id = ?",
    "assignment WHERE ended_at IS NULL AND proposal_id = ?",
    "outbox_message WHERE about_type = 'proposal' AND about_id = ?",
)
# Which things a case has beside itself, in one question; the page asks for those that are there.
_THERE = "EXISTS (SELECT 1 FROM {})"
_THINGS = (*map("{} WHERE proposal_id = ?".format, _BESIDE), *_BESIDE_OTHERWISE)
BESIDE = _EACH.format(", ".join(map(_THERE.format, _THINGS)))
BESIDE_COUNT = len(_THINGS)
ENTRIES = """
SELECT occurred_at, verb, actor_label,
  (SELECT display_name FROM user_account u WHERE u.id = actor_id),
  from_state, to_state, reason, changes
FROM audit_event
WHERE subject_type = 'proposal' AND subject_id = ? ORDER BY seq DESC
"""
CLOCKS = """
SELECT term, holder, started_on, due_on, office_days, days_used, is_extended, ended_at
FROM case_clock WHERE proposal_id = ? ORDER BY id DESC
"""
OPINIONS = """
SELECT a.status, a.created_at, u.display_name, d.kind, d.decided_at, v.display_name
FROM assessment a JOIN user_account u ON u.id = a.author_id
LEFT JOIN assessment_decision d ON d.assessment_id = a.id
LEFT JOIN user_account v ON v.id = d.decided_by_id
WHERE a.proposal_id = ? ORDER BY a.id
"""
HANDOFFS = """
SELECT o.name, h.purpose, h.state, h.sent_at, h.due_on, h.ended_at
FROM handoff h JOIN organization o ON o.id = h.destination_id WHERE h.proposal_id = ? ORDER BY h.id
"""
REPLIES = """
SELECT o.name, r.kind, r.text, r.planned_on, r.sent_at, l.released_at
FROM reply r JOIN handoff h ON h.id = r.handoff_id JOIN organization o ON o.id = h.destination_id
LEFT JOIN reply_release l ON l.id = r.release_id
WHERE h.proposal_id = ? AND r.status = 'sent' ORDER BY h.id, r.round_number
"""
REVISIONS = """
SELECT number, submitted_at, content, files FROM proposal_revision
WHERE proposal_id = ? ORDER BY number
"""
FIELDS = "SELECT name, label, section FROM form_field WHERE round_id = ? ORDER BY position, name"
EVIDENCE = """
SELECT e.register, e.number, e.title, e.ministry_name, n.year, n.number
FROM assessment a JOIN proposal p ON p.id = a.proposal_id AND p.category_id = a.category_id
JOIN assessment_evidence v ON v.assessment_id = a.id
JOIN register_entry e ON e.id = v.register_entry_id
LEFT JOIN register_control_number n ON n.entry_id = e.id
WHERE a.proposal_id = ? AND a.status IN ('confirmed', 'decided')
ORDER BY e.register, e.number, n.position
"""
ASSIGNMENTS = """
SELECT u.display_name, a.due_on FROM assignment a JOIN user_account u ON u.id = a.reviewer_id
WHERE a.proposal_id = ? AND a.ended_at IS NULL
"""
# Things of a case, each a list on its page.
OF_CASE = (ENTRIES, CLOCKS, OPINIONS, HANDOFFS, REPLIES, REVISIONS, EVIDENCE, ASSIGNMENTS)

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
