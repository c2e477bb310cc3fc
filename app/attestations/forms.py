"""Form of the pledge (誓約の入力様式)."""

from wtforms import BooleanField, HiddenField

from app.attestations.services import Attest
from app.core.forms import JaForm

LONGEST_VERSION = 6  # digits
NO_VERSION = -1


class AttestForm(JaForm):
    """Pledge by one tick (誓約)."""

    text_version = HiddenField()
    agrees = BooleanField("内容を確かめて誓約します")

    def to_command(self) -> Attest:
        """What was pledged; a version that cannot be read is none of ours."""
        text = self.text_version.data or ""
        is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION
        return Attest(
            text_version=int(text) if is_number else NO_VERSION, agrees=bool(self.agrees.data)
        )
