"""Who may do what with the jobs (定期処理の権限)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed


def authorize_jobs(actor: User) -> None:
    """Let only administrators run jobs and name contacts (定期処理の操作). Raises NotAllowed."""
    if not actor.has_role(Role.ADMIN):
        raise NotAllowed
