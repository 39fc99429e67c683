"""What heads of departments and finance decide about grants in the OA (``oa_grant_forms``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.moments import china_time
from sandbox.office import Filled, Form, Office, Refused


def _check(office: Office, workflow: int, form: Form, number: str) -> None:
    """By the number of the list or batch: what this person does not agree to."""
    reason = office.refusals.get((workflow, form[number]))
    if reason:
        raise Refused(reason)
    if not form.get("mxzy") or not form.get("hjje"):
        raise Refused("名单没有金额或明细摘要")


def confirm_list(office: Office, form: Form) -> Filled:
    """The head agrees to the list with this sum and these rows."""
    _check(office, 680, form, "mdbh")
    return {"qrr": form["blr"], "qrrq": china_time("%Y-%m-%d")}


def review_payment(office: Office, form: Form) -> Filled:
    """Finance lets a batch be paid."""
    _check(office, 681, form, "pcbh")
    return {"shr": form["blr"], "shrq": china_time("%Y-%m-%d")}


RULES: Mapping[int, Callable[[Office, Form], Filled | None]] = {
    680: confirm_list,
    681: review_payment,
}
