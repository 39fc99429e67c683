"""Where events bring a case, what is refused, and who has it: over the ladder of mediation."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Forbidden, Invalid, Rejected
from matters import ladder
from matters.ladder import Standing
from matters.ladder_parts import HOLDER, START
from tests.matters.ladders import MEDIATION, event, events, ways

WAYS = dict(ways(MEDIATION))


def state(*names: str) -> str:
    return ladder.stand(MEDIATION, events(*names)).state("dispute")


def test_from_registration_to_closing() -> None:
    way = [
        "registered",
        "diverted",
        "accepted",
        "mediation-applied",
        "agreed",
        "performed",
        "closed",
    ]
    assert [state(*way[: n + 1]) for n in range(len(way))] == [
        "registered",
        "diverted",
        "accepted",
        "mediating",
        "agreed",
        "performed",
        "closed",
    ]


def test_every_edge_and_so_every_state_is_reached() -> None:
    edges = {
        (track.name, begins, edge.event)
        for track in MEDIATION.tracks.values()
        for edge in track.edges
        for begins in edge.begins
    }
    assert WAYS.keys() == edges


@pytest.mark.parametrize("edge", WAYS, ids="-".join)
def test_the_edge_leads_where_the_file_says(edge: tuple[str, str, str]) -> None:
    track, begins, name = edge
    way = events(*WAYS[edge])
    before, after = (ladder.stand(MEDIATION, told) for told in (way[:-1], way))
    found = MEDIATION.tracks[track].edge(name, begins)
    assert found is not None
    assert (before.state(track), after.state(track)) == (begins, found.ends)


def test_an_event_that_nobody_knows_is_told_with_the_nearest() -> None:
    wrong = ladder.Event("regstered", events("registered")[0].at, "hub")
    with pytest.raises(Invalid, match=r"ladder\.unknown-event .*registered"):
        ladder.step(MEDIATION, Standing(), wrong)


def test_what_is_not_theirs_to_say_is_refused() -> None:
    standing = ladder.stand(MEDIATION, events("registered", "diverted", "accepted"))
    with pytest.raises(Forbidden, match=r"ladder\.not-theirs .*court"):
        ladder.step(MEDIATION, standing, event("inspection-filed", role="court"))


def test_what_can_not_happen_here_is_refused() -> None:
    with pytest.raises(Rejected, match=r"ladder\.no-edge .*dispute=registered"):
        state("registered", "agreed")


def test_an_agreement_alone_is_not_enforced() -> None:
    way = ["registered", "diverted", "accepted", "mediation-applied", "agreed", "not-performed"]
    with pytest.raises(Rejected, match=r"ladder\.too-early .*confirmed"):
        state(*way, "enforcement-applied")
    assert state(*way, "payment-order-applied", "payment-order-issued", "not-performed",
                 "enforcement-applied") == "enforcing"  # fmt: skip


def test_who_hands_over_names_the_unit_and_nobody_else_does() -> None:
    at = events("registered")
    for wrong in (
        ladder.Event("diverted", at[0].at, "hub"),
        ladder.Event("advised", at[0].at, "hub", to="people"),
    ):
        with pytest.raises(Invalid, match=r"ladder\.target"):
            ladder.step(MEDIATION, ladder.stand(MEDIATION, at), wrong)


def test_the_unit_that_has_it_is_the_one_it_was_handed_to_last() -> None:
    way = events("registered", "diverted")
    higher = ladder.Event("handed-over", way[-1].at, "people", to="district-people")
    standing = ladder.stand(MEDIATION, [*way, higher])
    assert ladder.owners(MEDIATION, standing) == {"dispute": "district-people"}


def test_marks_move_nothing_wherever_the_case_stands() -> None:
    for way in ([], ["registered"], ["registered", "withdrawn", "closed"]):
        before = ladder.stand(MEDIATION, events(*way))
        after = ladder.step(MEDIATION, before, event("demanded"))
        assert (after.states, after.holder) == (before.states, before.holder)


def test_tracks_do_not_wait_for_one_another() -> None:
    standing = ladder.stand(MEDIATION, events("registered", "aid-applied", "response-called"))
    assert ladder.owners(MEDIATION, standing) == {
        "dispute": "hub",
        "aid": "aid",
        "response": "response",
    }


def test_possible_is_what_is_not_refused() -> None:
    standing = ladder.stand(MEDIATION, events("registered", "diverted"))
    told = ladder.possible(MEDIATION, standing, "people")
    assert {"accepted", "declined", "handed-over", "withdrawn"} == set(told)


@given(st.integers(0, 2**32), st.integers(1, 60))
def test_no_moment_is_without_an_owner(seed: int, length: int) -> None:
    chance, standing, said = Random(seed), Standing(), list[str]()
    for _ in range(length):
        choices = {n: r for r in MEDIATION.roles for n in ladder.possible(MEDIATION, standing, r)}
        name = chance.choice(sorted(choices)) if said else "registered"
        said.append(name)
        standing = ladder.step(MEDIATION, standing, event(name))
        owners = ladder.owners(MEDIATION, standing)
        assert all(owner and owner != HOLDER for owner in owners.values()), said
        ended = {t for t, s in standing.states.items() if MEDIATION.tracks[t].states[s].ended}
        assert owners.keys() == standing.states.keys() - ended, said
    assert standing.state("dispute") != START
