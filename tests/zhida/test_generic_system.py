"""A newborn whose birth register is connected by YAML alone: the same case, effects and proofs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Fatal, Invalid
from tests.contracts import register
from zhida import reconcile, site, site_check
from zhida.keepers import keepers

NUMBERS = count(2001)
FILE = """system: public-security
title: 户政常住人口系统
unit: public-security
adapter: generic
connection: police
options: {options}
contact: {{name: 户政科技员, phone: 025-00000003}}
"""


def system_file(options: dict[str, Any]) -> str:
    return FILE.format(options=json.dumps(options, ensure_ascii=False))


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    """The system has the name that the matter's items do things by: ``public_security.…``."""
    return {"systems/police.yaml": system_file(register.options(2)), **register.mappings()}


def test_a_newborn_is_registered_through_the_generic_adapter(town: Any) -> None:
    certificate = town.bear(next(NUMBERS))
    town.finish(certificate)
    assert set(town.states(certificate).values()) == {"applied"}
    assert town.effects(certificate) == (1, 1, 1)
    assert town.audit().entries > 10


def test_a_lost_answer_is_asked_after_and_registered_once(town: Any, police: Any) -> None:
    certificate = town.bear(next(NUMBERS))
    police.fault("reset", operation="csdj", stage="after", times=1)
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def test_an_officer_s_no_is_told_with_his_words(town: Any, police: Any) -> None:
    certificate = town.bear(next(NUMBERS))
    police.fault("refuse", operation="csdj", reason="父母信息不一致", times=1)
    town.finish(certificate)
    assert town.states(certificate)["household"] == "refused"
    assert town.item(certificate, "household").code == "generic.refused"


def test_a_system_without_a_list_keeps_no_books(town: Any) -> None:
    assert keepers(town.hub.site.systems) == ["insurance", "oa"]
    system = town.hub.site.system("public-security")
    with pytest.raises(Fatal) as caught:
        reconcile.reconcile(town.hub, system, reconcile.day(town.clock().date()))
    assert caught.value.code == "reconcile.no-books"


def test_the_check_tells_what_is_wrong_with_a_mapping_and_with_a_system_s_file(
    town: Any, edited: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in town.env.items():
        monkeypatch.setenv(name, value)
    options = register.options(2)
    told = register.OPERATION | {
        "identity": ["brth/certificate/number"],
        "mapping": "register_reqest",
    }
    options["operations"]["register_birth"] = told
    folder = edited(police=system_file(options))
    mapping = folder / "mappings/register_answer.yaml"
    mapping.write_text(mapping.read_text("utf-8").replace("to: /name,", "to: /nam,"), "utf-8")
    monkeypatch.setenv("ZHIDA_SITE", str(folder))
    rows = [row for row in site_check.check_site() if not row["ok"]]
    found = {row["code"]: row for row in rows}
    assert {"generic.identity", "mapping.no-such-mapping", "mapping.unknown-name"} <= set(found)
    assert "birth" in found["generic.identity"]["what"]
    assert "register_request" in found["mapping.no-such-mapping"]["what"]


@pytest.fixture
def edited(town: Any, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the town's site with other files."""

    def of(**files: str) -> Path:
        folder = tmp_path / "town" / "site"
        shutil.copytree(town.district.directory, tmp_path / "town", symlinks=True)
        for name, text in files.items():
            (folder / "systems" / f"{name}.yaml").write_text(text, "utf-8")
        return folder

    return of


def test_a_unit_may_have_several_generic_systems(edited: Callable[..., Path]) -> None:
    second = system_file(register.options(2)).replace("system: public-security", "system: second")
    told = site.load(edited(second=second))
    assert told.find_system("public-security", "public_security").name == "public-security"
    assert told.find_system("public-security", "second").name == "second"
    with pytest.raises(Invalid) as caught:
        told.find_system("public-security", "generic")
    assert caught.value.facts["found"] == 2


def test_a_generic_system_with_a_list_keeps_books(edited: Callable[..., Path]) -> None:
    options = register.options(2)
    options["operations"]["register_birth"] = register.OPERATION | {"books": {}}
    assert "public-security" in keepers(site.load(edited(police=system_file(options))).systems)


def test_of_several_systems_with_one_adapter_the_one_that_has_the_operation_counts(
    edited: Callable[..., Path],
) -> None:
    options = register.options(2)
    options["operations"] = {"strike_off": options["operations"]["register_birth"]}
    second = system_file(options).replace("system: public-security", "system: second")
    told = site.load(edited(second=second))
    for operation, name in (("register_birth", "public-security"), ("strike_off", "second")):
        assert told.find_system("public-security", "generic", operation).name == name
    with pytest.raises(Invalid, match="site.no-system"):
        told.find_system("public-security", "generic", "register_death")
