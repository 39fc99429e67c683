"""``zhida check`` tells what is wrong with the site's own lists of acceptance, and which clause they lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import acceptance_file
from sandbox import pki
from zhida import acceptance_check, site, site_check

SITE = """site: district
title: 示例
unit: hub
suite: Ed25519
key: keys/hub.key
certificate: keys/hub.crt
trust: ../trust
matters: []
"""
TEXT = acceptance_file.SHIPPED.read_text("utf-8")
TITLE = "竣工验收的事项和材料"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    pki.make(folder, "Ed25519")
    (folder / "site/site.yaml").write_text(SITE, "utf-8")
    (folder / "site/units").mkdir()
    (folder / "site/units/hub.yaml").write_text("unit: hub\ntitle: 示例数据局\n", "utf-8")
    return folder


@pytest.fixture
def own(keys: Path) -> Path:
    """The site's own new procedure, as shipped until a test changes it; it has no old one."""
    file = keys / "site" / acceptance_file.FOLDER / "after.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(TEXT, "utf-8")
    file.with_name("before.yaml").unlink(missing_ok=True)
    return file


def check(keys: Path) -> None:
    ((title, run),) = acceptance_check.steps(site.load(keys / "site"))
    assert title == TITLE
    run()


def test_a_site_without_acceptance_is_not_asked(keys: Path, own: Path) -> None:
    own.unlink()
    assert list(acceptance_check.steps(site.load(keys / "site"))) == []


def test_right_lists_are_right(keys: Path, own: Path) -> None:
    check(keys)
    own.with_name("before.yaml").write_text(acceptance_file.BEFORE.read_text("utf-8"), "utf-8")
    check(keys)


def test_a_lost_clause_is_told_where_the_district_has_both(keys: Path, own: Path) -> None:
    """Its new procedure alone can't be held against an old one that is not its own."""
    own.write_text(TEXT.replace("clause: GB 50203-2011", "clause: GB 1"), "utf-8")
    check(keys)
    own.with_name("before.yaml").write_text(acceptance_file.BEFORE.read_text("utf-8"), "utf-8")
    with pytest.raises(Invalid) as caught:
        check(keys)
    (problem,) = caught.value.problems
    assert problem.code == "acceptance.lost" and "GB 50203-2011" in str(problem.facts["check"])


def test_an_old_list_alone_is_read_too(keys: Path, own: Path) -> None:
    own.unlink()
    text = acceptance_file.BEFORE.read_text("utf-8").replace("items: 21", "items: 22")
    own.with_name("before.yaml").write_text(text, "utf-8")
    with pytest.raises(Invalid, match=r"acceptance\.count"):
        check(keys)


def test_the_command_tells_line_and_nearest_name(
    keys: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.write_text(TEXT.replace("evidence: [pile-test]", "evidence: [pile-tset]"), "utf-8")
    monkeypatch.setenv("ZHIDA_SITE", str(keys / "site"))
    monkeypatch.setenv("ZHIDA_VAR", str(keys / "var"))
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", pki.secrets_of(keys)["hub"])
    row = next(each for each in site_check.check_site() if each["step"] == TITLE)
    assert (row["ok"], row["code"]) == (False, "acceptance.unknown-material")
    assert "after.yaml 第 " in row["what"] and "pile-tset，可用：pile-test" in row["what"]
