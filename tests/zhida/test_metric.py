"""The table of figures is whole, and what is written of them is Prometheus' text format to the letter."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

from zhida import metric
from zhida.metric import Sample

PEER = Path(__file__).resolve().parents[2] / "var" / "peers" / "metrics"
NAME, LABEL = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r"[a-zA-Z_][a-zA-Z0-9_]*"
VALUE = r"(?:[-+]?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?)"
PAIR = rf'{LABEL}="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
SAMPLE = re.compile(rf"({NAME})(\{{{PAIR}(?:,{PAIR})*\}})? ({VALUE})")
HELP = re.compile(rf"# HELP ({NAME}) (?:[^\\\n]|\\\\|\\n)+")
TYPE = re.compile(rf"# TYPE ({NAME}) gauge")


def parsed(text: str) -> dict[tuple[str, str], float]:
    """Strictly: each metric's HELP, TYPE and samples in one block, none twice, a line end at the end."""
    assert text.endswith("\n")
    found: dict[tuple[str, str], float] = {}
    blocks: list[str] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if told := HELP.fullmatch(line):
            blocks.append(told[1])
            second = TYPE.fullmatch(lines[number + 1])
            assert second is not None and second[1] == told[1]
        elif TYPE.fullmatch(line) is None:
            sample = SAMPLE.fullmatch(line)
            assert sample is not None, line
            assert sample[1] == blocks[-1]
            assert (sample[1], sample[2] or "") not in found, line
            found[sample[1], sample[2] or ""] = float(sample[3])
    assert len(set(blocks)) == len(blocks)
    return found


def test_a_value_and_its_labels_come_out_as_they_were() -> None:
    labels = {"system": '国库 "一"\n\\', "unit": "finance", "state": "ready"}
    text = metric.text(
        [
            Sample("zhida_items", 3, labels),
            Sample("zhida_disk_free_bytes", 2**40, {"place": "data"}),
        ]
    )
    found = parsed(text)
    assert found["zhida_disk_free_bytes", '{place="data"}'] == 2**40
    told = '{system="国库 \\"一\\"\\n\\\\",unit="finance",state="ready"}'
    assert found["zhida_items", told] == 3


def test_a_parser_that_is_not_ours_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (PEER / ".ready").exists(), "run: make peers"
    monkeypatch.syspath_prepend(str(PEER))
    parser = importlib.import_module("prometheus_client.parser")
    labels = {"kind": "unit", "holder": '甲 "乙"\\\n丙'}
    given = [
        Sample("zhida_certificate_days_left", -2, labels),
        Sample("zhida_ledger_entries", 10**9),
    ]
    families = {
        each.name: each for each in parser.text_string_to_metric_families(metric.text(given))
    }
    assert {each.type for each in families.values()} == {"gauge"}
    for sample in given:
        (read,) = families[sample.name].samples
        assert (read.labels, read.value) == (dict(sample.labels), sample.value)
        assert families[sample.name].documentation == metric.catalogue()[sample.name].en


def test_samples_of_one_metric_stand_together_whatever_their_order() -> None:
    some = [Sample("zhida_sweep_seconds", n, {"matter": f"m{n}"}) for n in range(2)]
    mixed = [some[0], Sample("zhida_proposals_open", 1), some[1]]
    assert len(parsed(metric.text(mixed))) == 3


def test_what_the_table_does_not_name_is_no_metric() -> None:
    with pytest.raises(KeyError):
        metric.text([Sample("zhida_other", 1)])


def test_the_table_is_whole_and_in_both_languages() -> None:
    for each in metric.catalogue().values():
        assert re.fullmatch(r"zhida_[a-z_]+", each.name)
        assert all([each.unit, each.zh, each.en, each.do_zh, each.do_en]), each.name
        assert re.search("[\u4e00-\u9fff]", each.zh) and each.en.isascii() and each.do_en.isascii()
        assert set(each.labels) <= {
            *("version", "part", "system", "unit", "state", "kind", "matter"),
            *("holder", "sync", "target", "bank", "place"),
        }, "a label never names a person or a case"


def test_doctests() -> None:
    assert doctest.testmod(metric).failed == 0
