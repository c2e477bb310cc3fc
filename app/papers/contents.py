"""The whole paper from the data (会議資料の組立て), chapter by chapter as the source has it."""

from app.papers.chapters import Chapter
from app.papers.chapters.beginning import types_projects, viewpoints
from app.papers.chapters.call import call
from app.papers.chapters.ending import candidates, plan_outline
from app.papers.chapters.registers import bunken, closely_related, keiyu_chosa, keiyu_jimu
from app.papers.stored import PaperContent
from app.rounds.models import Round


def paper_content(round_: Round) -> PaperContent:
    """Build the whole paper of a round as it stands now (会議資料); nothing is left out."""
    chapters: tuple[Chapter, ...] = (
        viewpoints(),
        types_projects(),
        call(round_),
        bunken(round_),
        closely_related(round_),
        keiyu_jimu(round_),
        keiyu_chosa(round_),
        candidates(round_),
        plan_outline(),
    )
    return PaperContent(
        blocks=[block for chapter in chapters for block in chapter.blocks],
        sheets=[sheet for chapter in chapters for sheet in chapter.sheets],
        figures=[figure for chapter in chapters for figure in chapter.figures],
        checks=[check for chapter in chapters for check in chapter.checks],
    )
