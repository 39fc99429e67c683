"""Lists on a wire: each row read by the mapping, or told why not; settled only by who asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters import bulk
from exchange.errors import Fatal, Invalid
from exchange.ports import Endpoint

MAPPING = """mapping: facts_tax
title: 税务事实
from: [/纳税人识别号, /无欠税]
to: wire
missing: ["", "空"]
one_way: 只读取
fields:
  - {to: /uscc, from: /纳税人识别号, identifier: gb32100}
  - {to: /tax_clean, from: /无欠税, required: false, values: {"是": true, "否": false}}
"""
FIRMS = ("91320117MA0000015D", "91330000755918469E")
OPTIONS = {
    "wire": "files",
    "settings": {"folders": {"facts": {"folder": "in", "pattern": "*.csv"}}},
    "streams": {"facts": {"mapping": "facts_tax", "format": "csv", "encoding": "gbk"}},
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "facts_tax.yaml").write_text(MAPPING, "utf-8")
    (tmp_path / "in").mkdir()
    return tmp_path


def write(place: Path, text: str, name: str = "a.csv") -> None:
    (place / "in" / name).write_bytes(f"纳税人识别号,无欠税\n{text}".encode("gbk"))


def opened(place: Path, **more: object) -> bulk.BulkSource:
    return bulk.open_system(OPTIONS | more, Endpoint(str(place), site=place))


def test_each_row_says_something_or_why_not(place: Path) -> None:
    write(place, f"{FIRMS[0]},是\n{FIRMS[1]},空\n{FIRMS[1]},也许\n123,否\n")
    source = opened(place)
    (parcel,), _ = source.take("facts", "")
    rows = list(source.rows("facts", parcel))
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert [row.record for row in rows[:2]] == [
        {"uscc": FIRMS[0], "tax_clean": True},
        {"uscc": FIRMS[1]},
    ]
    assert [type(row.error) for row in rows[2:]] == [Invalid, Invalid]
    assert rows[3].fields == {"纳税人识别号": "123", "无欠税": "否"}


def test_a_list_comes_again_until_it_is_settled(place: Path) -> None:
    write(place, f"{FIRMS[0]},是\n")
    for _ in range(2):
        (parcel,), _cursor = opened(place).take("facts", "")
    source = opened(place)
    (parcel,), _cursor = source.take("facts", "")
    source.settle("facts", [parcel.key])
    assert list(source.take("facts", "")[0]) == []
    assert source.is_file("facts")


def test_a_list_that_can_not_be_read_at_all_is_told_whole(place: Path) -> None:
    (place / "in" / "a.csv").write_bytes("纳税人识别号,纳税人识别号\n1,2\n".encode("gbk"))
    source = opened(place)
    (parcel,), _ = source.take("facts", "")
    with pytest.raises(Invalid, match="column-twice"):
        list(source.rows("facts", parcel))


def test_a_stream_that_is_not_there_names_the_nearest(place: Path) -> None:
    with pytest.raises(Fatal, match=r"bulk\.no-stream.*nearest=facts"):
        opened(place).take("fact", "")


def test_a_fixed_file_without_widths_is_told_before_any_file(place: Path) -> None:
    streams = {"facts": {"mapping": "facts_tax", "format": "fixed"}}
    with pytest.raises(Fatal, match="no-widths"):
        opened(place, streams=streams)
    found = bulk.mistakes(OPTIONS | {"streams": streams}, place)
    assert [(at, problem.code) for at, problem in found] == [
        ("/streams/facts", "records.no-widths")
    ]


def test_a_mapping_that_is_not_there_is_told_with_its_place(place: Path) -> None:
    streams = {"facts": {"mapping": "facts_tex", "format": "csv", "encoding": "gkb"}}
    found = dict(bulk.mistakes(OPTIONS | {"streams": streams}, place))
    assert found["/streams/facts/mapping"].code == "mapping.no-such-mapping"
    assert "/streams/facts/encoding" in found


def test_rows_are_read_by_the_mapping_that_held_when_they_were_taken(place: Path) -> None:
    write(place, f"{FIRMS[0]},是\n")
    source = opened(place)
    with pytest.raises(Fatal, match=r"bulk\.nothing-taken"):
        source.mapping("facts")
    (parcel,), _ = source.take("facts", "")
    digest = source.mapping("facts").digest
    changed = MAPPING.replace('"是": true', '"Y": true')
    (place / "mappings" / "facts_tax.yaml").write_text(changed, "utf-8")
    assert source.mapping("facts").digest == digest
    assert [row.record for row in source.rows("facts", parcel)] == [
        {"uscc": FIRMS[0], "tax_clean": True}
    ]
