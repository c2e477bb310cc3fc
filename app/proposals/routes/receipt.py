"""The receipt (受付票): as a document, and its news once more."""

from flask import flash, make_response, redirect, url_for
from werkzeug.wrappers import Response

from app.accounts.current import current_actor
from app.core.access import roles
from app.core.documents import PDF_TYPE
from app.core.unit_of_work import unit_of_work
from app.files.serving import disposition
from app.proposals.pages.receipt_slip import receipt_file_name, receipt_pdf
from app.proposals.presentation import reads_as_secretariat
from app.proposals.queries import (
    BODY_ROLES,
    SECRETARIAT_ROLES,
    get_own,
    get_visible,
)
from app.proposals.routes.blueprint import blueprint
from app.proposals.services.receipts import resend_receipt


@blueprint.get("/proposals/<receipt_number>/receipt.pdf")
@roles(*BODY_ROLES, *SECRETARIAT_ROLES)
def receipt_slip(receipt_number: str) -> Response:
    """The receipt as PDF (受付票), for its own body and for the secretariat."""
    actor = current_actor()
    find = get_visible if reads_as_secretariat(actor) else get_own
    proposal = find(actor, receipt_number)
    answer = make_response(receipt_pdf(proposal))
    answer.headers["Content-Type"] = PDF_TYPE
    answer.headers["Content-Disposition"] = disposition(receipt_file_name(proposal))
    return answer


@blueprint.post("/proposals/<receipt_number>/receipt/resend")
@roles(*BODY_ROLES)
def resend(receipt_number: str) -> Response:
    """Queue the news of the receipt once more for the person who asks (受付通知の再送)."""
    actor = current_actor()
    proposal = get_own(actor, receipt_number)
    with unit_of_work():
        resend_receipt(proposal, actor=actor)
    flash("受付の知らせを、あなた宛てにもう一度用意しました（送信待ち）。", "status")
    return redirect(url_for("proposals.receipt", receipt_number=receipt_number))
