"""Who handles and who reads reports of incidents (事故の報告を扱う役割)."""

from app.accounts.models import Role

HANDLERS = (Role.LEAD, Role.ADMIN)
READERS = (*HANDLERS, Role.AUDITOR)
