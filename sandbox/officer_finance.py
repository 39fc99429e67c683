"""The justice bureau's desk and the law firm: what they find out about an order that is to be financed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.moments import china_time
from sandbox.oa_finance_forms import OPINION, SEARCH
from sandbox.office import Filled, Form, Office

PLEDGED, DOUBTFUL = "已质押", "有争议"
"""Words in an order's number by which a test says what is found."""


def search(office: Office, form: Form) -> Filled:
    """Somebody else's registration stands there for orders that say so."""
    pledged = "1" if PLEDGED in form["ddbh"] else "0"
    return {"cxrq": china_time("%Y-%m-%d"), "yydj": pledged, "cxzm": f"CX-{form['ddbh']}"}


def opine(office: Office, form: Form) -> Filled:
    """No objection, but to orders that say so."""
    against = DOUBTFUL in form["ddbh"]
    told = {"cjrq": china_time("%Y-%m-%d"), "jl": "3" if against else "1", "kzr": "1"}
    return told | {"yjsh": f"示例法意-{form['ddbh']}", "lsmc": "示例律师事务所"}


RULES: Mapping[int, Callable[[Office, Form], Filled | None]] = {SEARCH: search, OPINION: opine}
