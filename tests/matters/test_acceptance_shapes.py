"""Documents of joint acceptance: what the procedure looks at is in the project, and nobody's data in the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Invalid
from mappings import shapes
from mappings.shapes import SHIPPED
from matters import acceptance_file, conditions
from matters.acceptance_events import SAYS
from matters.acceptance_parts import Procedure

AFTER = acceptance_file.load(Path(acceptance_file.__file__).parent / "acceptance" / "after.yaml")
KINDS = [kind for kind in SHIPPED.kinds() if kind.startswith("acceptance-")]
PERSONAL = re.compile("/(contact|phone|id_number|worker|applicant)")
CODE = "2024-320111-47-01-100001"
EVENT = {
    "unit": "quality-station",
    "number": "628-447473",
    "acceptance": "YS-20260105-0123456789AB",
    "event": "failed",
    "role": "station",
    "at": "2026-01-06T09:00:00",
    "items": ["quality-supervision"],
    "checks": ["escape"],
}


def looked_at(procedure: Procedure) -> Iterator[str]:
    """Every field of the project that decides something."""
    for told in (*procedure.items.values(), *procedure.materials.values()):
        yield from conditions.paths(told.when) if told.when else ()
    for item in procedure.items.values():
        yield from [item.sampling.of] if item.sampling else ()


def test_the_project_may_state_whatever_the_procedure_looks_at_and_need_not() -> None:
    shape = shapes.shape("acceptance-project")
    names = {path.removeprefix("/project/") for path in looked_at(AFTER)}
    assert names
    assert names <= shape["properties"].keys()
    assert not names & set(shape["required"])


def test_only_the_project_has_somebody_s_data_and_only_the_contact_s() -> None:
    found = {(k, leaf) for k in KINDS for leaf in SHIPPED.find(k).leaves if PERSONAL.search(leaf)}
    told = {("acceptance-project", leaf) for leaf in ("/contact/name", "/contact/phone")}
    assert found == told


def test_a_unit_may_tell_of_every_item_material_part_and_clause_by_its_name() -> None:
    told: dict[str, Any] = {
        "items": [*AFTER.items],
        "materials": [{"name": name, "digest": "ab" * 32} for name in AFTER.materials],
        "parts": [*AFTER.parts],
        "checks": [*AFTER.checks],
    }
    shapes.validate("acceptance-event", EVENT | told)
    for event in SAYS:
        shapes.validate("acceptance-event", EVENT | {"event": event})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("materials", [{"name": "filing-form", "digest": "AB" * 32}]),
        ("materials", [{"digest": "ab" * 32}]),
        ("acceptance", "YS-2026-1"),
        ("verdict", "passed"),
        ("why", "fix"),
        ("visited", [0]),
        ("text", "一\x00二"),
    ],
)
def test_what_can_t_be_right_is_refused(field: str, value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        shapes.validate("acceptance-event", EVENT | {field: value})
    told = [str(each.facts["path"]) for each in caught.value.problems]
    assert told
    assert all(path.startswith(f"/{field}") for path in told)


def test_a_project_s_code_has_24_characters_in_its_five_parts() -> None:
    pattern = shapes.shape("acceptance-project")["properties"]["code"]["pattern"]
    assert len(CODE) == 24
    assert re.search(pattern, CODE)
    assert not any(re.search(pattern, c) for c in (CODE[:-1], CODE.replace("-", ""), "x" + CODE))
