"""``python -m sandbox.production``: what can be done in which town. That it works: ``tests/production``."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import production, production_acts, production_kinds


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("", "dispute"),
        ("core", "dispute"),
        ("mediation", "building"),
        ("acceptance", "dispute"),
        ("grants", "declare"),
        ("core", "people"),
    ],
)
def test_what_a_town_does_not_have_is_said_with_the_command_that_begins_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, action: str
) -> None:
    if kind:
        production_kinds.note(tmp_path, kind)
    assert production.main([action, "1", "--dir", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert f"up --district {production._LIVES_IN[action][0]}" in told and str(tmp_path) in told


@pytest.mark.parametrize(
    ("kind", "action"),
    [("mediation", "dispute"), ("acceptance", "building"), ("finance", "borrow")],
)
def test_the_thing_of_a_number_comes_into_the_town_that_lies_in_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, action: str
) -> None:
    came: list[tuple[str, int]] = []

    class Town:
        def prepare(self) -> None:
            came.append(("prepared", 0))

    def laid(_: object, number: int) -> int:
        came.append((action, number))
        return 0

    monkeypatch.setattr(production, "district_of", lambda folder, told: Town())
    monkeypatch.setitem(production_acts.COMES, action, laid)
    production_kinds.note(tmp_path, kind)
    assert production.main([action, "7", "--dir", str(tmp_path)]) == 0
    assert came == [("prepared", 0), (action, 7)]


def test_up_again_begins_the_kind_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(production, "up", lambda folder, kind, firms: begun.append(kind) or 0)
    assert production.main(["up", "--dir", str(tmp_path)]) == 0
    production_kinds.note(tmp_path, "mediation")
    assert production.main(["up", "--dir", str(tmp_path)]) == 0
    assert production.main(["up", "--dir", str(tmp_path), "--district", "grants"]) == 0
    assert begun == ["core", "mediation", "grants"]


def test_every_action_has_a_town_and_every_town_is_a_kind() -> None:
    assert set(production._LIVES_IN) == {*production_acts.COMES, "people"}
    named = {kind for kinds in production._LIVES_IN.values() for kind in kinds}
    assert named <= set(production_kinds.KINDS)


def test_people_who_stay_work_until_they_are_told_to_stop(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds = iter([2, 0, 1])

    def work() -> int:
        try:
            return next(rounds)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr(production_acts, "PAUSE", 0.0)
    assert production_acts._stay(work) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["办了 2 件", "办了 1 件", "停下了"]
