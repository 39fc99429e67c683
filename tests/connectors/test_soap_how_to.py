"""Every setting that docs/how-to/soap.md shows can be copied, and every code in it exists."""

import re
from pathlib import Path

import jsonschema_rs
import pytest
from ruamel.yaml import YAML

from connectors.soap import OPTIONS
from exchange.problems import catalogue

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "soap.md").read_text("utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_has_its_examples():
    assert len(BLOCKS) == 7


@pytest.mark.parametrize("block", BLOCKS)
def test_each_example_passes_the_schema(block):
    jsonschema_rs.validate(OPTIONS, YAML(typ="safe", pure=True).load(block))


def test_each_option_is_on_the_page():
    assert {name for name in OPTIONS["properties"] if name not in PAGE} == set()


def test_each_code_on_the_page_exists():
    named = set(re.findall(r"`(soap\.[a-z-]+)`", PAGE))
    assert named
    assert named <= set(catalogue())
