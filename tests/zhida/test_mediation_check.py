"""``zhida check`` tells what is wrong with the centre's lists, with its line and the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import mediation_lists
from sandbox import pki
from zhida import mediation_check, site, site_check

SITE = """site: centre
title: 示例
unit: hub
suite: Ed25519
key: keys/hub.key
certificate: keys/hub.crt
trust: ../trust
matters: []
"""


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
    """The site's own lists; they are the shipped ones until a test changes them."""
    file = keys / "site" / mediation_lists.FILE
    file.write_text(mediation_lists.SHIPPED.read_text("utf-8"), "utf-8")
    return file


def test_a_site_without_mediation_is_not_asked(own: Path) -> None:
    told = site.load(own.parent)
    assert len(list(mediation_check.steps(told))) == 1
    own.unlink()
    assert list(mediation_check.steps(told)) == []


def test_right_lists_are_right(own: Path) -> None:
    ((_, run),) = mediation_check.steps(site.load(own.parent))
    run()


def test_a_mistake_is_told_by_the_step(own: Path) -> None:
    own.write_text(own.read_text("utf-8").replace("at: [closed]", "at: [clsed]", 1), "utf-8")
    ((_, run),) = mediation_check.steps(site.load(own.parent))
    with pytest.raises(Invalid, match=r"lists\.unknown-event"):
        run()


def test_the_command_tells_line_and_nearest_name(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.write_text(own.read_text("utf-8").replace("at: [closed]", "at: [clsed]", 1), "utf-8")
    monkeypatch.setenv("ZHIDA_SITE", str(own.parent))
    monkeypatch.setenv("ZHIDA_VAR", str(own.parents[1] / "var"))
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", pki.secrets_of(own.parents[1])["hub"])
    row = next(r for r in site_check.check_site() if r["step"] == "联调中心的清单和制度")
    assert (row["ok"], row["code"]) == (False, "lists.unknown-event")
    assert "mediation-lists.yaml 第 " in row["what"] and "clsed，可用：closed" in row["what"]
