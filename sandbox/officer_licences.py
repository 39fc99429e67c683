"""What the units' people decide about a new company's requests in the OA (``oa_further_forms``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox import uscc
from sandbox.moments import china_time
from sandbox.office import DIVISION, Filled, Form, Office, Refused

_BY_HAND = 900_000
"""Codes that people give out come after those of the register."""


def _today() -> str:
    return china_time("%Y-%m-%d")


def _check(office: Office, workflow: int, form: Form) -> None:
    """By the company's own name: what this unit does not do for it; and its code, if it has one."""
    reason = office.refusals.get((workflow, form["qymc"]))
    if reason:
        raise Refused(reason)
    if form.get("tyxydm") and not uscc.is_valid(form["tyxydm"]):
        raise Refused("统一社会信用代码不符合要求")


def verify_person(office: Office, form: Form) -> Filled:
    """Is it the person? An answer in any case."""
    return {"hyjg": "0" if form["frzjhm"] in office.impostors else "1", "hyrq": _today()}


def register_company(office: Office, form: Form) -> Filled:
    """What the register's rules leave to people."""
    _check(office, 661, form)
    number = office.next("company")
    code = uscc.compose(DIVISION, _BY_HAND + number)
    return {"tyxydm": code, "clrq": _today(), "djlsh": f"RG{number:010}"}


def complete_application(office: Office, form: Form) -> Filled | None:
    """What the applicant adds when the clerk has asked."""
    return office.answers.get(form["mcbh"])


def enrol_taxpayer(office: Office, form: Form) -> Filled:
    """On the day (税收征收管理法第十五条)."""
    _check(office, 663, form)
    return {"zgswjg": "溧水区示例税务所", "qrrq": _today()}


def _employer(workflow: int, begins: str) -> Callable[[Office, Form], Filled]:
    def register(office: Office, form: Form) -> Filled:
        _check(office, workflow, form)
        return {"dwbh": office.number(begins), "djrq": _today()}

    return register


def open_account(office: Office, form: Form) -> Filled:
    """Of a company that has a seal; only the end of the number is told."""
    _check(office, 667, form)
    if not form.get("yzbm"):
        raise Refused("没有公章备案")
    number = office.next("corporate-account")
    return {"zhwh": f"{number:04}"[-4:], "yhywbh": f"DG{number:010}", "khrq": _today()}


RULES: Mapping[int, Callable[[Office, Form], Filled | None]] = {
    660: verify_person,
    661: register_company,
    662: complete_application,
    663: enrol_taxpayer,
    664: _employer(664, "SB"),
    665: _employer(665, "YB"),
    666: _employer(666, "GJJ"),
    667: open_account,
}
"""Workflow → who decides about it."""
