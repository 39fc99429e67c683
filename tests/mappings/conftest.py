"""Fixtures of the mapping tests: a compiler for inline files, and whole invented documents."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mappings.compiler import Mapping, compile_file

HEAD = "mapping: trial\ntitle: 试验\n"


@pytest.fixture
def compiled(tmp_path: Path) -> Callable[[str], Mapping]:
    """Compile the body of a mapping file (without its name and title)."""

    def build(body: str) -> Mapping:
        file = tmp_path / "trial.yaml"
        file.write_text(HEAD + body, encoding="utf-8")
        return compile_file(file)

    return build


@pytest.fixture
def one_rule(compiled: Callable[[str], Mapping]) -> Callable[[str], Mapping]:
    """Compile one rule from the wire fields /a … /d; the target is usually /out."""

    def build(rule: str) -> Mapping:
        return compiled(f"from: [/a, /b, /c, /d]\nto: wire\nfields:\n  - {rule}\n")

    return build


@pytest.fixture
def birth() -> dict[str, Any]:
    """A whole birth record of nobody."""
    parent = {"id_type": "01", "nationality": "156", "ethnicity": "01"}
    return {
        "certificate": {"number": "X320117001", "issued_on": "2026-01-06", "issuer": "溧水医院"},
        "child": {
            "sex": "1",
            "birth_date": "2026-01-05",
            "birth_time": "01:30",
            "order": 1,
            "multiple": False,
            "birth_place": {"division": "320117", "text": "南京市溧水区"},
            "weight_g": 3350,
            "length_mm": 505,
            "gestation_days": 276,
        },
        "mother": {"name": "李小达", "id_number": "320117199303120025", **parent},
        "father": {"name": "张大直", "id_number": "320117199106070014", **parent},
        "facility": {"name": "溧水医院", "uscc": "91350100M000100Y43"},
    }
