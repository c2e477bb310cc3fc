"""Form of an explanation (食い違いの説明の入力様式)."""

from wtforms import HiddenField, TextAreaField

from app.core.forms import CharacterLimit, JaForm, Required, clean
from app.discrepancies.models import LONGEST_EXPLANATION, SHORTEST_EXPLANATION
from app.discrepancies.services import ExplainDiscrepancy


class ExplainForm(JaForm):
    """Why it may stand as it is (食い違いの説明)."""

    explanation = TextAreaField(
        "説明",
        [Required(), CharacterLimit(LONGEST_EXPLANATION)],
        filters=[clean],
        description=(
            "なぜこのままでよいのかを、資料を読む人に伝わるように書いてください"
            f"（{SHORTEST_EXPLANATION}文字以上）。書いた後は直せません。新しい説明を重ねて書けます。"
        ),
    )
    seen = HiddenField()

    def to_command(self, kind: str, key: str) -> ExplainDiscrepancy:
        """Make the command of the form."""
        return ExplainDiscrepancy(
            kind=kind,
            key=key,
            explanation=self.explanation.data or "",
            seen=self.seen.data or "",
        )
