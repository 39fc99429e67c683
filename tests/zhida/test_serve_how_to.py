"""docs/how-to/serve.md: its files can be copied, its addresses answer, its codes exist."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.http_message import Request
from exchange.problems import catalogue
from mappings import shapes, site_files
from matters import application_check, grants, promise_file
from tests import how_to_files
from zhida import applications_served, policies_served, serve_file, serve_route, site
from zhida.serve_door import HEALTH
from zhida.serve_rights import RIGHTS
from zhida.site import Site

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/how-to/serve.md").read_text("utf-8")


@pytest.fixture
def told(tmp_path: Path) -> Site:
    found = Path(shutil.copytree(ROOT / "sandbox/site", tmp_path / "site"))
    shutil.copy(ROOT / "sandbox/grants_site/units/enterprise-services.yaml", found / "units")
    (found / "units/human-resources.yaml").write_text("unit: human-resources\ntitle: 人社局\n")
    assert len(how_to_files.write("serve", found)) == 6
    return site.load(found, with_matters=False)


def test_its_files_are_a_site_s(told: Site) -> None:
    found = serve_file.load(told)
    assert set(found.clients) == {"portal", "小雨"}
    mine = {a.id for a in told.agreements if a.purpose == "grants"}
    assert mine == {
        "match-portal",
        "staff-portal",
        "application-in",
        "application-out",
        "application-form",
    }


def test_its_addresses_are_routes() -> None:
    desk: Any = SimpleNamespace(
        **dict.fromkeys(("policies", "explain", "apply", "look", "promise"))
    )
    routes = [*policies_served.of(desk), *applications_served.of(desk)]
    shown = re.findall(r"(GET|POST) (/\S+?)`?(?: |$)", PAGE, re.M)
    asked = [(method, path.rstrip("`")) for method, path in shown if path.rstrip("`") != HEALTH]
    assert len(asked) == 4
    for method, path in asked:
        serve_route.find(routes, Request(method, path, {}))


def test_its_application_is_one() -> None:
    (block,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)
    record = {**json.loads(block), "channel": "enterprise-services"}
    shapes.validate("grant-application", record)
    assert record["promise_version"] == promise_file.load().version
    policy = grants.load().policies[record["policy"]]
    day = date(2026, 5, 6)
    found = application_check.deficiencies(record, policy, promise_file.load(), day, matches=True)
    assert {each.code for each in found} <= {"application.material"}


def test_its_codes_exist_and_its_rights_too() -> None:
    named = set(re.findall(r"`((?:serve|http|agreement|application|shape|store)\.[a-z-]+)`", PAGE))
    named.discard("serve.yaml")
    assert len(named) > 12
    assert named <= set(catalogue())
    assert set(RIGHTS) <= set(re.findall(r"[a-z]+", PAGE))


def test_the_examples_that_it_names_are_right() -> None:
    assert list(site_files.problems(ROOT / "sandbox/application_site")) == []
    for name in (
        "systems/registry",
        "systems/window-oa",
        "mappings/oa_form_618_grant_application",
        "mappings/result_oa_form_618",
    ):
        assert (ROOT / f"sandbox/application_site/{name}.yaml").is_file()
