"""What stands at the foot of every page (文書の下欄), and who a document is by."""

from app.core import clock
from app.core.document import Document

# The author in the properties of a file: the office, never a person's name.
AUTHOR = "事務局"
# The language of every document, as Word and screen readers are told it.
LANGUAGE = "ja-JP"


def foot_of(document: Document) -> str:
    """Return title, moment (JST) and who made it, as beside the page number (出力日時・出力者)."""
    made = clock.to_jst(document.made_at)
    parts = [
        document.title,
        f"出力日時 {made.year}年{made.month}月{made.day}日 {made:%H:%M}",
        f"出力者 {document.made_by}" if document.made_by else "",
    ]
    return "　".join(part for part in parts if part)
