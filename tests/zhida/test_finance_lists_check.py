"""``zhida check`` tells what is wrong with the site's own rules of order finance."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import core_list_file, finance_events_file, finance_file, finance_reasons
from sandbox import pki
from zhida import finance_lists_check, site, site_check

SITE = """site: district
title: 示例
unit: hub
suite: Ed25519
key: keys/hub.key
certificate: keys/hub.crt
trust: ../trust
matters: []
"""
CHECKS, CORE = "订单融资的核验事项和原因代码", "核心企业名单"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    pki.make(folder, "Ed25519")
    (folder / "site/site.yaml").write_text(SITE, "utf-8")
    (folder / "site/units").mkdir()
    (folder / "site/units/hub.yaml").write_text("unit: hub\ntitle: 示例数据局\n", "utf-8")
    (folder / "site" / finance_file.FOLDER).mkdir(parents=True)
    return folder / "site"


@pytest.fixture
def own(keys: Path) -> Path:
    """The folder of the site's own files; none is there until a test copies it."""
    folder = keys / finance_file.FOLDER
    for each in folder.iterdir():
        each.unlink()
    return folder


def copy(own: Path, shipped: Path, old: str = "", new: str = "") -> None:
    text = shipped.read_text("utf-8")
    assert not old or text.count(old) == 1
    (own / shipped.name).write_text(text.replace(old, new) if old else text, "utf-8")


def titles(keys: Path) -> list[str]:
    return [title for title, _ in finance_lists_check.steps(site.load(keys))]


def test_a_site_without_files_of_its_own_is_not_asked(keys: Path, own: Path) -> None:
    assert list(own.iterdir()) == []
    assert titles(keys) == []


def test_right_files_are_right(keys: Path, own: Path) -> None:
    for shipped in (finance_file.SHIPPED, finance_reasons.SHIPPED, core_list_file.SHIPPED):
        copy(own, shipped)
    assert titles(keys) == [CHECKS, CORE]
    for _, run in finance_lists_check.steps(site.load(keys)):
        run()


def test_reasons_without_a_code_that_the_checks_give_are_refused(keys: Path, own: Path) -> None:
    copy(own, finance_reasons.SHIPPED, "R10,", "R19,")
    assert titles(keys) == [CHECKS]
    ((_, run),) = finance_lists_check.steps(site.load(keys))
    with pytest.raises(Invalid, match=r"checks\.unknown-code"):
        run()


def test_the_check_of_the_site_tells_the_line(
    keys: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIDA_SITE", str(keys))
    monkeypatch.setenv("ZHIDA_VAR", str(keys.parent / "var"))
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", pki.secrets_of(keys.parent)["hub"])
    copy(own, finance_file.SHIPPED, "{/opinion/outcome: against}", "{/opinion/outcome: agaisnt}")
    (row,) = [row for row in site_check.check_site() if row["step"] == CHECKS]
    assert (row["ok"], row["code"]) == (False, "checks.unknown-value")
    assert "checks.yaml 第" in row["what"]


def test_events_of_the_site_s_own_are_looked_at(keys: Path, own: Path) -> None:
    copy(own, finance_events_file.SHIPPED, "changed: [/it/stage]", "changed: [/it/stages]")
    ((title, run),) = finance_lists_check.steps(site.load(keys))
    assert title == "订单融资的贷后事件"
    with pytest.raises(Invalid, match=r"checks\.unknown-field"):
        run()
