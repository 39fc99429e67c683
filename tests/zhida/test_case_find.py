"""The case of a number: of the business, or of the effect key in somebody's books."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange.errors import Fatal
from exchange.store import case_rows
from exchange.vault import Vault
from zhida import case_find, case_references
from zhida.cli import app
from zhida.watch import Watch


@pytest.fixture(scope="module")
def certificate(town: Any) -> str:
    town.police.fault(
        "refuse", operation="csdj", reason="父母信息待核实，请电 13800000000", times=1
    )
    found: str = town.bear(901)
    town.take_in()
    town.finish(found)
    return found


@pytest.fixture
def watch(town: Any) -> Watch:
    return Watch(town.hub.site, town.hub.store, town.clock)


def effect(town: Any, case: str) -> str:
    with town.hub.store.read() as connection:
        return next(i.effect for i in case_rows.items(connection, case) if i.effect)


def test_by_the_business_s_own_number_and_by_an_effect_key(
    town: Any, watch: Watch, certificate: str
) -> None:
    case = town.case(certificate).id
    assert case_find.find(watch, [certificate], lambda _: town.hub.vault) == [case]
    key = effect(town, case)
    assert case_find.find(watch, [key], lambda _: town.hub.vault) == [case]
    assert case_find.find(watch, [key[:8]], lambda _: town.hub.vault) == [case]
    with watch.store.read() as connection:
        assert case_find.of_effect(connection, key) == case
        assert case_find.of_effect(connection, "0" * 32) == ""


def test_a_part_of_a_number_or_one_too_many_finds_nothing(
    town: Any, watch: Watch, certificate: str
) -> None:
    for numbers in (
        [certificate[:-1]],
        [certificate, "1"],
        [effect(town, town.case(certificate).id)[:7]],
    ):
        with pytest.raises(Fatal, match=r"case\.not-found"):
            case_find.find(watch, numbers, lambda _: town.hub.vault)


def test_without_the_secret_only_an_effect_key_is_found(
    town: Any, watch: Watch, certificate: str, tmp_path: Path
) -> None:
    def refuse(_: Watch) -> Vault:
        raise Fatal("site.no-variable", variable="ZHIDA_KEY_PASSWORD")

    with pytest.raises(Fatal, match=r"case\.no-secret"):
        case_find.find(watch, [certificate], refuse)
    key = effect(town, town.case(certificate).id)
    assert case_find.find(watch, [key], refuse) == [town.case(certificate).id]


def test_the_reason_of_a_refusal_is_shown_to_who_has_the_secret(
    town: Any, watch: Watch, certificate: str
) -> None:
    case = town.case(certificate).id
    found = case_references.reasons(watch, case, lambda _: town.hub.vault)
    assert found == {"household": "父母信息待核实，请电 9×11"}


def test_the_commands(town: Any, certificate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in town.district.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "240")
    done = CliRunner().invoke(app, ["case", "find", certificate, "--json"])
    assert done.exit_code == 0, done.output
    [row] = json.loads(done.output)
    assert (row["case"], row["state"]) == (town.case(certificate).id, town.case(certificate).state)
    plain = CliRunner().invoke(app, ["case", "show", row["case"]]).output
    assert "父母信息待核实" not in plain
    shown = CliRunner().invoke(app, ["case", "show", row["case"], "--reasons"]).output
    assert "父母信息待核实" in shown
