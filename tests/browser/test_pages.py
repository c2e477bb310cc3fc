"""Every page of every role: no violation, no complaint of the browser, no sideways scroll."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor

Visit = Callable[..., Visitor]

PAGES: dict[str | None, tuple[str, ...]] = {
    None: (
        "/",
        "/login",
        "/no-such-page",
        "/public",
        "/public/proposals",
        "/public/proposals?q=該当しない語句",
        "/public/data/",
        "/password-forgotten",
        "/password-forgotten/mail",
    ),
    "city": (
        "/",
        "/proposals",
        "/proposals/new",
        "/rounds",
        "/rounds/R6",
        "/users",
        "/account",
        "/account/second-factor",
        "/incidents/new",
        "/search?q=鍵",
    ),
    "city-mgr": (
        "/",
        "/incidents",
        "/transfers",
        "/saved-lists",
        "/joint",
        "/joining",
        "/organization",
        "/proposals/import",
        "/proposals/R8-0006",
        "/proposals/R8-0006/view",
        "/proposals/R8-0002",
        "/proposals/R8-0002/publication-consent",
    ),
    "officer1": (
        "/",
        "/triage",
        "/proposals",
        "/proposals?category=core20&q=公営住宅",
        "/search?q=公営住宅 状態:無 -廃止",
        "/proposals?q=該当しない語句",
        "/proposals/R6-0228",
        "/proposals/R6-0228/deadlines",
        "/proposals/R6-0228/handoffs",
        "/handoffs",
        "/transfers?show=overdue",
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
        "/saved-lists",
        "/notices",
        "/notices/due",
        "/notices/settings",
        "/proposals/R8-0031/handoffs",
        "/proposals/R8-0031/handoffs/prepare",
        "/proposals/R6-0001/candidates/new",
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
        "/candidates?round=R6",
        "/candidates/9",
        "/candidates/new",
        "/candidates/9/plan",
        "/reports/candidates",
        "/discrepancies/cases",
        "/discrepancies/cases?round=R8",
        "/rounds/R6/discrepancies",
        "/handoffs",
        "/handoffs/batches",
        "/handoffs/batches/new",
        "/handoffs/texts",
        "/handoffs/texts/request",
        "/proposals/R8-0012/handoffs",
        "/proposals/R8-0020/handoffs",
        "/proposals/R8-0005/answer",
        "/replies",
        "/replies?round=R8",
        "/candidates",
        "/candidates/1",
        "/candidates/1/edit",
        "/candidates/1/cases/new",
        "/candidates/1/dates",
        "/candidates/1/move",
        "/candidates/1/plan",
        "/papers",
        "/publications",
        "/disclosures",
        "/disclosures/new",
        "/follow-ups",
        "/follow-ups/bunken",
        "/follow-ups/reference",
        "/duties",
        "/duties/new",
        "/incidents",
        "/personal-data",
        "/personal-data/plans",
        "/personal-data/plans/R6",
        "/personal-data/holds",
        "/personal-data/media",
    ),
    "auditor": (
        "/",
        "/audit",
        "/audit/export",
        "/audit/verification",
        "/audit/readings",
        "/audit/readings?case=R6-0002",
        "/proposals/R6-0002",
    ),
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
        "/incidents/contacts",
        "/factor-resets",
    ),
    "mhlw": ("/", "/handoffs", "/handoffs?tab=done", "/handoffs/1", "/handoffs/3"),
    "mhlw-coord": ("/handoffs/16", "/handoffs/12", "/handoffs/12/reply/check", "/handoffs/sheet"),
    "digital-coord": ("/", "/handoffs/13", "/handoffs/20", "/candidates"),
    "observer": ("/", "/reports/classification", "/candidates"),
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
