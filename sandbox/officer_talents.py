"""What the units' people decide about somebody who moves here (``oa_further_forms``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.moments import china_time
from sandbox.office import Filled, Form, Office, Refused


def _today() -> str:
    return china_time("%Y-%m-%d")


def verify_degree(office: Office, form: Form) -> Filled:
    """A degree from abroad, by the certificate of the centre for returned students."""
    level = office.foreign_degrees.get(form["zsbh"])
    told = {"xljg": "1", "xlcc": level} if level else {"xljg": "0"}
    return told | {"hyrq": _today()}


def count_months(office: Office, form: Form) -> Filled:
    """How many months were paid: a number, and nothing of by whom or how much."""
    return {"jfys": str(office.months.get(form["sfzh"], 0)), "hyrq": _today()}


def check_conduct(office: Office, form: Form) -> Filled:
    """Yes or no, and nothing else."""
    return {"hyjg": "0" if form["sfzh"] in office.convicted else "1", "hyrq": _today()}


def complete_application(office: Office, form: Form) -> Filled | None:
    """What the applicant adds when the clerk has asked."""
    return office.answers.get(form["sqbh"])


def issue_permit(office: Office, form: Form) -> Filled:
    """What no rule decides, people do."""
    reason = office.refusals.get((674, form["sfzh"]))
    if reason:
        raise Refused(reason)
    until = f"{int(china_time('%Y')) + 1}-01-31"
    permit = office.number("RZ")
    office.permits.append({"sqbh": form["sqbh"], "gmsfhm": form["sfzh"], "zqzbh": permit})
    return {"zqzbh": permit, "qfrq": _today(), "yxqz": until}


RULES: Mapping[int, Callable[[Office, Form], Filled | None]] = {
    670: verify_degree,
    671: count_months,
    672: check_conduct,
    673: complete_application,
    674: issue_permit,
}
"""Workflow → who decides about it."""
