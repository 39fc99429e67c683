"""What went to whom: every field by its title and its pointer, and no value."""

from __future__ import annotations

import json
from typing import Any

from sandbox.births import birth
from zhida import case_view
from zhida.watch import Watch


def test_a_transfer_names_its_fields_twice_and_no_value(town: Any) -> None:
    certificate = town.bear(821)
    town.finish(certificate)
    watch = Watch(town.hub.site, town.hub.store, town.clock)
    rows = case_view.one(watch, town.case(certificate).id)["transfers"]
    told = next(row for row in rows if row["agreement"] == "hospital-to-police")
    named = dict(zip(told["disclosed"], told["disclosed_zh"], strict=True))
    assert named["/mother/id_number"] == "母亲 身份证件号码"
    assert len(told["withheld"]) == len(told["withheld_zh"])
    assert told["agreement_zh"] == "出生记录，用于新生儿出生一件事"
    assert (told["document_kind"], told["document_kind_zh"]) == ("birth-record", "出生记录")
    assert (told["purpose"], told["purpose_zh"]) == ("newborn-registration", "新生儿出生一件事")
    assert told["from_title"] == town.hub.site.units["hospital"].title
    facts = birth(821).facts
    assert facts["certificate"]["number"] not in json.dumps(rows, ensure_ascii=False)
