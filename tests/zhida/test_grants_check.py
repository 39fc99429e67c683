"""``zhida check`` of a site that gives grants: names that point to nothing, each with the nearest."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from exchange.errors import Invalid, Problem
from exchange.problems import describe
from sandbox import grants_district, pki
from zhida import grants_check, site, site_check

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 28)
STEPS = ["惠企政策", "惠企政策的事实来源", "奖补经办人", "奖补的支付渠道"]


def example(folder: Path) -> Path:
    """The example site, with keys."""
    shutil.copytree(ROOT / "sandbox" / "site", folder / "site")
    pki.make(folder, "Ed25519")
    told = folder / "site" / "site.yaml"
    told.write_text(told.read_text("utf-8").replace("suite: SM2-SM3", "suite: Ed25519"), "utf-8")
    return folder


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = example(tmp_path_factory.mktemp("district"))
    grants_district.lay(folder)
    return folder / "site"


@pytest.fixture
def edit(laid: Path) -> Iterator:
    """Change a file of the site; it is whole again afterwards."""
    before: dict[Path, bytes | None] = {}

    def change(name: str, old: str, new: str) -> None:
        file = laid / name
        before.setdefault(file, file.read_bytes() if file.is_file() else None)
        text = file.read_text("utf-8") if file.is_file() else old
        assert old in text, name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text.replace(old, new, 1), "utf-8")

    yield change
    for file, content in before.items():
        file.unlink() if content is None else file.write_bytes(content)


def checked(folder: Path) -> dict[str, tuple[Problem, ...]]:
    found: dict[str, tuple[Problem, ...]] = {}
    for title, run in grants_check.steps(site.load(folder), DAY):
        try:
            run()
        except Invalid as error:
            found[title] = error.problems
        else:
            found[title] = ()
    return found


def told(problem: Problem) -> str:
    return describe(problem.code, problem.facts)[0]


def test_the_shipped_example_has_no_mistake(laid: Path) -> None:
    assert checked(laid) == dict.fromkeys(STEPS, ())


def test_every_dangling_name_is_told_with_its_line(laid: Path, edit) -> None:
    edit("grants.yaml", "system: tax-facts\n", "system: tax-facts\n    stream: fact\n")
    edit("agreements/science-to-hub-facts.yaml", "  - /hi_tech\n", "")
    edit("grant-people.yaml", 'science: "231"', 'scienc: "231"')
    edit("grant-people.yaml", 'treasury: "241"', 'treasurey: "241"')
    edit("systems/treasury.yaml", "fund: 区人才专项资金", "fund: 区人才专项资金款")
    found = checked(laid)
    assert found["惠企政策"] == ()
    codes = {problem.code: told(problem) for problem in found["惠企政策的事实来源"]}
    assert set(codes) == {"grants.no-stream", "facts.not-agreed"}
    assert "tax-facts 没有数据流 fact，最接近的是 facts" in codes["grants.no-stream"]
    assert "hi_tech" in codes["facts.not-agreed"]
    people = [told(problem) for problem in found["奖补经办人"]]
    assert len(people) == 4
    assert "第 3 行" in people[0] and "是 scienc，最接近的是 science" in people[0]
    assert "heads 中没有 science" in people[1] and "是 treasurey，最接近的是 treasury" in people[2]
    [line] = found["奖补的支付渠道"]
    assert line.facts["fund"] == "区人才专项资金" and line.facts["nearest"] == "区人才专项资金款"


def test_a_policy_of_the_site_is_read_with_its_clauses_and_holders(laid: Path, edit) -> None:
    shipped = ROOT / "matters/grants/policies/rd-growth.yaml"
    text = shipped.read_text("utf-8")
    wrong = text.replace("clause: 一", "clause: 十一", 1)
    edit("policies/rd-growth.yaml", wrong, wrong)
    found = checked(laid)
    assert {problem.code for problem in found["惠企政策"]} >= {"policy.unknown-clause"}
    assert list(found) == STEPS[:2]  # what rests on policies that can't be read is not told twice


def test_a_holder_that_nobody_knows(laid: Path, edit) -> None:
    own = "holder: taxx\nfacts:\n  paid_x: {title: 示例, kind: count}\n"
    edit("policies/facts/own.yaml", own, own)
    [problem] = checked(laid)["惠企政策"]
    assert (problem.code, problem.facts["nearest"]) == ("site.no-unit", "tax")


def test_a_route_that_two_would_pay(laid: Path, edit) -> None:
    shipped = (ROOT / "matters/grant-award/matter.yaml").read_text("utf-8")
    both = shipped.replace("    skip_when: {equal: {/award/route: unemployment-fund}}\n", "")
    edit("matters/grant-award.yaml", both, both)
    codes = {problem.code for problem in checked(laid)["奖补的支付渠道"]}
    assert "grants.no-payer" in codes


def test_a_site_without_grants_has_no_such_step(tmp_path: Path) -> None:
    told = site.load(example(tmp_path) / "site")
    assert [title for title, _ in grants_check.steps(told, DAY)] == []


def test_the_site_check_tells_them(laid: Path, edit, monkeypatch: pytest.MonkeyPatch) -> None:
    edit("grants.yaml", "system: tax-facts\n", "system: tax-fact\n")
    monkeypatch.setenv("ZHIDA_SITE", str(laid))
    rows = {row["step"]: row for row in site_check.check_site()}
    assert rows["惠企政策"]["ok"] and not rows["惠企政策的事实来源"]["ok"]
    assert rows["惠企政策的事实来源"]["code"] == "grants.no-system"
