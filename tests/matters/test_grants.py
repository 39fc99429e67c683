"""The catalogue as shipped, and as a site changes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import grants
from matters.grants import Folder
from matters.policy_reading import Known

Write = Callable[[str, str], None]


@pytest.fixture
def shipped(tmp_path: Path, known: Known, policy_text: str) -> Folder:
    """A catalogue of one policy, laid out as ours."""
    root = tmp_path / "grants"
    (root / "policies").mkdir(parents=True)
    (root / "facts").mkdir()
    facts = "\n".join(
        f"  {name}: {{title: 事实, kind: {f.kind}}}" for name, f in known.facts.items()
    )
    (root / "facts" / "all.yaml").write_text(f"holder: registry\nfacts:\n{facts}\n", "utf-8")
    groups = "groups:\n  jobs-keeping: {title: 稳岗, rule: highest, basis: 虚构}\n"
    (root / "groups.yaml").write_text(groups, "utf-8")
    alone = policy_text.replace("not_with: [training-retention]", "not_with: []")
    (root / "policies" / "stable-jobs.yaml").write_text(alone, "utf-8")
    return Folder.shipped(root)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site's folder of policies, empty."""
    path = tmp_path / "site" / "policies"
    (path / "facts").mkdir(parents=True)
    return path


def codes(error: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [each.code for each in error.value.problems]


def test_a_catalogue_is_read(shipped: Folder, known: Known) -> None:
    found = grants.load(shipped=shipped)
    assert list(found.policies) == ["stable-jobs"]
    assert set(found.facts) == set(known.facts)
    assert list(found.groups) == ["jobs-keeping"]


def test_a_sites_policy_takes_the_place_of_the_shipped_one(shipped: Folder, site: Path) -> None:
    text = (shipped.policies / "stable-jobs.yaml").read_text("utf-8")
    (site / "stable-jobs.yaml").write_text(text.replace("稳岗返还", "稳岗补贴", 1), "utf-8")
    found = grants.load(site, shipped)
    assert [policy.title for policy in found.policies.values()] == ["失业保险稳岗补贴"]


def test_a_site_adds_policies_facts_and_groups(shipped: Folder, site: Path) -> None:
    (site / "facts" / "own.yaml").write_text(
        "holder: district\nfacts:\n  in_park: {title: 在园区, kind: flag}\n", "utf-8"
    )
    (site / "groups.yaml").write_text(
        "groups:\n  own: {title: 本区, rule: highest, basis: 虚构}\n", "utf-8"
    )
    text = (shipped.policies / "stable-jobs.yaml").read_text("utf-8")
    text = text.replace("policy: stable-jobs", "policy: own-jobs").replace("jobs-keeping", "own")
    text = text.replace("fact: district", "fact: in_park").replace('is: "320114"', "is: true")
    text = text.replace('district: "320114"', "in_park: true")
    text = text.replace("not_with: []", "not_with: [stable-jobs]")
    (site / "own-jobs.yaml").write_text(text, "utf-8")
    found = grants.load(site, shipped)
    assert set(found.policies) == {"stable-jobs", "own-jobs"}
    assert found.policies["own-jobs"].not_with == ("stable-jobs",)
    assert (found.facts["in_park"].holder, found.groups["own"].rule) == ("district", "highest")


def test_a_sites_tags_lie_among_its_policies_and_are_none(shipped: Folder, site: Path) -> None:
    (site / "tags.yaml").write_text("tags: {}\n", "utf-8")
    assert "tags" not in grants.load(site, shipped).policies


def test_mistakes_of_all_policies_come_at_once(shipped: Folder, site: Path) -> None:
    text = (shipped.policies / "stable-jobs.yaml").read_text("utf-8")
    for name in ("a", "b"):
        broken = text.replace("policy: stable-jobs", f"policy: {name}").replace(
            "cap: $cap", "cap: $x"
        )
        (site / f"{name}.yaml").write_text(broken, "utf-8")
    with pytest.raises(Invalid) as refused:
        grants.load(site, shipped)
    assert {each.facts["file"] for each in refused.value.problems} == {"a.yaml", "b.yaml"}


def test_a_fact_has_one_holder(shipped: Folder, site: Path) -> None:
    more = "holder: tax\nfacts:\n  district: {title: 区, kind: code}\n"
    (shipped.facts / "more.yaml").write_text(more, "utf-8")
    with pytest.raises(Invalid) as refused:
        grants.vocabulary(site, shipped)
    assert codes(refused) == ["policy.fact-twice"]
    (shipped.facts / "more.yaml").rename(site / "facts" / "more.yaml")
    assert grants.vocabulary(site, shipped).facts["district"].holder == "tax"


def test_mistakes_of_facts_and_groups_come_before_those_of_policies(shipped: Folder) -> None:
    (shipped.facts / "more.yaml").write_text("holder: tax\nfacts: {}\n", "utf-8")
    shipped.groups.write_text("groups:\n  x: {title: x, rule: cap, basis: x}\n", "utf-8")
    for read in (lambda: grants.load(shipped=shipped), lambda: grants.vocabulary(None, shipped)):
        with pytest.raises(Invalid) as refused:
            read()
        assert codes(refused) == ["file.schema", "policy.group-cap"]


def test_what_is_shipped_lies_beside_the_module() -> None:
    assert Folder.shipped().policies == Path(grants.__file__).parent / "grants" / "policies"
