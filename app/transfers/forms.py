"""Receiving (受領): a button."""

from app.core.forms import JaForm


class ConfirmForm(JaForm):
    """Receiving one hand-over (受領)."""
