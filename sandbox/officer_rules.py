"""What the units' people decide about a request in the OA, one small function a kind of work.

Each gets the form as it stands and gives the columns that it fills in; None while nothing can be
said yet. The rules are those of the unit's own system, so whoever asks by the OA hears the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox import ethnic_groups, officer_births, resident_id
from sandbox.moments import china_time, is_date
from sandbox.office import DIVISION, Filled, Form, Office, Refused
from sandbox.police_rules import complaints

BANKS = frozenset({"102", "103", "104", "105", "403"})
"""Categories of CNAPS whose cards are issued here: 工 农 中 建 邮储."""
PREMIUM, BENEFIT = "400.00", "3050.00"
"""Yuan: what residents pay for a year here, and what a birth is paid with."""


def _today() -> str:
    return china_time("%Y-%m-%d")


def birth_record(office: Office, form: Form) -> Filled | None:
    """The whole birth, out of the ward's book."""
    facts = office.births.get(form["cszmbh"])
    return officer_births.columns(facts) if facts else None


def verify_marriage(office: Office, form: Form) -> Filled:
    """Married to each other, or not; an answer in any case."""
    married = (form["mqzjhm"], form["fqzjhm"]) in office.couples
    return {"hyqk": "1", "djrq": "2019-05-20"} if married else {"hyqk": "0"}


def issue_voucher(office: Office, form: Form) -> Filled:
    """A voucher with a number of its own."""
    _need(form, "cszmbh", "csrq", "mqxm", "mqzjhm")
    return {"djbh": office.number("SY"), "djrq": _today()}


def sign_certificate(office: Office, form: Form) -> Filled:
    """The certificate carries the child's name, so there must be one."""
    _need(form, "cszmbh", "xm", "csrq", "sbrzjhm")
    return {"qfrq": _today(), "qfjg": form["jgmc"]}


def open_vaccination(office: Office, form: Form) -> Filled:
    """A record at the clinic of the place; it needs no name."""
    _need(form, "cszmbh", "csrq", "mqzjhm")
    return {"dabh": office.number("JZ"), "jzdw": "溧水区示例社区卫生服务中心", "jdrq": _today()}


def register_parenting(office: Office, form: Form) -> Filled:
    """A registration with a number of its own."""
    _need(form, "cszmbh", "mqzjhm")
    return {"djbh": office.number("YE"), "djrq": _today()}


def register_birth(office: Office, form: Form) -> Filled:
    """By the register's own demands (``sandbox.police_rules``), then a number of a lifetime."""
    if form["cszmbh"] in office.doubtful:
        raise Refused(office.doubtful[form["cszmbh"]])
    record = officer_births.register_record(form)
    for wrong in complaints(record):
        raise Refused(wrong)
    odd = 1 if record["xb"] == "1" else 0
    before = office.first + office.next(f"born/{record['csrq']}/{odd}") - 1
    number = resident_id.compose(DIVISION, record["csrq"], 2 * before + 2 - odd)
    serial = f"{DIVISION}{china_time('%Y%m%d')}{office.next('household'):06}"
    return {"gmsfhm": number, "djrq": _today(), "gaywlsh": serial}


def apply_identity_card(office: Office, form: Form) -> Filled:
    """Taken from a guardian, for somebody who is registered."""
    _need_citizen(form)
    _need(form, "sbrxm", "sbrzjhm")
    return {"slbh": office.number("SFZ"), "slrq": _today()}


def enrol(office: Office, form: Form) -> Filled:
    """By the platform's demands (``sandbox.insurance``); a premium is due for the year of birth."""
    _need_citizen(form)
    _need(form, "mz", "cbd", "jhrxm", "jhrzjhm")
    if not ethnic_groups.code(form["mz"]) or not is_date(form["csrq"], "%Y-%m-%d"):
        raise Refused("民族或出生日期不符合要求")
    number = f"32011700000000000000{office.next('enrolment'):010}"
    merged = form["jhrzjhm"] in office.expected
    due = {} if merged else {"jfnd": form["csrq"][:4], "yjje": PREMIUM}
    return {"rybh": number, "xz": "390", "cbrq": _today()} | due


def settle_birth(office: Office, form: Form) -> Filled:
    """What the fund pays to the mother."""
    _need(form, "cszmbh", "mqxm", "mqzjhm")
    if form["mqzjhm"] in office.unsettled:
        raise Refused("未查询到母亲的出院结算信息")
    return {"hddh": office.number("DY"), "zfje": BENEFIT, "hdrq": _today()}


def pay_premium(office: Office, form: Form) -> Filled:
    """The sum that medical insurance has assessed, and a voucher for it."""
    _need(form, "rybh", "jfnd", "jfje", "jfrzjhm")
    voucher = f"33201{china_time('%y%m')}{office.next('voucher'):09}"
    return {"jfpzh": voucher, "jfrq": _today()}


def order_card(office: Office, form: Form) -> Filled:
    """Of a bank that issues cards here."""
    _need_citizen(form)
    if form.get("fkyh") not in BANKS:
        raise Refused("该银行不是本地社会保障卡合作银行")
    return {"kh": f"A17{office.next('card'):06}", "slrq": _today()}


def open_card_account(office: Office, form: Form) -> Filled:
    """An account that belongs to the card; only the end of its number is told."""
    _need(form, "kh", "xm", "gmsfhm", "dlrzjhm")
    number = office.next("account")
    return {"zhwh": f"{number:04}"[-4:], "yhywbh": f"{number:010}", "khrq": _today()}


def complete_declaration(office: Office, form: Form) -> Filled | None:
    """What the parents add when the clerk has asked them."""
    return office.answers.get(form["cszmbh"])


def _need(form: Form, *columns: str) -> None:
    for name in columns:
        if not form.get(name):
            raise Refused(f"{name}不能为空")


def _need_citizen(form: Form) -> None:
    if not resident_id.is_valid(form.get("gmsfhm", "")):
        raise Refused("公民身份号码不符合要求")
    if not form.get("xm") or form.get("xb") not in {"1", "2"}:
        raise Refused("姓名或性别不符合要求")


RULES: Mapping[int, Callable[[Office, Form], Filled | None]] = {
    640: birth_record,
    641: verify_marriage,
    642: issue_voucher,
    643: sign_certificate,
    644: open_vaccination,
    645: register_parenting,
    646: register_birth,
    647: apply_identity_card,
    648: enrol,
    649: settle_birth,
    650: pay_premium,
    651: order_card,
    652: open_card_account,
    653: complete_declaration,
}
"""Workflow → who decides about it."""
