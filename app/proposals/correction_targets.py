"""What a return can name (補正の対象): a field, a section, the files, or the whole proposal."""

from app.proposals.content import fields_of, label_of
from app.proposals.content.fields import VIEWPOINT_BOXES, VIEWPOINTS
from app.rounds.models import Round

WHOLE = "proposal"
ATTACHMENTS = "attachments"
# In front of the name of the first field of a section (まとまり).
SECTION = "section:"
WHOLE_LABEL = "提案全体"
ATTACHMENTS_LABEL = "添付"


def correction_targets(round_: Round) -> dict[str, str]:
    """Everything a return can name, with its label, in the order of the form of the round."""
    found = {WHOLE: WHOLE_LABEL}
    section = ""
    for field in fields_of(round_):
        if field.section and field.section != section:
            found[f"{SECTION}{field.name}"] = f"「{field.section}」の全体"
        section = field.section
        found[field.name] = field.label
    return {**found, ATTACHMENTS: ATTACHMENTS_LABEL}


def target_label(round_: Round, target: str) -> str:
    """Label of what a return named (補正の対象); what the form no longer has keeps its name."""
    name = target.removeprefix(SECTION)
    return correction_targets(round_).get(target) or label_of(round_, name)


def covered_by(round_: Round, target: str) -> set[str]:
    """Fields (and the files) that a return is about: of a section, of the whole, or the one."""
    fields = fields_of(round_)
    if target == WHOLE:
        return {*(field.name for field in fields), ATTACHMENTS}
    if not target.startswith(SECTION):
        return {anchor_of(round_, target)}
    heading = next((row.section for row in fields if row.name == anchor_of(round_, target)), None)
    return {field.name for field in fields if field.section == heading}


def anchor_of(round_: Round, target: str) -> str:
    """Name of the field on the form of the body that a return leads to; the first for the whole."""
    if target == WHOLE:
        return next((field.name for field in fields_of(round_)), WHOLE)
    return VIEWPOINTS if target in VIEWPOINT_BOXES else target.removeprefix(SECTION)
