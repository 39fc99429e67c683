"""A slip of the pen is told with what was meant; it never reads as "nothing is wrong"."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from exchange.errors import Fatal, Invalid, Rejected
from zhida.cli import app


@pytest.fixture
def run(town: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in (town.district.env | town.district.operator_env("wang")).items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> Result:
        done = CliRunner().invoke(app, words)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


@pytest.mark.parametrize(
    ("option", "slip", "code", "nearest"),
    [
        ("--system", "polise", r"site\.no-such-system", "police"),
        ("--matter", "newbron", r"site\.no-matter", "newborn"),
        ("--code", "agrement.expired", r"parked\.no-code", "agreement.expired"),
    ],
)
def test_a_filter_that_names_nothing_is_an_error_not_an_empty_list(
    run: Any, option: str, slip: str, code: str, nearest: str
) -> None:
    for verb in ("list", "replay"):
        with pytest.raises(Invalid, match=code) as found:
            run("parked", verb, option, slip)
        assert found.value.facts["nearest"] == nearest


def test_an_item_in_chinese_or_misspelt_is_answered_with_those_that_there_are(
    town: Any, run: Any
) -> None:
    certificate = town.bear(960)
    town.take_in()
    case = town.case(certificate).id
    for verb in ("show", "replay"):
        with pytest.raises(Rejected, match=r"case\.no-item") as found:
            run("parked", verb, case, "出生登记")
        assert found.value.facts["items"] == "birth、household、insurance、reply"


def test_a_unit_that_is_misspelt_is_not_told_to_have_received_nothing(town: Any, run: Any) -> None:
    certificate = town.bear(961)
    town.take_in()
    where = (town.case(certificate).id, "declaration", "/child/name")
    with pytest.raises(Invalid, match=r"objection\.no-unit") as found:
        run("objection", "open", *where, "--unit", "public-securty")
    assert found.value.facts["nearest"] == "public-security"


def test_an_answer_that_is_neither_corrected_nor_upheld_says_what_to_write(run: Any) -> None:
    done = run("objection", "answer", "0000")
    assert done.exit_code == 64
    assert "--corrected" in done.stderr


def test_days_in_the_wrong_order_are_not_compared(run: Any) -> None:
    with pytest.raises(Invalid, match=r"reconcile\.window"):
        run("reconcile", "--since", "2026-01-02", "--until", "2026-01-01")


def test_a_system_that_is_misspelt_is_answered_with_the_nearest(run: Any) -> None:
    with pytest.raises(Invalid, match=r"site\.no-such-system") as found:
        run("reconcile", "polise")
    assert found.value.facts["nearest"] == "police"


def test_a_head_that_is_not_there_is_a_file_that_is_not_there(run: Any, tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"cli\.no-file"):
        run("restore", str(tmp_path), "--lost-head", str(tmp_path / "head"))


def test_the_check_names_an_agreement_that_has_expired(town: Any, run: Any) -> None:
    file = town.district.directory / "site" / "agreements" / "hospital-to-police.yaml"
    before = file.read_text("utf-8")
    file.write_text(before.replace("2028-12-31", "2026-01-02"), "utf-8")
    try:
        done = run("check", "--json")
    finally:
        file.write_text(before, "utf-8")
    assert done.exit_code == 1
    assert "agreement.expired" in done.output
    assert run("check").exit_code == 0
