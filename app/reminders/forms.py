"""Forms about the own news (お知らせの様式)."""

from wtforms import RadioField
from wtforms.validators import InputRequired

from app.core.forms import JaForm
from app.reminders.services.notices import ChooseNotices

BY_MAIL, ON_PAGE = "mail", "page"
CHOICES = {
    BY_MAIL: "画面とメールの両方で受け取る",
    ON_PAGE: "画面だけで受け取る（まとめのメールは送らない）",
}


class NoticesForm(JaForm):
    """How the digest reaches the person (知らせの受け取り方)."""

    digest = RadioField(
        "期限のまとめ",
        choices=CHOICES,
        validators=[InputRequired("期限のまとめの受け取り方を選んでください")],
    )

    def to_command(self) -> ChooseNotices:
        """The command of the service."""
        return ChooseNotices(is_digest_mailed=self.digest.data == BY_MAIL)
