"""Pages of the bodies (団体・府省庁の画面)."""

from flask import render_template

from app.accounts.labels import KIND_LABELS, ORG_TYPE_LABELS
from app.accounts.models import OrganizationKind, Role
from app.accounts.queries import list_organizations
from app.accounts.routes.blueprint import blueprint
from app.core import clock
from app.core.access import roles
from app.extensions import db


@blueprint.get("/organizations")
@roles(Role.ADMIN)
def organizations() -> str:
    """All bodies by kind, with code and type of today (団体・府省庁の一覧)."""
    bodies = {kind: list(db.session.scalars(list_organizations(kind))) for kind in OrganizationKind}
    return render_template(
        "accounts/organizations.html",
        bodies=bodies,
        kind_labels=KIND_LABELS,
        type_labels=ORG_TYPE_LABELS,
        today=clock.today(),
    )
