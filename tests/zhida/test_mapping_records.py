"""Sample records as adapters read them: nothing guessed, no digit lost, all of it or nothing."""

from __future__ import annotations

import io
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from exchange.errors import Fatal, Invalid
from zhida import mapping_records as records


def put(folder: Path, name: str, data: str | bytes) -> str:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return str(path)


def test_each_format(tmp_path: Path) -> None:
    one = {"nr": "01", "xm": "张小直"}
    for name, text in {
        "a.json": '{"nr": "01", "xm": "张小直"}',
        "b.json": '[{"nr": "01", "xm": "张小直"}]',
        "c.yaml": 'nr: "01"\nxm: 张小直\n',
        "d.csv": "nr,xm\n01,张小直\n",
        "e.xml": "<行><nr>01</nr><xm>张小直</xm></行>",
    }.items():
        assert records.read(put(tmp_path, name, text)) == [one], name


def test_no_digit_is_lost(tmp_path: Path) -> None:
    file = put(tmp_path, "a.json", '{"id": 12345678901234567890, "je": 0.10}')
    assert records.read(file) == [{"id": 12345678901234567890, "je": Decimal("0.10")}]


def test_gbk_and_the_element_of_a_record(tmp_path: Path) -> None:
    csv = put(tmp_path, "a.csv", "姓名\n张小直\n".encode("gbk"))
    assert records.read(csv, "gbk") == [{"姓名": "张小直"}]
    with pytest.raises(Invalid):
        records.read(csv)
    xml = put(tmp_path, "a.xml", "<r><n/><行><a>1</a></行><行><a>2</a></行></r>")
    assert records.read(xml, element="行") == [{"a": "1"}, {"a": "2"}]


def test_standard_input_is_told_by_its_first_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ('{"a": "1"}', "<r><a>1</a></r>", 'a: "1"\n', '\ufeff {"a": "1"}'):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert records.read("-") == [{"a": "1"}]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.json", '{"a": 1, "a": 2}', "mapping.record-json"),
        ("a.json", "[" * 100_000, "mapping.record-json"),
        ("a.json", '["a"]', "mapping.record-object"),
        ("a.json", "[]", "mapping.record-object"),
        ("a.yaml", "a: 01\n", "mapping.quote-it"),
        ("a.txt", "", "mapping.record-form"),
        ("a.xml", "<!DOCTYPE r><r/>", "records.doctype"),
    ],
)
def test_what_is_refused(tmp_path: Path, name: str, text: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        records.read(put(tmp_path, name, text))
    assert caught.value.code == code


def test_a_folder_s_samples_in_order(tmp_path: Path) -> None:
    for name in ("b.json", "a.yaml", "x.txt", ".c.json", "~d.csv"):
        put(tmp_path, name, "")
    assert [Path(each).name for each in records.below(tmp_path)] == ["a.yaml", "b.json"]
    assert records.below(tmp_path / "b.json") == [str(tmp_path / "b.json")]


def test_an_absent_file(tmp_path: Path) -> None:
    with pytest.raises(Fatal):
        records.read(str(tmp_path / "no.json"))
