"""A further message about a business that has a case: what the case can't take in, a person looks at.

Told as joined, it would be lost: no case would count it, and its desk would never hear of it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from exchange.ports import Arrival
from exchange.store import case_rows, document_rows, ledger_rows
from mappings import compiler
from matters import matter
from matters.matter import Matter
from sandbox.births import birth
from zhida import cancelling, message
from zhida.message import Stream

FORM = compiler.load("oa_form_615_birth_declaration")


def arrival(key: str, number: int, **changed: Any) -> Arrival:
    """The form of this birth in another message."""
    form = birth(number).form
    raw = json.dumps(form | {"key": key}).encode()
    found = Arrival(key, raw, "birth-declaration", FORM.apply(form), mapping_digest=FORM.digest)
    return replace(found, **changed)


def stream(town: Any, of: Matter) -> Stream:
    """The last of the streams that open a case of this matter."""
    return Stream(town.hub, of, of.opens_on[-1], town.hub.site.systems["oa"])


def with_a_second_form(found: Matter) -> Matter:
    """The matter since it may be begun at the bedside too."""
    told = json.loads(found.definition)
    bedside = {"stream": "form:616", "gives": "bedside", "identity": ["/certificate/number"]}
    told["opens_on"].append(told["opens_on"][0] | bedside)
    return matter.build(told)


def documents(town: Any, certificate: str) -> dict[str, str]:
    with town.hub.store.read() as connection:
        return case_rows.documents(connection, town.case(certificate).id)


def kinds(town: Any, certificate: str) -> list[str]:
    """What the ledger says of the case."""
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries_of_case(connection, town.case(certificate).id)
    return [row.kind for row in rows]


def problems(town: Any, key: str) -> list[dict[str, Any]]:
    """What its desk is told of the message."""
    with town.hub.store.read() as connection:
        rows = document_rows.list_invalid(connection)
    return [each for row in rows if row.key == key for each in json.loads(row.problems)]


@pytest.mark.guarantee("G1")
def test_a_form_that_the_case_s_own_definition_does_not_know_is_kept_for_a_person(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = town.declare(1010)
    town.take_in()
    before = documents(town, begun)
    grown = with_a_second_form(town.matter)
    monkeypatch.setattr(town.hub, "site", replace(town.hub.site, matters={"newborn": grown}))
    assert message.take(stream(town, grown), arrival("b1010", 1010)) == "known"
    assert documents(town, begun) == before
    assert "joined" not in kinds(town, begun)
    duplicate = {"code": "intake.duplicate-case", "case": town.case(begun).id}
    assert problems(town, "b1010") == [duplicate]


def test_a_form_that_the_case_s_own_definition_knows_joins_it(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown = with_a_second_form(town.matter)
    monkeypatch.setattr(town.hub, "site", replace(town.hub.site, matters={"newborn": grown}))
    first = replace(stream(town, grown), opening=grown.opens_on[0])
    certificate = birth(1011).form["cszmbh"]
    assert message.take(first, arrival("a1011", 1011)) == "opened"
    assert message.take(stream(town, grown), arrival("b1011", 1011)) == "joined"
    assert documents(town, certificate).keys() == {"declaration", "bedside"}
    assert "joined" in kinds(town, certificate)
    assert problems(town, "b1011") == []


@pytest.mark.guarantee("G1")
def test_a_form_older_than_what_a_cancelled_case_knows_does_not_take_it_up(town: Any) -> None:
    certificate = town.bear_ready(1012)
    case, before = town.case(certificate).id, documents(town, certificate)
    cancelling.cancel(town.hub, town.operator("wang"), case, "监护人撤回申请")
    town.clock.skip(6)
    town.sweep()  # the window hears of it: from here on a newer form would take it up
    assert town.states(certificate)["reply"] == "applied"
    late = arrival("c1012", 1012, as_of=town.clock() - timedelta(days=1))
    assert message.take(stream(town, town.matter), late) == "known"
    assert town.case(certificate).state == "cancelled"
    assert documents(town, certificate)["declaration"] == before["declaration"]
    assert not {"joined", "case-taken-up"} & set(kinds(town, certificate))
    assert problems(town, "c1012") == [{"code": "intake.duplicate-case", "case": case}]
    new = arrival("d1012", 1012, as_of=town.clock())
    assert message.take(stream(town, town.matter), new) == "joined"
    assert town.case(certificate).state == "open"


def test_everything_is_accounted_for(town: Any) -> None:
    town.audit()
