"""The schemas for editors are JSON Schema 2020-12, and say what the loader says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from ruamel.yaml import YAML

from exchange.errors import Fatal
from zhida import editor_schemas

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "site": ["sandbox/site/site.yaml"],
    "unit": sorted(str(f.relative_to(ROOT)) for f in ROOT.glob("sandbox/*site/units/*.yaml")),
    "system": sorted(str(f.relative_to(ROOT)) for f in ROOT.glob("sandbox/*site/systems/*.yaml")),
    "agreement": ["sandbox/site/agreements/hub-to-window.yaml"],
    "operator": ["sandbox/site/operators/li.yaml"],
    "matter": ["matters/newborn/matter.yaml", "sandbox/site/matters/newborn.yaml"],
    "document": [
        "mappings/shapes/birth-record.yaml",
        "mappings/shapes/birth-declaration.yaml",
        "mappings/shapes/citizen-id.yaml",
        "mappings/shapes/insurance-enrolment.yaml",
    ],
    "mapping": ["mappings/files/result_oa_form_615.yaml"],
    "mediation-lists": ["matters/mediation/lists.yaml"],
    "acceptance": ["matters/acceptance/after.yaml", "matters/acceptance/before.yaml"],
}


def mistakes(kind: str, content: Any) -> list[str]:
    validator = jsonschema_rs.Draft202012Validator(dict(editor_schemas.schema(kind)))
    return [str(error) for error in validator.iter_errors(content)]


def content(file: str) -> Any:
    return YAML(typ="safe").load((ROOT / file).read_text("utf-8"))


@pytest.mark.parametrize("kind", editor_schemas.KINDS)
def test_each_is_a_schema_of_2020_12(kind: str) -> None:
    schema = dict(editor_schemas.schema(kind))
    assert schema["$schema"].endswith("2020-12/schema")
    jsonschema_rs.meta.validate(schema)


@pytest.mark.parametrize(("kind", "file"), [(k, f) for k, files in FILES.items() for f in files])
def test_our_own_files_pass(kind: str, file: str) -> None:
    assert mistakes(kind, content(file)) == []


def test_an_editor_sees_the_options_of_the_adapter_that_is_named() -> None:
    told = content("sandbox/site/systems/police.yaml")
    told["options"]["wsdll"] = "x"
    assert mistakes("system", told)
    assert mistakes("system", told | {"adapter": "polis"})


def test_an_editor_sees_the_settings_of_the_wire_that_is_named() -> None:
    told: dict[str, Any] = {
        "system": "drop", "title": "目录", "unit": "hub", "adapter": "feed", "connection": "drop",
        "options": {
            "wire": "files",
            "settings": {"folders": {"births": {"folder": "in"}}},
            "streams": {"births": {"kind": "birth-record", "mapping": "x"}},
        },
    }  # fmt: skip
    assert mistakes("system", told) == []
    told["options"]["settings"]["window"] = 10
    assert mistakes("system", told)
    told["options"] |= {"wire": "amqp", "settings": {"window": 10}}
    assert mistakes("system", told) == []


def test_an_unknown_kind_is_answered_with_the_nearest() -> None:
    with pytest.raises(Fatal) as caught:
        editor_schemas.schema("sytem")
    assert caught.value.facts["nearest"] == "system"


def test_an_editor_sees_a_document_that_is_not_closed() -> None:
    told = content("mappings/shapes/citizen-id.yaml")
    told["properties"]["certificate"].pop("additionalProperties")
    assert mistakes("document", told)
    assert mistakes("document", told | {"type": "array"})
