"""Reading the pages of the cases as a browser does (画面の読み取り)."""

import re
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.accounts.browser import let_in

ROW = re.compile(r'<td class="receipt-number">([^<]*)</td>')


def sign_in(client: FlaskClient, session: Session, login: str) -> None:
    """Be signed in, with all that the test wrote in the database."""
    session.commit()
    let_in(client, login)


def listed(page: str) -> list[str]:
    """Receipt numbers of the rows of a list, from the top."""
    return ROW.findall(page)


def body_of(page: str) -> str:
    """Words of the page inside its main part, without tags, each run of blanks one blank."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())
