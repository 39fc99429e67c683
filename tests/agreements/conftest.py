"""A running district whose agreements and certificates a test may change."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from sandbox.births import birth
from sandbox.books import read_wire
from sandbox.district import District
from tests.zhida.conftest import Town
from zhida import sweep

DOES = {
    "police": {"csdj", "csdjcx"},
    "insurance": {"9101", "1101"},
    "oa": {"submitWorkflowRequest"},
}
"""Operations of each system that carry something of ours to it."""


class Rules:
    """The site's agreements and certificates; the hub is opened anew after each change."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.folder: Path = town.district.directory / "site" / "agreements"
        self.kept = town.district.directory / "kept"
        shutil.copytree(self.folder.parent, self.kept)

    def change(self, agreement: str, **values: Any) -> None:
        file = self.folder / f"{agreement}.yaml"
        told = YAML(typ="safe").load(file) | values
        with file.open("w", encoding="utf-8") as stream:
            YAML().dump(told, stream)
        self.reopen()

    def without(self, agreement: str, *fields: str) -> None:
        told = YAML(typ="safe").load(self.folder / f"{agreement}.yaml")
        left = [field for field in told["fields"] if field not in fields]
        assert len(left) == len(told["fields"]) - len(fields)
        self.change(agreement, fields=left)

    def remove(self, agreement: str) -> None:
        (self.folder / f"{agreement}.yaml").unlink()
        self.reopen()

    def certificate(self, pem: bytes, unit: str = "hospital") -> None:
        (self.folder.parent / "keys" / f"{unit}.crt").write_bytes(pem)
        self.reopen()

    def restore(self) -> None:
        shutil.rmtree(self.folder.parent)
        shutil.copytree(self.kept, self.folder.parent)
        self.reopen()

    def reopen(self) -> None:
        self.town.hub.close()
        self.town.hub = self.town.open_hub()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with District(tmp_path_factory.mktemp("town")) as district:
        found = Town(district)
        yield found
        found.close()


@pytest.fixture(scope="module")
def all_rules(town: Town) -> Rules:
    return Rules(town)


@pytest.fixture
def rules(all_rules: Rules) -> Iterator[Rules]:
    yield all_rules
    all_rules.restore()


@pytest.fixture(scope="session")
def numbers() -> Callable[[], int]:
    """Another birth each time; even ones, so that the household is the mother's."""
    given = iter(range(2, 998, 2))
    return lambda: next(given)


@pytest.fixture
def number(numbers: Callable[[], int]) -> int:
    return numbers()


@pytest.fixture
def heard(town: Town) -> Callable[[str], list[bytes]]:
    """What a system heard of the hub's doings, byte for byte (of the OA: what the hub submitted)."""

    def ask(system: str) -> list[bytes]:
        wire = read_wire(town.district.directory / system / "books.sqlite")
        bodies = [(r["operation"], r["body"]) for r in wire if r["direction"] == "in"]
        return [body for operation, body in bodies if operation in DOES[system]]

    return ask


@pytest.fixture
def turn(town: Town) -> Callable[[str], str]:
    """One item's turn in the hub of now; the state in which its one case ends."""

    def work(item: str) -> str:
        report = sweep.sweep_item(town.hub, town.matter, town.matter.items[item])
        return " ".join(report.states)

    return work


@pytest.fixture
def born(town: Town, number: int) -> str:
    """A birth that the hospital has signed and the parents have declared; nothing done yet."""
    facts = birth(number).facts
    town.district.birth(facts)
    certificate = town.declare(number)
    town.take_in()
    return str(certificate)
