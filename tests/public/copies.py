"""Public copies for the tests (試験用の公表の写し)."""

from datetime import datetime

from app.proposals.models import Proposal, Publication
from app.public.copying import content_of_case, editable_texts
from app.public.services import PrepareCopy, PublishCopies, SeenCopy, prepare_copy, publish_copies
from tests.factories import World, make_closed


def texts_of(proposal: Proposal, **changes: str) -> dict[str, str]:
    """Texts of a copy as they stand in the case, but for the changes; no views."""
    content = {**content_of_case(proposal), "views": []}
    return {**{text.key: text.value for text in editable_texts(content)}, **changes}


def make_copy(
    world: World, proposal: Proposal, by: str = "officer1", **changes: str
) -> Publication:
    """Make a copy that waits for the second person."""
    command = PrepareCopy(version=proposal.version, texts=texts_of(proposal, **changes))
    return prepare_copy(proposal, command, actor=world[by])


def seen(*copies: Publication) -> list[SeenCopy]:
    """Copies as the second person looks at them now."""
    return [SeenCopy(publication=copy, version=copy.version) for copy in copies]


def make_published(
    world: World, proposal: Proposal | None = None, at: datetime | None = None, **changes: str
) -> Publication:
    """Publish a closed case, at once or from an hour on."""
    copy = make_copy(world, proposal or make_closed(world), **changes)
    publish_copies(PublishCopies(copies=seen(copy), publishes_at=at), actor=world["lead"])
    return copy
