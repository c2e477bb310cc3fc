"""Forms of the rounds (募集回の入力様式)."""

from app.rounds.forms.rounds import CategoryForm, ClosingForm, ExtensionForm

__all__ = ["CategoryForm", "ClosingForm", "ExtensionForm"]
