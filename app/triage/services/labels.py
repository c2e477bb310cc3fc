"""Labels of a case (ラベル): what its opinion met besides, viewpoints as checked, themes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Role, User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed, NotFound
from app.core.text import is_blank
from app.extensions import db
from app.proposals.lifecycle import check_version
from app.proposals.models import Proposal
from app.triage.guide import met_keys
from app.triage.labels import labels_of, themes
from app.triage.models import Assessment, LabelKind, ProposalLabel, Theme
from app.triage.policy import CONFLICTED, LEAD_ONLY, can_work

FROM_OPINION = (LabelKind.ALSO_MET, LabelKind.VIEWPOINT)
LONGEST_THEME = 40  # characters
UNKNOWN_THEME = "このテーマは見つかりません。画面を開き直してください。"


@dataclass(frozen=True, kw_only=True)
class SetThemes:
    """Themes of a case, all of them (テーマ)."""

    version: int
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AddTheme:
    """A new theme of the list (テーマの追加)."""

    name: str


@dataclass(frozen=True, kw_only=True)
class SwitchTheme:
    """Taking a theme out of use, or into use again (テーマの使用)."""

    name: str
    is_active: bool


def take_labels_of(
    proposal: Proposal, assessment: Assessment, *, actor: User, second: Assessment | None = None
) -> None:
    """Label a case by the opinion that settled it (ラベル); earlier ones of that kind go.

    Of two independent opinions both are read: what one of them met besides is a label, a viewpoint
    counts as the first person checked it, or the second where the first did not.
    """
    db.session.execute(
        delete(ProposalLabel).where(
            ProposalLabel.proposal_id == proposal.id, ProposalLabel.kind.in_(FROM_OPINION)
        )
    )
    opinions = [assessment, *([second] if second else [])]
    viewpoints = {**(second.viewpoints if second else {}), **assessment.viewpoints}
    chosen = [name for name, check in viewpoints.items() if check["is_met"]]
    for kind, values in (
        (LabelKind.ALSO_MET, _met_besides(opinions)),
        (LabelKind.VIEWPOINT, chosen),
    ):
        _put(proposal, kind, values, actor=actor, assessment=assessment)


def set_themes(proposal: Proposal, command: SetThemes, *, actor: User) -> None:
    """Give a case its themes (テーマ); the class stays as it is.

    Raises NotAllowed, StaleVersion, InvalidInput for a theme that is not in the list.
    """
    if not can_work(actor, proposal):
        raise NotAllowed(CONFLICTED)
    check_version(proposal, command.version)
    present = {row.value for row in labels_of(proposal) if row.kind is LabelKind.THEME}
    wanted = set(command.names)
    known = {row.name for row in themes() if row.is_active} | present
    if not wanted <= known:
        raise InvalidInput({"names": ["テーマを一覧から選んでください"]})
    if wanted == present:
        return
    db.session.execute(
        delete(ProposalLabel).where(
            ProposalLabel.proposal_id == proposal.id,
            ProposalLabel.kind == LabelKind.THEME,
            ProposalLabel.value.in_(present - wanted),
        )
    )
    _put(proposal, LabelKind.THEME, sorted(wanted - present), actor=actor)
    # The themes have no version of their own: that of the case tells two officers apart (P05).
    flag_modified(proposal, "title")
    db.session.flush()
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    changes = {"themes": sorted(wanted)}
    record("proposal.set_themes", subject, actor=actor, changes=changes)


def add_theme(command: AddTheme, *, actor: User) -> Theme:
    """Add a theme to the list (テーマの追加). Raises NotAllowed, InvalidInput."""
    _authorize_list(actor)
    errors = []
    if is_blank(command.name):
        errors.append("テーマの名前を入力してください")
    elif len(command.name) > LONGEST_THEME:
        errors.append(f"テーマの名前は{LONGEST_THEME}文字以内で入力してください")
    elif db.session.get(Theme, command.name) is not None:
        errors.append("このテーマは既にあります")
    if errors:
        raise InvalidInput({"name": errors})
    last = db.session.scalar(select(func.max(Theme.position))) or 0
    theme = Theme(name=command.name, position=last + 1, is_active=True)
    db.session.add(theme)
    db.session.flush()
    _record_list("theme.add", actor, theme)
    return theme


def switch_theme(command: SwitchTheme, *, actor: User) -> None:
    """Take a theme out of use or into use again (テーマの使用); cases keep theirs.

    Raises NotAllowed, NotFound.
    """
    _authorize_list(actor)
    theme = db.session.get(Theme, command.name)
    if theme is None:
        raise NotFound(UNKNOWN_THEME)
    if theme.is_active == command.is_active:
        return
    theme.is_active = command.is_active
    db.session.flush()
    _record_list("theme.switch", actor, theme)


def _met_besides(opinions: Sequence[Assessment]) -> list[str]:
    category_key = opinions[0].category.key
    found = [key for row in opinions for key in met_keys(row.answers)]
    return [key for key in dict.fromkeys(found) if key != category_key]


def _put(
    proposal: Proposal,
    kind: LabelKind,
    values: Collection[str],
    *,
    actor: User,
    assessment: Assessment | None = None,
) -> None:
    db.session.add_all(
        ProposalLabel(
            proposal_id=proposal.id,
            kind=kind,
            value=value,
            assessment_id=assessment.id if assessment else None,
            created_at=clock.now(),
            created_by_id=actor.id,
        )
        for value in values
    )
    db.session.flush()


def _authorize_list(actor: User) -> None:
    if not actor.has_role(Role.LEAD):
        raise NotAllowed(LEAD_ONLY)


def _record_list(verb: str, actor: User, theme: Theme) -> None:
    changes = {"name": theme.name, "is_active": theme.is_active}
    record(verb, Subject(type="theme", id=None), actor=actor, changes=changes)
