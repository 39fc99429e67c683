"""Who has which role: read with every mistake, and who of a unit gets the next dispute."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import ladder_file
from tests.zhida import mediation_town
from zhida import mediation_check, mediation_roles, site, site_check
from zhida.seats import Roles, Seat

MEDIATION = ladder_file.load(ladder_file.SHIPPED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("mediation")
    mediation_town.write_site(found)
    return found / "site"


def codes(folder: Path, old: str, new: str) -> list[tuple[str, object]]:
    """What is wrong with the file once it was changed so, each with the name that would be right."""
    file = folder / "mediation.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    try:
        with mediation_town.installed(), pytest.raises(Invalid) as caught:
            mediation_roles.load(site.load(folder), MEDIATION)
    finally:
        file.write_text(text, "utf-8")
    return [(each.code, each.facts.get("nearest", "")) for each in caught.value.problems]


def test_a_name_that_is_not_there_is_told_with_the_nearest(folder: Path) -> None:
    found = codes(folder, "  court: ", "  cort: ")
    assert [code for code, _ in found] == ["seats.unknown-role", "seats.nobody"]
    assert str(found[0][1]).startswith("court")
    [(code, near)] = codes(folder, "{unit: court}", "{unit: curt}")
    assert (code, str(near).partition(" ")[0]) == ("seats.unknown-unit", "court")


def test_who_has_a_role_is_who_gets_its_papers(folder: Path) -> None:
    found = codes(folder, "{unit: legal-aid,", "{unit: people-mediation,")
    assert [code for code, _ in found] == ["seats.other-hand"]


def test_a_street_that_nobody_has_named_has_a_desk_too(folder: Path) -> None:
    assert codes(folder, "desk: '310', desks", "desks")


def test_a_roster_and_a_duty_list_are_not_both_anybodys(folder: Path) -> None:
    found = codes(folder, "duty: ['351'", "roster: ['1'], duty: ['351'")
    assert found


def test_the_site_is_checked_with_it(folder: Path) -> None:
    with mediation_town.installed():
        told = site.load(folder)
        titles = [title for title, run in mediation_check.steps(told) if run() is None]
    assert titles == ["劳动争议的阶梯、分流和分工", "联调中心的清单和制度"]
    assert "mediation_check" in vars(site_check)


@pytest.mark.parametrize(
    ("seat", "place", "loads", "who"),
    [
        (Seat("court"), "", {}, ("",)),
        (Seat("u", "310", {"甲": "311"}), "甲", {}, ("311",)),
        (Seat("u", "310", {"甲": "311"}), "乙", {}, ("310",)),
        (Seat("u", roster=("1", "2")), "", {}, ("1",)),
        (Seat("u", roster=("1", "2")), "", {"1": 1}, ("2",)),
        (Seat("u", roster=("1", "2")), "", {"1": 1, "2": 1}, ("1",)),
        (Seat("u", duty=("1", "2")), "", {"1": 9}, ("1", "2")),
    ],
)
def test_who_gets_it(seat: Seat, place: str, loads: dict[str, int], who: tuple[str, ...]) -> None:
    assert seat.who(place, loads) == who


def test_an_owner_is_a_role_or_a_unit() -> None:
    roles = Roles(
        {"court": Seat("court-house"), "aid": Seat("justice"), "people": Seat("justice")},
        "mediation.yaml",
    )
    assert roles.of_unit("justice") == {"aid", "people"}
    assert [roles.of_owner(each) for each in ("court", "justice", "x")] == ["court", "aid", ""]
    with pytest.raises(Invalid, match=r"seats\.none"):
        roles.seat("cout")
