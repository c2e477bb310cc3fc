"""Every page of every role: no violation, no complaint of the browser, no sideways scroll."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor

Visit = Callable[..., Visitor]

PAGES: dict[str | None, tuple[str, ...]] = {
    None: ("/", "/login", "/no-such-page"),
    "city": ("/", "/proposals", "/proposals/new", "/rounds", "/rounds/R6", "/users"),
    "city-mgr": ("/", "/joint", "/joining", "/organization", "/proposals/import"),
    "officer1": (
        "/",
        "/triage",
        "/proposals",
        "/proposals?category=core20&q=公営住宅",
        "/proposals?q=該当しない語句",
        "/proposals/R6-0228",
        "/proposals/R6-0228/deadlines",
        "/proposals/R6-0228/sheet",
        "/proposals/R6-0001/history",
        "/registers",
        "/registers/bunken",
        "/registers/closely_related/16",
        "/registers/closely_related/16/cases",
        "/reports",
        "/reports/intake",
        "/reports/classification",
        "/reports/pending",
        "/reports/keiyu-jimu",
        "/notices",
        "/notices/due",
        "/notices/settings",
    ),
    "lead": (
        "/",
        "/triage",
        "/proposals/R6-0001/close",
        "/proposals/R6-0001/reclassify",
        "/proposals/export",
        "/proposals/late",
        "/joining",
        "/joining/windows/new",
        "/joining/windows/new?round=R6",
        "/rounds/R6",
        "/rounds/R6/closing",
        "/rounds/R6/extensions/new",
        "/extension-requests",
        "/mailings",
        "/mailings/new",
        "/outbox",
        "/outbox/letters",
        "/outbox/letters/returned",
        "/watches",
        "/discrepancies/cases",
        "/discrepancies/cases?round=R8",
        "/rounds/R6/discrepancies",
    ),
    "auditor": ("/", "/audit", "/audit/verification", "/proposals/R6-0002"),
    "admin": (
        "/",
        "/users",
        "/users/new",
        "/users/1",
        "/organizations",
        "/organizations/new",
        "/organizations/requests",
        "/rounds/R6/categories/new",
        "/rounds/R6/form",
        "/rounds/R6/form/fields/title",
        "/rounds/R6/form/preview",
        "/outbox",
        "/jobs",
        "/calendar",
        "/calendar/closing-days/new",
        "/calendar/years/new",
    ),
    "mhlw": ("/",),
    "digital-coord": ("/",),
    "observer": ("/", "/reports/classification"),
}
VISITS = [(login, path) for login, paths in PAGES.items() for path in paths]


def name_of(login: str | None, path: str) -> str:
    """Name of the picture of a page."""
    plain = path.partition("?")[0].strip("/").replace("/", "_") or "home"
    variant = "_filtered" if "?" in path else ""
    return f"page_{login or 'stranger'}_{plain}{variant}"


@pytest.mark.parametrize(("login", "path"), VISITS, ids=[name_of(*visit) for visit in VISITS])
def test_page_is_clean(visit: Visit, login: str | None, path: str) -> None:
    visitor = visit(login)

    visitor.open(path)

    visitor.look(name_of(login, path))


def test_page_can_be_used_at_400_percent(visit: Visit) -> None:
    visitor = visit("officer1")
    visitor.page.set_viewport_size({"width": 320, "height": 256})

    visitor.open("/proposals/R6-0228")

    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_classification_table_prints_on_one_sheet(visit: Visit) -> None:
    visitor = visit("lead")

    visitor.open("/reports/classification")
    printed = visitor.page.pdf(format="A4", prefer_css_page_size=True)

    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") == 1
