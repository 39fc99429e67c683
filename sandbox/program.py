"""Runs one stand-in as a process of its own: arguments, ports, signals."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from sandbox import control
from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.port import Application, Port


@dataclass(frozen=True)
class System:
    """What a stand-in is made of."""

    books: Books
    faults: Faults
    application: Application | None = None
    """None: it has no port of its own (the hospital's system only sends)."""
    actions: control.Routes = field(default_factory=dict)
    """What its control port does besides the usual."""
    start: Callable[[], None] = lambda: None
    """Called once when everything stands."""


def run(name: str, build: Callable[[Path], System], argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; ``build`` gets the system's own folder."""
    arguments = _arguments(name, argv)
    folder = Path(arguments.dir) / name
    system = build(folder)
    gate = _gate(system, arguments.port)
    actions = control.routes(name, system.books, system.faults, gate=gate)
    gate.open()
    control.serve({**actions, **system.actions}, port=arguments.control)
    system.start()
    _wait(arguments.parent)
    system.faults.clear()
    gate.close()
    system.books.close()
    return 0


def _arguments(name: str, argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"sandbox.{name}", description=f"stand-in: {name}")
    parser.add_argument("--dir", required=True, help="folder of the district")
    parser.add_argument("--port", type=int, default=0, help="its real port on loopback")
    parser.add_argument("--control", type=int, required=True, help="its control port on loopback")
    parser.add_argument("--parent", type=int, default=0, help="end when this process is gone")
    return parser.parse_args(argv)


def _gate(system: System, number: int) -> control.Gate:
    if system.application is None:
        return control.Gate(lambda: None, lambda: None)
    port = Port(system.application, system.books, system.faults, number=number)
    return control.Gate(port.open, port.close)


def _wait(parent: int) -> None:
    over = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    if parent:
        Thread(target=_watch, args=(parent, over), daemon=True).start()
    over.wait()


def _watch(parent: int, over: Event) -> None:
    """A test run that is killed must not leave its stand-ins behind."""
    while os.getppid() == parent:
        if over.wait(0.5):
            return
    over.set()
