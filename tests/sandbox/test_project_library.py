"""The library of a project's papers: the same paper for everybody, and none where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.district import District
from sandbox.handle import Handle

CODE = "2024-320111-47-01-100001"


@pytest.fixture
def library(district: District) -> Iterator[Handle]:
    yield district.system("project_library")
    district.system("project_library").clear()


def ask(library: Handle, kind: str, building: str) -> dict[str, Any]:
    body = {"kind": kind, "projectCode": CODE, "buildingNo": building}
    url = f"{library.address}/service/document"
    told: dict[str, Any] = requests.post(url, json=body, timeout=10).json()
    return told


def test_a_building_s_paper_is_always_the_same_and_no_other_s(library: Handle) -> None:
    found = ask(library, "survey-green", "1")
    assert found == ask(library, "survey-green", "1")
    others = [ask(library, "survey-pipes", "1"), ask(library, "survey-green", "2")]
    assert found["data"]["sm3"] not in {each["data"]["sm3"] for each in others}
    told = {"kind": "survey-green", "projectCode": CODE, "buildingNo": "1"}
    assert told.items() <= found["data"].items()


def test_what_is_not_there_yet_is_there_later(library: Handle) -> None:
    about = {"kind": "lift-inspection", "buildingNo": "9"}
    library.ask("POST", "/missing", about)
    assert ask(library, "lift-inspection", "9") == {"code": "4040", "msg": "没有这份资料"}
    assert ask(library, "lift-inspection", "8")["code"] == "0"
    assert library.ask("POST", "/found", about) == {"found": 1}
    assert ask(library, "lift-inspection", "9")["code"] == "0"
    assert ask(library, "no-such-kind", "9")["code"] == "4040"


def test_every_question_is_in_its_books(library: Handle) -> None:
    before = len(library.books())
    ask(library, "survey-property", "77")
    library.fault("refuse", operation="service/document", times=1, reason="系统维护")
    assert ask(library, "survey-property", "77") == {"code": "4000", "msg": "系统维护"}
    (row,) = library.books()[before:]
    assert (row["kind"], row["building"]) == ("survey-property", "77")
