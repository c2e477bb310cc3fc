"""What exactly an approval is about (決裁の対象): one short text for the whole proposal."""

import hashlib
import json

from app.proposals.content import content_of
from app.proposals.models import Proposal
from app.proposals.models.partner import PartnerAnswer
from app.proposals.sharing.partners import partners_of


def fingerprint_of(proposal: Proposal) -> str:
    """sha256 over the answers, the files and the partners of a proposal (決裁の対象の指紋).

    A partner that answers 「同意する」 changes nothing; one that declines or is removed does.
    """
    partners = [
        row.organization_id
        for row in partners_of(proposal)
        if row.answer is not PartnerAnswer.DECLINED
    ]
    files = [
        (row.kind, row.field, row.file.name, row.file.sha256)
        for row in proposal.attachments
        if row.removed_at is None
    ]
    whole = {"content": content_of(proposal), "files": files, "partners": sorted(partners)}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
