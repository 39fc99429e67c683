"""What is missing or wrong in an application, all of it at once (一次告知). Pure.

Whether its facts fulfil the policy is not asked here: that is decided (``policy_decision``). What an
application says is never in what is told of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from exchange import pointer
from exchange.errors import Problem
from exchange.ports import Record
from mappings.identifiers import cnaps, gb11643
from matters.policy import Policy
from matters.promise_file import Promise

_NEEDED: Mapping[str, str] = {
    "/firm/name": "企业名称",
    "/applicant/name": "申请人姓名",
    "/applicant/id_number": "申请人身份证件号码",
    "/applicant/role": "申请人身份（法定代表人或经办人）",
    "/payee/name": "收款户名",
    "/payee/account": "收款账号",
    "/payee/bank_cnaps": "开户行联行号",
}
_CITIZEN = 18
"""Characters of a citizen's number; a passport's is shorter and has no check digit."""
_ACCOUNT = (5, 34)


def deficiencies(
    record: Record, policy: Policy | None, promise: Promise, on: date, *, matches: bool | None
) -> list[Problem]:
    """Everything that the applicant has to mend; empty: nothing.

    ``matches``: the registry's word on who applies; None: it has not been asked, or does not know.
    """
    found = [*_missing(record), *_promise(record, promise), *_payee(record)]
    if matches is False:
        found.append(Problem("application.not-registered"))
    if policy is None:
        return [*found, Problem("application.no-policy")]
    return [*found, *_of_policy(record, policy, on)]


def _missing(record: Record) -> Iterator[Problem]:
    for path, title in _NEEDED.items():
        if pointer.get(record, path) is None:
            yield Problem("application.missing", {"path": path, "title": title})
    number = str(pointer.get(record, "/applicant/id_number") or "")
    if len(number) == _CITIZEN and not gb11643.is_valid(number):
        yield Problem("application.id-number", {"path": "/applicant/id_number"})


def _promise(record: Record, promise: Promise) -> Iterator[Problem]:
    """Only a plain yes to the present text is a promise."""
    if record.get("promise") is not True:
        yield Problem("application.no-promise", {"version": promise.version})
    elif record.get("promise_version") != promise.version:
        yield Problem("application.old-promise", {"version": promise.version})


def _payee(record: Record) -> Iterator[Problem]:
    payee: Mapping[str, Any] = record.get("payee") or {}
    name = pointer.get(record, "/firm/name")
    if "name" in payee and name is not None and payee["name"] != name:
        yield Problem("application.payee-name", {"path": "/payee/name"})
    if "bank_cnaps" in payee and not cnaps.is_valid(payee["bank_cnaps"]):
        yield Problem("application.bank", {"path": "/payee/bank_cnaps"})
    if "account" in payee and not _is_account(payee["account"]):
        yield Problem("application.account", {"path": "/payee/account"})


def _is_account(text: str) -> bool:
    """As the treasury takes it.

    >>> _is_account("6222-02000"), _is_account("622"), _is_account("６２２２０２")
    (True, False, False)
    """
    least, most = _ACCOUNT
    return text.isascii() and text.replace("-", "").isalnum() and least <= len(text) <= most


def _of_policy(record: Record, policy: Policy, on: date) -> Iterator[Problem]:
    if policy.mode != "on-application":
        yield Problem("application.not-needed", {"policy": policy.name})
    if not any(_holds(version.since, version.until, version.by, on) for version in policy.versions):
        yield Problem("application.not-open", {"policy": policy.name})
    given = {material["title"] for material in record.get("materials", ())}
    given |= {title.strip() for title in str(record.get("received", "")).split("、")}
    for material in policy.materials:
        if not material.facts and material.title not in given:
            yield Problem("application.material", {"title": material.title})


def _holds(since: date, until: date | None, by: str, on: date) -> bool:
    """Which version holds by a date of the firm's own is decided, not asked of the applicant."""
    return bool(by) or since <= on <= (until or date.max)
