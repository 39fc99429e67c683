"""A question that can't find what was sent is a mistake of the file: it would be done twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters import generic
from exchange.errors import Fatal
from exchange.ports import Endpoint
from matters import files
from tests import how_to_files
from zhida import site_schemas

AT = "/operations/grant"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    how_to_files.write("connect-a-system", tmp_path)
    return tmp_path


@pytest.fixture
def options(site: Path) -> dict[str, Any]:
    told: dict[str, Any] = files.load(site / "systems/childcare.yaml", site_schemas.SYSTEM)
    found: dict[str, Any] = told["options"]
    found["operations"]["grant"].pop("books")
    return found


def found(options: dict[str, Any], site: Path) -> list[tuple[str, str]]:
    return [(problem.code, at) for at, problem in generic.mistakes(options, site)]


def test_a_question_by_a_key_that_was_never_sent(options: dict[str, Any], site: Path) -> None:
    grant = options["operations"]["grant"]
    del grant["effect_key"], grant["probe"]["same"]
    assert found(options, site) == [("generic.key-not-sent", f"{AT}/probe/effect_key")]
    grant["call"] = "POST /api/apply/{effect_key}"
    assert found(options, site) == []


def test_the_same_in_the_address_of_the_question(options: dict[str, Any], site: Path) -> None:
    grant = options["operations"]["grant"]
    del grant["effect_key"], grant["probe"]["same"], grant["probe"]["effect_key"]
    grant["probe"]["call"] = "GET /api/grants/{effect_key}"
    assert found(options, site) == [("generic.key-not-sent", f"{AT}/probe/call")]


def test_a_list_by_a_key_that_was_never_sent(options: dict[str, Any], site: Path) -> None:
    grant = options["operations"]["grant"]
    del grant["effect_key"]
    grant["probe"] |= {"take": {"/idno": "/person/idno"}, "same": {"/data/idno": "/person/idno"}}
    del grant["probe"]["effect_key"]
    assert found(options, site) == []
    rows = {"success": [{"at": "/code", "equals": 0}], "rows": "/rows"}
    grant["books"] = {"call": "GET /l", "effect_key": "/serial", "at": {"at": "/time"}, **rows}
    assert found(options, site) == [("generic.key-not-sent", f"{AT}/books/effect_key")]


def test_a_question_by_a_field_that_no_message_has(options: dict[str, Any], site: Path) -> None:
    probe = options["operations"]["grant"]["probe"]
    probe["take"] = {"/idno": "/person/idn"}
    [(at, problem)] = generic.mistakes(options, site)
    assert (at, problem.code) == (f"{AT}/probe/take/~1idno", "generic.take-not-sent")
    assert problem.facts["nearest"] == "/person/idno"


def test_a_question_that_names_nothing(options: dict[str, Any], site: Path) -> None:
    probe = options["operations"]["grant"]["probe"]
    del probe["effect_key"]
    assert found(options, site) == [("generic.probe-asks-nothing", f"{AT}/probe")]
    probe["mapping"] = options["operations"]["grant"]["mapping"]
    assert found(options, site) == []


@pytest.mark.parametrize("place", ["answer", "probe"])
def test_a_comparison_with_what_was_never_sent(
    options: dict[str, Any], site: Path, place: str
) -> None:
    options["operations"]["grant"][place]["same"] = {"/data/idno": "/idno"}
    assert found(options, site) == [("generic.same-not-sent", f"{AT}/{place}/same/~1data~1idno")]


def test_a_system_with_such_a_question_is_never_opened(options: dict[str, Any], site: Path) -> None:
    del options["operations"]["grant"]["effect_key"]
    with pytest.raises(Fatal) as caught:
        generic.open_system(options, Endpoint("http://127.0.0.1:9", site=site))
    assert caught.value.code == "generic.key-not-sent"
