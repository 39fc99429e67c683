"""finance.yaml: read with every mistake and its line, and looked at by ``zhida check``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.errors import Forbidden, Invalid
from tests.zhida import finance_stores
from tests.zhida.finance_town import BANK_A, BANK_B, FINANCE, Firm, Place
from zhida import finance_check, finance_rules, site_check
from zhida.site import System

place = finance_stores.place


def mistakes(place: Place, text: str) -> list[tuple[str, object]]:
    place.write("finance.yaml", text)
    with pytest.raises(Invalid) as caught:
        finance_rules.load(place.hub.site)
    return [(each.code, each.facts.get("line", "")) for each in caught.value.problems]


def test_it_says_who_may_ask_and_how_often(place: Place) -> None:
    rules = place.rules
    assert rules.bank("bank-a").uscc == BANK_A
    assert (rules.bank("bank-b").requests_per_day, rules.bank("bank-b").reads_per_day) == (
        200,
        2000,
    )
    assert [each.common_name for each in rules.trust] == ["企业证书签发机构"]
    assert rules.patience_days == 30
    with pytest.raises(Forbidden, match=r"finance\.not-a-bank"):
        rules.bank("hub")


def test_every_mistake_is_told_with_its_line(place: Place) -> None:
    wrong = FINANCE.replace("bank-b:", "bank-c:").replace(BANK_A, BANK_A[:-1] + "0")
    if BANK_A.endswith("0"):
        wrong = wrong.replace(BANK_A, BANK_A[:-1] + "1")
    assert mistakes(place, wrong) == [("finance.bank-uscc", 3), ("finance.unknown-unit", 4)]
    assert mistakes(place, FINANCE.replace(BANK_B, BANK_A)) == [
        ("finance.bank-twice", 3),
        ("finance.bank-twice", 4),
    ]
    found = mistakes(place, FINANCE.replace("reads_per_day: 2000", "reads_a_day: 2000", 1))
    assert set(found) == {("file.unknown-key", 3), ("file.schema", 3)}


def test_a_bank_is_reached_by_a_system_of_its_own(place: Place) -> None:
    more = "reads_per_day: 2000, feed: tax"
    [(code, line)] = mistakes(place, FINANCE.replace("reads_per_day: 2000", more, 1))
    assert (code, line) == ("site.no-such-system", 3)
    system = System("tax", "", "hub", "generic", "", place.site)
    known = replace(place.hub.site, systems={"tax": system})
    place.write("finance.yaml", FINANCE.replace("reads_per_day: 2000", more, 1))
    with pytest.raises(Invalid) as error:
        finance_rules.load(known)
    assert error.value.facts.items() >= {"system": "tax", "unit": "bank-a", "line": 3}.items()
    assert error.value.code == "finance.other-system"


def test_a_folder_without_authorities_lets_nobody_sign(place: Place) -> None:
    assert mistakes(place, FINANCE.replace("../enterprises", "../nowhere")) == [
        ("finance.no-trust", 1)
    ]
    (place.trust / "ca.crt").write_bytes(Firm(BANK_A, place.authority).chain[0].pem)
    assert mistakes(place, FINANCE) == [("finance.trust-not-ca", 1)]
    (place.trust / "ca.crt").write_bytes(b"no certificate")
    assert mistakes(place, FINANCE) == [("finance.trust-file", 1)]
    (place.trust / "ca.crt").write_bytes(place.authority.certificate.pem)
    (place.trust / "old.crl").write_bytes(b"no list")
    assert mistakes(place, FINANCE) == [("finance.trust-file", 1)]


def test_the_site_is_checked_with_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    [(title, run)] = finance_check.steps(place.hub.site)
    run()
    monkeypatch.setenv("ZHIDA_SITE", str(place.site))
    monkeypatch.setenv("ZHIDA_VAR", str(place.folder / "var"))
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", place.secret)
    assert {"step": title, "ok": True} in [
        {name: row[name] for name in ("step", "ok")} for row in site_check.check_site()
    ]
    place.write("finance.yaml", FINANCE.replace("bank-a:", "bank-x:"))
    [row] = [row for row in site_check.check_site() if row["step"] == title]
    assert (row["code"], row["ok"]) == ("finance.unknown-unit", False)
    assert "bank-x" in row["what"] and "bank-b" in row["what"]


def test_a_site_without_it_has_nothing_to_check(place: Place) -> None:
    (place.site / "finance.yaml").unlink()
    assert list(finance_check.steps(place.hub.site)) == []
