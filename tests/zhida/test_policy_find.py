"""Policies by name or file: a site's own takes the place of the shipped one."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Fatal
from matters.grants import Folder
from tests.zhida.gifts import TEXT, site
from zhida import policy_find


def test_the_site_s_own_is_found_and_the_shipped_ones_too(tmp_path: Path) -> None:
    own = site(tmp_path)
    assert policy_find.path_of(tmp_path, "gifts") == own
    assert policy_find.path_of(tmp_path, "stable-jobs") == Folder.shipped().files()["stable-jobs"]
    assert "gifts" in policy_find.catalogue(tmp_path).policies


def test_a_draft_by_its_file(tmp_path: Path) -> None:
    site(tmp_path / "site")
    (tmp_path / "gifts.yaml").write_text(TEXT.replace("示例奖励", "草稿"), "utf-8")
    assert policy_find.opened(tmp_path / "site", str(tmp_path / "gifts.yaml")).title == "草稿"
    assert policy_find.opened(tmp_path / "site", "gifts").title == "示例奖励"


def test_a_typo_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    for find in (policy_find.path_of, policy_find.opened):
        with pytest.raises(Fatal) as caught:
            find(tmp_path, "stable-job")
        assert "stable-jobs" in str(caught.value.facts["nearest"])
    with pytest.raises(Fatal):
        policy_find.named(policy_find.catalogue(tmp_path), "nothing")
