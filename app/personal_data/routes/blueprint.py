"""The blueprint of the personal data (個人情報の画面)."""

from flask import Blueprint
from werkzeug.wrappers import Response

from app.accounts.models import Role

blueprint = Blueprint("personal_data", __name__)

Answer = str | Response | tuple[str, int]
READERS = (Role.OFFICER, Role.LEAD, Role.AUDITOR, Role.ADMIN)
# Cases are named there; the administrator sees none.
CASE_READERS = (Role.OFFICER, Role.LEAD, Role.AUDITOR)
WRITERS = (Role.OFFICER, Role.LEAD)
