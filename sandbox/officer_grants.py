"""What heads of departments and finance decide about grants in the OA (``oa_grant_forms``)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from decimal import Decimal

from sandbox.moments import china_time
from sandbox.office import Filled, Form, Office, Refused

_MOST_SHOWN = 300
"""Nobody is sent to a file for fewer lines."""


def _check(office: Office, workflow: int, form: Form, number: str) -> None:
    """By the number of the list or batch: what this person does not agree to."""
    reason = office.refusals.get((workflow, form[number]))
    if reason:
        raise Refused(reason)
    if not form.get("mxzy") or not form.get("hjje"):
        raise Refused("名单没有金额或明细摘要")
    if not _adds_up(form):
        raise Refused("明细与笔数、合计金额不符")


def _adds_up(form: Form) -> bool:
    """What is shown is what is asked for; of a long list the form says where the file is."""
    shown = form.get("mxnr", "")
    if "zhida grants rows" in shown:
        return int(form["hs"]) > _MOST_SHOWN
    amounts = [Decimal(row["金额（元）"]) for row in csv.DictReader(io.StringIO(shown))]
    return (len(amounts), sum(amounts)) == (int(form["hs"]), Decimal(form["hjje"]))


def confirm_list(office: Office, form: Form) -> Filled:
    """The head agrees to the list with this sum and these rows."""
    _check(office, 680, form, "mdbh")
    return {"qrr": form["blr"], "qrrq": china_time("%Y-%m-%d")}


def review_payment(office: Office, form: Form) -> Filled:
    """Finance lets a batch be paid."""
    _check(office, 681, form, "pcbh")
    return {"shr": form["blr"], "shrq": china_time("%Y-%m-%d")}


def contact_firm(office: Office, form: Form) -> Filled:
    """The officer has called the firm; one that can't be reached is told so."""
    reason = office.refusals.get((682, form["tyxydm"]))
    if reason:
        raise Refused(reason)
    if form["zcmc"] not in form["tznr"]:
        raise Refused("通知没有写明是哪一项政策")
    return {"lxrq": china_time("%Y-%m-%d")}


RULES: Mapping[int, Callable[[Office, Form], Filled | None]] = {
    680: confirm_list,
    681: review_payment,
    682: contact_firm,
}
