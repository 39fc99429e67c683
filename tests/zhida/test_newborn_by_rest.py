"""A newborn whose window has E9: the hub works over REST, the clerk's form and the books are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox import oa_token
from sandbox.district import District
from sandbox.layout import SYSTEMS


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, open_town: Callable[..., Any]) -> Iterator[Any]:
    district = District(tmp_path_factory.mktemp("town"), systems=(*SYSTEMS, "oa_rest"))
    district.prepare()
    file = district.directory / "site" / "systems" / "oa.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("  hub_user: 900\n", "  hub_user: 900\n  api: rest\n"), "utf-8")
    with district:
        found = open_town(district)
        door = district.system("oa_rest")
        place = {"conn_type": "http", "schema": "http", "host": "127.0.0.1", "port": door.port}
        found.connections["oa"] = place | oa_token.registered(door.port)
        yield found
        found.close()


@pytest.mark.guarantee("G2")
def test_one_sweep_brings_every_effect_about_once(town: Any) -> None:
    certificate = town.bear(1)
    town.finish(certificate, sweeps=1)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.case(certificate).state == "done"
    form = town.form(certificate)
    assert (form["jghk"], form["jgyb"], form["@node"]) == ("办结", "办结", "办结")
    assert town.audit().entries > 10
    heard = {row["operation"] for row in town.district.system("oa_rest").wire()}
    assert heard >= {"getToDoWorkflowRequestList", "getWorkflowRequest", "submitRequest"}


def test_a_lost_answer_and_a_token_that_is_gone_double_nothing(town: Any) -> None:
    door = town.district.system("oa_rest")
    certificate = town.bear(2)
    door.fault("reset", operation="submitRequest", stage="after", times=1)
    town.take_in()
    town.sweep()
    door.restart()  # its tokens are gone with it
    town.finish(certificate, skip=60.0)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.case(certificate).state == "done"
