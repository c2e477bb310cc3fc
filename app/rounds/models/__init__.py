"""Rounds, schemes, forms and their rules, all of them data (募集回・分類体系・様式)."""

from app.rounds.models.form_check import CorrectionPhrase, FormCheckItem
from app.rounds.models.form_field import FieldAudience, FieldKind, FormField
from app.rounds.models.guide import GuideVersion
from app.rounds.models.round import (
    ClosingChange,
    PublishedFigure,
    Round,
    RoundExtension,
    RoundTerm,
)
from app.rounds.models.rubric import RubricVersion
from app.rounds.models.scheme import Category, Scheme

__all__ = [
    "Category",
    "ClosingChange",
    "CorrectionPhrase",
    "FieldAudience",
    "FieldKind",
    "FormCheckItem",
    "FormField",
    "GuideVersion",
    "PublishedFigure",
    "Round",
    "RoundExtension",
    "RoundTerm",
    "RubricVersion",
    "Scheme",
]
