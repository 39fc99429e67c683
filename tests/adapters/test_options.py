"""What a bureau writes into a system file: declared once, described in Chinese, checked."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema_rs
import pytest
from ruamel.yaml import YAML

from adapters import (
    bank,
    bank_feed,
    certificates,
    civil_affairs,
    database,
    desk,
    feed,
    gate,
    generic,
    health,
    hospital,
    large_files,
    lists,
    medical_insurance,
    notification,
    oa,
    public_security,
    recipient,
    seal,
    sharing_platform,
    social_security,
    tax,
    treasury,
)

MODULES = {
    "bank": bank,
    "bank_feed": bank_feed,
    "certificates": certificates,
    "civil_affairs": civil_affairs,
    "database": database,
    "desk": desk,
    "feed": feed,
    "gate": gate,
    "generic": generic,
    "health": health,
    "hospital": hospital,
    "large_files": large_files,
    "lists": lists,
    "medical_insurance": medical_insurance,
    "notification": notification,
    "oa": oa,
    "public_security": public_security,
    "recipient": recipient,
    "seal": seal,
    "sharing_platform": sharing_platform,
    "tax": tax,
    "social_security": social_security,
    "treasury": treasury,
}
SANDBOX = Path(__file__).resolve().parents[2] / "sandbox"
SYSTEMS = sorted(SANDBOX.glob("*site/systems/*.yaml"))


@pytest.mark.parametrize("module", MODULES.values(), ids=list(MODULES))
def test_the_declaration_is_a_schema_with_chinese_titles_and_refuses_unknown_keys(
    module: ModuleType,
) -> None:
    jsonschema_rs.meta.validate(module.OPTIONS)
    validator = jsonschema_rs.validator_for(module.OPTIONS)
    assert not validator.is_valid({"timeout": 3})
    for about in module.OPTIONS["properties"].values():
        assert any(character >= "\u4e00" for character in about["title"])


@pytest.mark.parametrize("file", SYSTEMS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_the_example_sites_systems_are_valid(file: Path) -> None:
    told: dict[str, Any] = YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
    jsonschema_rs.validate(MODULES[told["adapter"]].OPTIONS, told.get("options", {}))


def test_defaults_are_valid_themselves() -> None:
    for module in MODULES.values():
        for about in module.OPTIONS["properties"].values():
            if "default" in about:
                jsonschema_rs.validate(about, about["default"])
