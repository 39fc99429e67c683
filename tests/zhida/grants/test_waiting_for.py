"""What a waiting item waits for, in words: other items, documents of the case, another case's decision."""

from __future__ import annotations

from typing import Any

from mappings.field_words import FieldWords
from tests.zhida.grant_town import BATCH, YES, Town, policy
from zhida import case_view, waiting_for
from zhida.pages.cases import summary
from zhida.watch import Watch


def told(town: Town) -> dict[str, Any]:
    (award,) = town.awards()
    found = case_view.one(Watch(town.hub.site, town.hub.store, town.clock), award.case)
    return found | {"by_item": {row["item"]: row for row in found["items"]}}


def test_a_payment_waits_for_the_firm_and_then_for_the_batch_of_finance(town: Town) -> None:
    town.cleared(policy(), [100_00])
    found = told(town)
    confirm, pay = found["by_item"]["confirm"], found["by_item"]["pay"]
    assert confirm["waits_for"] == {"items": [], "documents": [], "what": [], "maybe": False}
    assert pay["waits_for"]["items"] == ["confirm"]
    assert pay["waits_for"]["what"] == ["企业确认", BATCH, "收款账户"]
    assert summary(found["items"])["comes"] == [], "who is asked is waited for, and nothing else"
    assert found["batch"] == ""
    town.firm(YES)
    town.turn()
    found = told(town)
    for payment in ("pay", "pay-fund"):  # one of them will be made
        waits = found["by_item"][payment]["waits_for"]
        assert (waits["what"], waits["maybe"]) == ([BATCH], True)
    assert not found["by_item"]["notice"]["waits_for"]["maybe"]
    row = summary(found["items"])
    assert (row["waits"], row["comes"]) == ([], [BATCH])
    batch = case_view.one(Watch(town.hub.site, town.hub.store, town.clock), found["batch"])
    assert (batch["matter"], batch["policy"]) == ("grant-payment", policy().name)


def test_a_document_is_called_by_its_kind_where_the_matter_has_no_words_for_it(town: Town) -> None:
    site, words = town.hub.site, FieldWords()
    matter = site.matter("grant-list")
    assert waiting_for.document(site, matter, "list", words) == "奖补名单"
    assert waiting_for.document(site, matter, "decision", words) == "部门负责人确认名单"
    assert waiting_for.document(site, matter, "gone", words) == "gone"


def test_a_correction_waits_for_nothing_of_its_own(town: Town) -> None:
    matter = town.hub.site.matter("grant-award")
    states = {"pay#1": "waiting", "confirm": "sent"}
    assert waiting_for.of_item(town.hub.site, matter, "pay#1", states, ())["what"] == []
