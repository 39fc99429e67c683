"""The target's own numbers of a case, without anybody's number and without a secret none."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Fatal
from exchange.vault import Vault
from zhida import case_references
from zhida.watch import Watch


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("YL2026112800001", "YL2026112800001"),
        ("2026-NO/17", "2026-NO/17"),
        ("32011720260105001X", "9×17 A"),
        ("no:320117202601050015", "a×2:9×18"),
        ("320117940105001", "9×15"),
        ("13800000000", "9×11"),
        ("编号 7", "汉×2␣9"),
        ("", ""),
    ],
)
def test_a_number_is_shown_and_a_person_s_is_not(reference: str, shown: str) -> None:
    assert case_references.shown(reference) == shown


def test_without_the_secret_there_is_none_and_nothing_fails(town: Any, tmp_path: Path) -> None:
    certificate = town.bear(811)
    town.finish(certificate)
    watch, case = Watch(town.hub.site, town.hub.store, town.clock), town.case(certificate).id
    found = case_references.of_case(watch, case, lambda _: town.hub.vault)
    assert found["household"] and found["insurance"]

    def refuse(_: Watch) -> Any:
        raise Fatal("site.no-variable", variable="ZHIDA_KEY_PASSWORD")

    assert case_references.of_case(watch, case, refuse) == {}
    erased = Vault(tmp_path, b"other")
    assert case_references.of_case(watch, case, lambda _: erased) == {}


def test_doctests() -> None:
    assert doctest.testmod(case_references).failed == 0
