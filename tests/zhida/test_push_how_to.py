"""docs/how-to/push.md: its example is right, and the files that it names are there."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mappings import site_files
from matters import files
from matters.grants import Folder
from sandbox import layout, pki, site_layers
from tests import how_to_files
from zhida import push_channels, site
from zhida.grants_schema import SCHEMA

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/how-to/push.md").read_text("utf-8")
LAYER = ROOT / "sandbox/push_site"


def test_its_ways_are_ways_and_its_policies_are_shipped() -> None:
    (block,) = re.findall(r"<!-- push -->\n```yaml\n(.*?)^```", PAGE, re.M | re.S)
    text = f"facts: [{{system: a, fresh: 1 day}}]\n{block}"
    found = files.parse(text, SCHEMA, name="grants.yaml")
    items = dict.fromkeys(push_channels.ITEMS.values())
    matters = {push_channels.MATTER: SimpleNamespace(items=items)}
    told: Any = SimpleNamespace(folder=LAYER, matters=matters)
    assert list(push_channels.mistakes(told, found, "grants.yaml")) == []
    assert set(push_channels.read(found.data["push"]).policies) <= set(Folder.shipped().files())


def test_its_agreement_is_the_example_s(tmp_path: Path) -> None:
    found = how_to_files.write("push", tmp_path)
    assert set(found) == {"agreements/firm-contact.yaml"}
    text = found["agreements/firm-contact.yaml"].read_text("utf-8")
    assert "fields: [/firm/uscc, /mobile]" in text


def test_the_layer_is_right_in_itself() -> None:
    assert list(site_files.problems(LAYER)) == []
    assert {path.stem for path in LAYER.glob("systems/*.yaml")} == {
        "sms",
        "sms-replies",
        "officer-desk",
    }


def test_the_layer_opens_its_matters_beside_those_of_grants(tmp_path: Path) -> None:
    layout.copy_site(tmp_path, "Ed25519")
    pki.make(tmp_path, "Ed25519")
    folder = tmp_path / "site"
    site_layers.grants(folder)
    site_layers.push(folder)
    site_layers.push(folder)
    found = site.load(folder)
    assert set(site_layers.PUSH_MATTERS) <= set(found.matters)
    assert {"push", "sms", "officer", "contact", "optout"} == set(found.matter("grant-push").items)
