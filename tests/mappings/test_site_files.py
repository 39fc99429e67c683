"""A site's own mapping files: found by name, and never in a shipped one's place."""

import unicodedata
from pathlib import Path

import pytest

from exchange.errors import Fatal
from mappings import compiler, site_files

OWN = """mapping: {name}
title: 一个字段
from: [/a]
to: wire
fields:
  - {{to: /b, from: /a}}
tests:
  - {{name: 有值, source: {{a: x}}, gives: {{b: x}}}}
"""
SHIPPED = "result_oa_form_615"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "mappings").mkdir()
    return tmp_path


def write(site: Path, name: str, text: str = "") -> Path:
    path = site / "mappings" / f"{name}.yaml"
    path.write_text(text or OWN.format(name=unicodedata.normalize("NFC", name)), "utf-8")
    return path


def test_a_mapping_of_the_site_is_found_beside_the_shipped_ones(site: Path) -> None:
    write(site, "养老补贴_请求")
    assert site_files.load("养老补贴_请求", site).apply({"a": "1"}) == {"b": "1"}
    assert site_files.load(SHIPPED, site) is compiler.load(SHIPPED)
    assert site_files.load(SHIPPED, None) is compiler.load(SHIPPED)
    assert list(site_files.problems(site)) == []


def test_a_file_that_a_mac_named_is_the_same_file(site: Path) -> None:
    write(site, unicodedata.normalize("NFD", "é"))
    assert site_files.load(unicodedata.normalize("NFD", "é"), site).name == "é"


def test_no_name_is_answered_with_the_nearest_of_both(site: Path) -> None:
    write(site, "subsidy_request")
    for wrong, near in (("subsidy_reqest", "subsidy_request"), (SHIPPED[:-1], SHIPPED)):
        with pytest.raises(Fatal) as caught:
            site_files.load(wrong, site)
        assert (caught.value.code, caught.value.facts["nearest"]) == (
            "mapping.no-such-mapping",
            near,
        )


def test_a_name_for_two_files_is_an_error_with_both_paths(site: Path) -> None:
    own = write(site, SHIPPED)
    with pytest.raises(Fatal) as caught:
        site_files.load(SHIPPED, site)
    (problem,) = site_files.problems(site)
    for told in (caught.value, problem):
        assert told.code == "mapping.two-of-a-name"
        assert told.facts["file"] == str(own)
        assert Path(str(told.facts["other"])).read_text("utf-8").startswith(f"mapping: {SHIPPED}")


def test_all_problems_of_all_files_are_told_with_file_and_line(site: Path) -> None:
    write(site, "one", OWN.format(name="one").replace("from: /a", "form: /a"))
    write(site, "two", OWN.format(name="two").replace("gives: {b: x}", "gives: {b: y}"))
    found = [(p.code, p.facts["file"], p.facts.get("line")) for p in site_files.problems(site)]
    assert found[0] == ("mapping.unknown-key", "one.yaml", 6)
    assert found[-1][0] == "mapping.test-differs"
    assert "two" in str(found[-1][1])
    with pytest.raises(Fatal):
        site_files.load("one", site)
