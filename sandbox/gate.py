"""A gate (网闸) in a process of its own: files of one folder appear in another, minutes later.

Each direction is a ferry with its own rules; nothing else connects the two sides. What gates do to
files can be switched on in a running one, by a JSON file that it reads before each crossing::

    {"delay_s": 2, "extensions": ["txt"], "max_bytes": 50000,
     "faults": [{"match": "m*", "do": "lose", "times": 1}]}

=========  =====================================================================================
do         what happens to a file
=========  =====================================================================================
lose       it is quarantined and never arrives
note       the same, and a note of the virus scanner arrives under its name instead
repeat     it arrives twice, the second time under another name
cut        its second half is missing
corrupt    one byte in its middle is another one
head       its first byte is another one
rename     a stamp stands before its name
upper      its name is in capitals
short      its name is cut to eight and three characters, in capitals, with ~1, ~2 …
lines      every line feed has become carriage return and line feed
hold       it stays until this rule is gone (others overtake it)
half       it lies there half written for one turn, under its own name
=========  =====================================================================================

Run: ``python -m sandbox.gate --inner DIR --outer DIR --rules FILE``: ``inner/out`` goes to
``outer/in`` and ``outer/out`` to ``inner/in``.
"""

from __future__ import annotations

import argparse
import json
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Event
from typing import Any

TURN = 0.05
"""Seconds between two looks."""
DEFAULTS: Mapping[str, Any] = {
    "delay_s": 0.0,
    "extensions": ["txt"],
    "max_bytes": 10_000_000,
    "faults": [],
}


class Ferry:
    """One direction. ``rules`` gives what holds at the moment; ``quarantine`` keeps what is lost."""

    def __init__(
        self, source: Path, target: Path, quarantine: Path, rules: Callable[[], Mapping[str, Any]]
    ) -> None:
        self._source, self._target, self._quarantine = source, target, quarantine
        self._rules = rules
        self._used: dict[str, int] = {}
        self._since: dict[str, float] = {}
        self._half: dict[str, bytes] = {}

    def turn(self, now: float) -> None:
        """Look once: what has lain long enough crosses."""
        rules = {**DEFAULTS, **self._rules()}
        for name, raw in list(self._half.items()):
            (self._target / name).write_bytes(raw)
            del self._half[name]
        for file in sorted(self._source.iterdir()):
            if file.name.startswith(".") or not file.is_file():
                continue
            since = self._since.setdefault(file.name, now)
            if now - since >= rules["delay_s"]:
                self._cross(file, rules)

    def _cross(self, file: Path, rules: Mapping[str, Any]) -> None:
        raw, fault = file.read_bytes(), self._fault(file.name, rules["faults"])
        if fault == "hold":
            return
        allowed = file.suffix.lower().lstrip(".") in rules["extensions"]
        if not allowed or len(raw) > rules["max_bytes"]:
            fault = "lose"
        del self._since[file.name]
        for name, content in self._changed(file.name, raw, fault):
            self._arrive(name, content)
        if fault in ("lose", "note"):
            (self._quarantine / file.name).write_bytes(raw)
        file.unlink()

    def _arrive(self, name: str, content: bytes) -> None:
        """In one move, as a good gate does."""
        part = self._target / f".{name}.crossing"
        part.write_bytes(content)
        part.replace(self._target / name)

    def _fault(self, name: str, faults: Sequence[Mapping[str, Any]]) -> str:
        for number, rule in enumerate(faults):
            key = json.dumps([number, rule], sort_keys=True)
            if fnmatchcase(name, rule["match"]) and self._used.get(key, 0) < rule.get("times", 1e9):
                self._used[key] = self._used.get(key, 0) + (rule["do"] != "hold")
                return str(rule["do"])
        return ""

    def _short(self, stem: str, extension: str) -> str:
        names = (f"{stem[:5].upper()}~{n}.{extension[:3].upper()}" for n in range(1, 100))
        return next(name for name in names if not (self._target / name).exists())

    def _changed(self, name: str, raw: bytes, fault: str) -> list[tuple[str, bytes]]:
        stem, _, extension = name.rpartition(".")
        middle = len(raw) // 2
        if fault == "half":
            self._half[name] = raw
        table: dict[str, list[tuple[str, bytes]]] = {
            "lose": [],
            "note": [(f"{name}.log", "文件已被隔离".encode("gbk"))],
            "repeat": [(name, raw), (f"{stem}(1).{extension}", raw)],
            "cut": [(name, raw[:middle])],
            "corrupt": [(name, raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :])],
            "head": [(name, b"?" + raw[1:])],
            "rename": [(f"20260108_000001_{name}", raw)],
            "upper": [(name.upper(), raw)],
            "short": [(self._short(stem, extension), raw)],
            "lines": [(name, raw.replace(b"\n", b"\r\n"))],
            "half": [(name, raw[:middle])],
        }
        return table.get(fault, [(name, raw)])


def made(inner: Path, outer: Path, rules: Callable[[], Mapping[str, Any]]) -> list[Ferry]:
    """Both directions between two folders, whose ``out``, ``in`` and ``lost`` are made."""
    for side in (inner, outer):
        for name in ("out", "in", "lost"):
            (side / name).mkdir(parents=True, exist_ok=True)
    return [
        Ferry(one / "out", other / "in", one / "lost", rules)
        for one, other in ((inner, outer), (outer, inner))
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Ferry until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="sandbox.gate", description=__doc__)
    for name in ("--inner", "--outer", "--rules"):
        parser.add_argument(name, type=Path, required=True)
    told = parser.parse_args(argv)
    over = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())

    def rules() -> Mapping[str, Any]:
        found: Mapping[str, Any] = (
            json.loads(told.rules.read_bytes()) if told.rules.exists() else {}
        )
        return found

    ferries = made(told.inner, told.outer, rules)
    while not over.wait(TURN):
        for ferry in ferries:
            ferry.turn(time.monotonic())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
