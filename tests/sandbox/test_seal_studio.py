"""The seals' folder: one receipt a request, named like it, and never before it is whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox import uscc
from sandbox.seal_studio import SealStudio

CODE = uscc.compose("320117", 1)


@pytest.fixture
def studio(tmp_path: Path) -> SealStudio:
    return SealStudio(tmp_path)


def put(studio: SealStudio, name: str, **changed: str) -> None:
    asked = {"tyxydm": CODE, "dwmc": "示例公司", "fddbr": "钱示例"} | changed
    text = json.dumps(asked, ensure_ascii=False)
    (studio.requests / f"{name}.json").write_bytes(text.encode("gb18030"))


def receipt(studio: SealStudio, name: str) -> dict[str, str]:
    told = (studio.receipts / f"{name}.json").read_bytes().decode("gb18030")
    found: dict[str, str] = json.loads(told)
    return found


def test_a_seal_is_filed_once_and_has_a_number(studio: SealStudio) -> None:
    put(studio, "a")
    assert (studio.work(), studio.work()) == (1, 0)
    assert (receipt(studio, "a")["result"], receipt(studio, "a")["yzbm"]) == ("1", "3201170000001")
    assert [each["dwmc"] for each in studio.filed] == ["示例公司"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"dwmc": "不予备案公司"}, "名称不规范"), ({"tyxydm": CODE[:-1] + "0"}, "代码")],
)
def test_a_no_has_its_reason(studio: SealStudio, changed: dict[str, str], reason: str) -> None:
    studio.refused["不予备案公司"] = "名称不规范"
    put(studio, "b", **changed)
    studio.work()
    assert receipt(studio, "b")["result"] == "2"
    assert reason in receipt(studio, "b")["reason"]
    assert studio.filed == []
