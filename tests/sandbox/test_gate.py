"""The gate's stand-in: a file crosses after its delay, one way, and the faults are what they say."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.gate import made

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sides(tmp_path):
    rules = {}
    ferries = made(tmp_path / "inner", tmp_path / "outer", lambda: rules)
    return tmp_path, rules, ferries


def crossed(sides, name="m1.txt", raw=b"0123456789\n", now=100.0):
    root, _, ferries = sides
    (root / "inner" / "out" / name).write_bytes(raw)
    for moment in (now, now + 10):
        for ferry in ferries:
            ferry.turn(moment)
    return {file.name: file.read_bytes() for file in (root / "outer" / "in").iterdir()}


def test_a_file_crosses_after_its_delay_and_one_way(sides):
    root, rules, ferries = sides
    rules["delay_s"] = 20
    assert crossed(sides) == {}
    for ferry in ferries:
        ferry.turn(121.0)
    assert [file.name for file in (root / "outer" / "in").iterdir()] == ["m1.txt"]
    assert list((root / "inner" / "out").iterdir()) == []
    assert list((root / "inner" / "in").iterdir()) == []


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("lose", {}),
        ("note", {"m1.txt.log": "文件已被隔离".encode("gbk")}),
        ("repeat", {"m1.txt": b"0123456789\n", "m1(1).txt": b"0123456789\n"}),
        ("cut", {"m1.txt": b"01234"}),
        ("corrupt", {"m1.txt": b"01234\x346789\n"}),
        ("head", {"m1.txt": b"?123456789\n"}),
        ("rename", {"20260108_000001_m1.txt": b"0123456789\n"}),
        ("upper", {"M1.TXT": b"0123456789\n"}),
        ("short", {"M1~1.TXT": b"0123456789\n"}),
        ("lines", {"m1.txt": b"0123456789\r\n"}),
        ("hold", {}),
        ("half", {"m1.txt": b"0123456789\n"}),
    ],
)
def test_each_fault_is_what_it_says(sides, do, expected):
    sides[1]["faults"] = [{"match": "m*", "do": do, "times": 1}]
    assert crossed(sides) == expected
    lost = [file.name for file in (sides[0] / "inner" / "lost").iterdir()]
    assert lost == (["m1.txt"] if do in ("lose", "note") else [])


def test_a_wrong_extension_and_a_big_file_are_quarantined_and_a_fault_is_used_up(sides):
    sides[1].update(max_bytes=10, faults=[{"match": "*", "do": "upper", "times": 1}])
    assert crossed(sides, "a.exe", b"1") == {}
    assert crossed(sides, "a.txt", b"x" * 11) == {}
    assert crossed(sides, "b.TXT", b"1") == {"b.TXT": b"1"}


def test_it_runs_as_a_process_and_ends_when_asked(tmp_path):
    command = [sys.executable, "-m", "sandbox.gate", "--rules", str(tmp_path / "rules")]
    command += ["--inner", str(tmp_path / "i"), "--outer", str(tmp_path / "o")]
    (tmp_path / "rules").write_text(json.dumps({"delay_s": 0.1}))
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        (tmp_path / "o" / "out").mkdir(parents=True)
        (tmp_path / "o" / "out" / "a.txt").write_bytes(b"1")
        arrived, end = tmp_path / "i" / "in" / "a.txt", time.monotonic() + 20
        while not arrived.exists() and time.monotonic() < end:
            time.sleep(0.05)
        assert arrived.read_bytes() == b"1"
    finally:
        process.terminate()
        assert process.wait(10) == 0
