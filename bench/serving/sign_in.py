"""Signing in through the real form (ログイン)."""

import http.client
import re
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FORM_TYPE = "application/x-www-form-urlencoded"


def signed_in(port: int, login: str, password: str) -> tuple[dict[str, str], str]:
    """Headers of a signed-in browser and its CSRF token. Raises RuntimeError when refused."""
    page, cookie = _ask(port, "GET", "/login", {})
    token = _token(page)
    form = {"login": login, "password": password, "csrf_token": token}
    _page, cookie = _ask(port, "POST", "/login", {"Cookie": cookie}, form)
    # The first page after the sign-in gives the session its token, and the cookie anew.
    page, renewed = _ask(port, "GET", "/proposals", {"Cookie": cookie})
    headers = {"Cookie": renewed or cookie, "Accept-Encoding": "identity"}
    if 'action="/login"' in page:
        raise RuntimeError("the sign-in was refused")
    return headers, _token(page)


def _token(page: str) -> str:
    found = TOKEN.search(page)
    if found is None:
        raise RuntimeError("the page holds no form with a token")
    return found[1]


def _ask(
    port: int, method: str, path: str, headers: dict[str, str], form: dict[str, str] | None = None
) -> tuple[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = urlencode(form) if form is not None else None
    typed = {**headers, "Content-Type": FORM_TYPE} if form is not None else headers
    connection.request(method, path, body, typed)
    answer = connection.getresponse()
    page = answer.read().decode("utf-8", "replace")
    cookies = [value.partition(";")[0] for value in answer.headers.get_all("Set-Cookie") or []]
    connection.close()
    return page, "; ".join(cookies)
