"""一次告知: whatever is wrong with an application is told at once, and nothing that it says."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import pointer
from exchange.problems import describe
from matters import application_check, promise_file
from matters.promise_file import Promise
from sandbox.resident_id import compose
from tests.zhida import small_grants

PROMISE = Promise("2026-1", "承诺" * 20)
DAY = date(2026, 5, 6)
ID = compose("320114", "19800101", 7)
GOOD: dict[str, Any] = {
    "channel": "portal-office",
    "number": "A1",
    "policy": "research",
    "firm": {"uscc": "91320114MA1XGRNT0T", "name": "示例科技有限公司"},
    "applicant": {"name": "王示例", "id_number": ID, "role": "legal-person"},
    "promise": True,
    "promise_version": "2026-1",
    "payee": {"name": "示例科技有限公司", "account": "6222020000001", "bank_cnaps": "102301000011"},
    "materials": [{"title": "法人承诺书", "sha256": "0" * 64}],
}


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return small_grants.load(tmp_path_factory.mktemp("grants") / "policies").policies


def codes(record: Any, policy: Any, *, matches: bool | None = True, day: date = DAY) -> list[str]:
    found = application_check.deficiencies(record, policy, PROMISE, day, matches=matches)
    return [each.code for each in found]


def changed(path: str, value: Any = None) -> dict[str, Any]:
    """The good application with one field taken out, or said otherwise."""
    found = deepcopy(GOOD)
    *parents, last = path.split("/")
    place: Any = found
    for name in parents:
        place = place[name]
    place.pop(last)
    if value is not None:
        place[last] = value
    return found


def test_a_good_application_lacks_nothing(policies: Any) -> None:
    assert codes(GOOD, policies["research"]) == []
    assert codes(GOOD, policies["research"], matches=None) == []


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (changed("firm/name"), ["application.missing"]),
        (changed("applicant"), ["application.missing"] * 3),
        (changed("applicant/role"), ["application.missing"]),
        (changed("applicant/id_number", ID[:17] + ("0" if ID[17] != "0" else "1")), ["application.id-number"]),
        (changed("applicant/id_number", "P1234567"), []),
        (changed("promise"), ["application.no-promise"]),
        (changed("promise", "yes"), ["application.no-promise"]),
        (changed("promise", 1), ["application.no-promise"]),
        (changed("promise_version"), ["application.old-promise"]),
        (changed("promise_version", "2025-1"), ["application.old-promise"]),
        (changed("payee"), ["application.missing"] * 3),
        (changed("payee/name", "另一家公司"), ["application.payee-name"]),
        (changed("payee/account", "12"), ["application.account"]),
        (changed("payee/bank_cnaps", "10230100001"), ["application.bank"]),
        (changed("materials"), ["application.material"]),
    ],
)  # fmt: skip
def test_each_slip_is_told(policies: Any, record: Any, expected: list[str]) -> None:
    assert codes(record, policies["research"]) == expected


def test_what_the_policy_and_the_registry_say_is_told_too(policies: Any) -> None:
    assert codes(GOOD, policies["research"], matches=False) == ["application.not-registered"]
    assert codes(GOOD, None) == ["application.no-policy"]
    assert codes(GOOD, policies["newcomers"]) == ["application.not-needed"]
    assert codes(GOOD, policies["research"], day=date(2100, 1, 1)) == ["application.not-open"]
    assert codes(GOOD, policies["research"], day=date(2099, 12, 31)) == []


def test_all_is_told_at_once(policies: Any) -> None:
    bare = {name: GOOD[name] for name in ("channel", "number", "policy")}
    bare["firm"] = {"uscc": GOOD["firm"]["uscc"]}
    found = codes(bare, policies["research"], matches=False)
    assert sorted(set(found)) == [
        "application.material", "application.missing", "application.no-promise",
        "application.not-registered",
    ]  # fmt: skip
    assert found.count("application.missing") == 7


@given(st.sets(st.sampled_from(sorted(pointer.flatten(GOOD)))))
def test_what_is_left_out_is_told_and_no_value_is(left_out: set[str]) -> None:
    kept = {p: v for p, v in pointer.flatten(GOOD).items() if p not in left_out}
    record = pointer.nest(kept)
    found = application_check.deficiencies(record, None, PROMISE, DAY, matches=None)
    missing = {each.facts["path"] for each in found if each.code == "application.missing"}
    needed = set(application_check._NEEDED)
    assert missing == left_out & needed
    told = json.dumps([[p.code, dict(p.facts), *describe(p.code, p.facts)] for p in found])
    for secret in ("示例科技", ID, "6222020000001", "102301000011"):
        assert secret not in json.loads(json.dumps(told, ensure_ascii=False))


def test_a_policy_by_the_firm_s_own_date_is_open_to_all(policies: Any) -> None:
    """Which version holds for a firm is decided by its facts, not asked of its applicant."""
    by_date = replace(policies["newcomers"], mode="on-application")
    assert codes(GOOD, by_date, day=date(2020, 1, 1)) == []


def test_the_promise_is_the_site_s_own_if_it_has_one(tmp_path: Path) -> None:
    assert promise_file.load(tmp_path) == promise_file.load()
    assert "追回" in promise_file.load().text
    text = f'version: "7"\ntext: {"本单位承诺" * 5}\n'
    (tmp_path / "grant-promise.yaml").write_text(text, "utf-8")
    assert promise_file.load(tmp_path).version == "7"
