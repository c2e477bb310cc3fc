"""What the checks read off the list of candidates (対象候補（案）の一覧)."""

import re

from app.candidates.models import Candidate
from app.workflow.candidates import CandidateOrigin

# What a candidate came from that bodies proposed (由来).
PROPOSAL_ORIGIN = CandidateOrigin.CALL
PRINTED_DEADLINE = re.compile(r"(\d{1,2})/(\d{1,2})〆")


def key_of(candidate: Candidate) -> str:
    """Stable name in an address: 9 for ⑨, line-11 for a line without a number."""
    return f"line-{candidate.position}" if candidate.mark is None else str(candidate.mark)


def printed_deadline(candidate: Candidate) -> tuple[int, int] | None:
    """Month and day of a deadline printed in the line (8/23〆), None without one."""
    found = PRINTED_DEADLINE.search(candidate.system)
    return (int(found[1]), int(found[2])) if found else None
