"""A case goes by the definition that it began with, whatever the matter's file says since."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from exchange.errors import Fatal
from exchange.store import case_rows
from matters import matter
from matters.matter import Matter
from sandbox.handle import Handle
from zhida import case_view, definitions
from zhida.watch import Watch


def with_a_new_item(found: Matter) -> Matter:
    told = json.loads(found.definition)
    told["items"]["card"] = {
        "title": "社会保障卡申领",
        "unit": "service-window",
        "do": "oa.todo",
        "needs": ["household"],
    }
    told["items"]["reply"]["after"].append("card")
    return matter.build(told)


def test_an_open_case_ends_by_its_own_items_when_the_matter_gains_one(
    town: Any, police: Handle
) -> None:
    police.fault("down")
    certificate = town.bear(820)
    town.take_in()
    town.sweep()
    assert town.states(certificate)["household"] == "ready"
    police.clear()
    before = town.matter
    grown = with_a_new_item(before)
    site = town.hub.site
    town.hub.site = replace(site, matters={"newborn": grown})
    town.matter = grown
    try:
        town.finish(certificate)
        shown = case_view.one(Watch(town.hub.site, town.hub.store), town.case(certificate).id)
    finally:
        town.hub.site, town.matter = site, before
    assert [item["item"] for item in shown["items"]] == list(before.items)
    assert town.effects(certificate) == (1, 1, 1)


def test_a_definition_that_is_not_in_the_store_is_told(town: Any) -> None:
    certificate = town.bear(821)
    town.take_in()
    row = replace(town.case(certificate), definition="0" * 64)
    with pytest.raises(Fatal, match=r"case\.no-definition"):
        definitions.of_case(town.hub.site, town.hub.store, row)
    town.finish(certificate)


def test_each_definition_is_stored_once(town: Any) -> None:
    with town.hub.store.write() as connection:
        case_rows.keep_definition(connection, town.matter.digest, "other content")
        found = case_rows.get_definition(connection, town.matter.digest)
    assert found == town.matter.definition
