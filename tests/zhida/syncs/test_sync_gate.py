"""Table to table through a gate: in order, once, answered; the near side's counts end exact."""

from __future__ import annotations

import base64
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from exchange.dataset import Form
from exchange.document import Origin
from exchange.errors import Fatal, Invalid, Problem, Rejected, Retriable
from exchange.store import dataset_rows, sync_batch_rows
from exchange.store.sync_batch_rows import Counts
from tests.conftest import FULL
from tests.zhida.syncs.conftest import COLUMNS, TABLE, Town, firm
from tests.zhida.syncs.gate_towns import Gap, files, lay_gap, sync_both
from zhida import (
    dataset_books,
    site,
    sync_answer,
    sync_check,
    sync_diff,
    sync_file,
    sync_gate,
    sync_to,
)
from zhida.hub import Hub
from zhida.sync_sorted import Held

FAULTS: tuple[str, ...] = ("lose", "cut", "head", "repeat", "lines")
if FULL:
    FAULTS = (*FAULTS, "note", "corrupt", "upper", "rename", "short")


@pytest.fixture
def gap(town: Town) -> Gap:
    return lay_gap(town)


def test_batches_cross_and_their_answers_come_back(gap: Gap) -> None:
    gap.put(*(firm(n) for n in range(20)))
    near = gap.near.run()
    assert (near.counts["read"], near.counts["in_flight"]) == (20, 20)
    assert gap.status()["away"]["batches"] == 3
    gap.cross()
    far = gap.far.run()
    assert (far.counts["read"], far.counts["applied"]) == (20, 20)
    assert gap.is_equal
    gap.cross()
    gap.near.run()
    assert gap.counts(gap.near).applied == 20
    assert gap.counts(gap.near).in_flight == 0
    assert gap.status()["away"] == {}
    assert gap.far.run().state == "waiting"


def test_what_waits_over_there_is_told_and_where_it_is_overdue_fails(gap: Gap) -> None:
    gap.put(*(firm(n) for n in range(10)))
    gap.near.run()
    told = gap.status()["away"]
    assert (told["batches"], told["rows"], told["number"]) == (2, 10, 1)
    gap.go(11)
    with pytest.raises(Retriable, match=r"sync\.unanswered .*number=1, .*batches=2"):
        gap.near.run()
    gap.cross()
    gap.far.run()
    gap.cross()
    gap.near.run()
    assert gap.status()["away"] == {}


def test_changes_and_what_is_gone_follow_in_order(gap: Gap) -> None:
    sync_both(gap, far={"mode": "snapshot"}, mode="snapshot", stop={"drop": 90})
    gap.put(*(firm(n) for n in range(10)))
    gap.there_and_back()
    gap.near.registry.run("UPDATE firm SET \"NAME\" = '新名' WHERE \"CODE\" = '9132000003'")
    gap.near.registry.run("DELETE FROM firm WHERE \"CODE\" > '9132000006'")
    _, far = gap.there_and_back()
    assert (far.counts["applied"], far.counts["deleted"]) == (1, 3)
    assert gap.is_equal
    found = gap.counts(gap.near)
    assert (found.applied, found.gone, found.deleted, found.kept) == (11, 3, 3, 0)


def test_deletions_that_the_far_side_does_not_want_are_kept_and_told(gap: Gap) -> None:
    sync_both(gap, mode="snapshot", stop={"drop": 90})
    gap.put(*(firm(n) for n in range(5)))
    gap.there_and_back()
    gap.near.registry.run("DELETE FROM firm WHERE \"CODE\" = '9132000004'")
    gap.there_and_back()
    assert len(gap.far.front.rows("firm_in")) == 5
    found = gap.counts(gap.near)
    assert (found.deleted, found.kept) == (0, 1)  # and asked for once more, as of a table
    assert {each["code"] for each in gap.status()["held"]} == {"sync.not-snapshot"}


def test_rows_that_the_far_table_refuses_are_held_on_both_sides(gap: Gap) -> None:
    gap.far.front.run("DROP TABLE firm_in")
    gap.far.front.run(
        'CREATE TABLE firm_in ("CODE" VARCHAR(18) PRIMARY KEY, "NAME" VARCHAR(8) NOT NULL,'
        ' "CAPITAL" NUMERIC(14,2), "SINCE" DATE NOT NULL, "MTIME" TIMESTAMP)'
    )
    gap.put(firm(1), firm(2, name="太长太长太长太长太长"), (*firm(3)[:3], None, firm(3)[4]))
    _, far = gap.there_and_back()
    assert (far.counts["applied"], far.counts["invalid"], far.counts["refused"]) == (1, 1, 1)
    found = gap.counts(gap.near)
    assert (found.applied, found.invalid, found.refused) == (1, 1, 1)
    codes = {each["code"]: each["kind"] for each in gap.status()["held"]}
    assert codes == {"tables.does-not-fit": "invalid", "tables.not-null": "refused"}
    # what did not arrive is not taken for given: it goes again when it is read again
    gap.near.registry.run("UPDATE firm SET \"SINCE\" = '2020-01-05' WHERE \"CODE\" = '9132000003'")
    gap.there_and_back()
    assert len(gap.far.front.rows("firm_in")) == 2


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("do", FAULTS)
def test_whatever_the_gate_does_to_a_file_it_ends_exact(gap: Gap, do: str) -> None:
    """Of the batches on their way, and of the answers on theirs."""
    gap.put(*(firm(n) for n in range(10)))
    gap.near.run()
    gap.rules = {"faults": [{"match": "*", "do": do, "times": 2}]}
    for _ in range(9):
        gap.cross()
        _calm(gap.far)
        gap.cross()
        _calm(gap.near)
        if not gap.status()["away"]:
            break
        gap.go(12)
    assert gap.is_equal
    assert gap.counts(gap.near).applied == 10
    assert gap.counts(gap.far).applied == 10
    assert gap.status()["away"] == {}


def _calm(town: Town) -> None:
    """A run that may tell what is wrong."""
    try:
        town.run()
    except (Invalid, Retriable) as error:
        assert error.code in (
            "gate.missing",
            "gate.damaged",
            "gate.strange",
            "sync.unanswered",
            "sync.batch-missing",
        )


def test_a_missing_batch_lets_none_behind_it_through_and_is_named(gap: Gap) -> None:
    gap.put(*(firm(n) for n in range(20)))
    gap.near.run()
    out = gap.near.folder / "gate" / "out"
    for name in files(out):
        if name.startswith("m00002"):
            (out / name).unlink()
    gap.cross()
    first = gap.far.run()
    assert first.counts["applied"] == 7
    gap.go(2)
    with pytest.raises(Invalid, match=r"gate\.missing .*first=2, last=2"):
        gap.far.run()
    assert len(gap.far.front.rows("firm_in")) == 7
    gap.cross()
    with pytest.raises(Retriable, match=r"sync\.unanswered .*number=2, .*batches=2"):
        gap.go(10)
        gap.near.run()  # puts it there once more
    gap.cross()
    gap.far.run()
    assert gap.is_equal


def test_a_file_that_comes_again_weeks_later_does_nothing(gap: Gap) -> None:
    gap.put(*(firm(n) for n in range(5)))
    gap.near.run()
    out = gap.near.folder / "gate" / "out"
    kept = {name: (out / name).read_bytes() for name in files(out)}
    gap.cross()
    gap.far.run()
    gap.far.front.run("DELETE FROM firm_in")  # the receiver has used them up
    gap.go(60 * 24 * 20)
    for name, raw in kept.items():
        (out / name).write_bytes(raw)
    gap.cross()
    assert gap.far.run().state == "waiting"
    assert gap.far.front.rows("firm_in") == []


def test_an_old_batch_in_a_new_wrapping_does_nothing_either(gap: Gap) -> None:
    """By somebody who knows the gate's secret and not the hub's key."""
    gap.put(*(firm(n) for n in range(5)))
    gap.there_and_back()
    with closing(gap.near.hub()) as hub:
        with hub.store.read() as connection:
            [made] = dataset_rows.listed(connection, "firm-row")
        place = sync_file.find(gap.near.site, "firms").targets[0]
        with sync_gate.opened(hub, place) as channel:
            channel.gate.send("firms", "another", sync_gate.content(hub, made.id))
            channel.gate.send("firms", "forged", b'{"format":"zhida-list"}\n')
    gap.far.front.run("DELETE FROM firm_in")
    gap.cross()
    with pytest.raises(Invalid, match=r"dataset\.list-form"):
        gap.far.run()
    assert gap.far.front.rows("firm_in") == []


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("企业1", "企业9", r"dataset\.other-rows"),
        ('"head":"ey', '"head":"eY', r"document\.claims|document\.not-authentic"),
    ],
)
def test_rows_that_were_changed_on_their_way_are_not_written(
    gap: Gap, monkeypatch: pytest.MonkeyPatch, one: str, other: str, code: str
) -> None:
    """By somebody who knows the secret of both sides: neither hub's key."""
    whole = sync_gate.content

    def changed(hub: Hub, dataset: str) -> bytes:
        found = whole(hub, dataset)
        assert one.encode() in found
        return found.replace(one.encode(), other.encode())

    gap.put(firm(1), firm(2))
    with monkeypatch.context() as patch:
        patch.setattr(sync_gate, "content", changed)
        gap.near.run()
    gap.cross()
    with pytest.raises(Rejected, match=code):
        gap.far.run()
    assert gap.far.front.rows("firm_in") == []
    assert gap.counts(gap.far).read == 0


@pytest.mark.parametrize("wrong", ["counts", "batch", "place"])
def test_an_answer_that_does_not_add_up_is_not_booked(gap: Gap, wrong: str) -> None:
    gap.put(firm(1), firm(2))
    gap.near.run()
    with closing(gap.near.hub()) as hub, hub.store.read() as connection:
        [sent] = sync_batch_rows.away(connection, "firms", "gate/firms")
    about = replace(sent, id="f" * 32) if wrong == "batch" else sent
    counts = Counts(applied=3 if wrong == "counts" else 1, refused=1 if wrong == "place" else 0)
    lost = {9: Held("refused", (Problem("sync.changed"),), {})} if wrong == "place" else {}
    with closing(gap.far.hub()) as hub:
        origin = Origin(sync_answer.KIND, "inner", "licensing", "hub", "front", hub.clock())
        told = (sync_answer.rows(lost), sync_answer.form(about, counts), origin)
        made = dataset_books.of(hub).write(*told, bucket="sync-2036-01")
        place = sync_file.find(gap.far.site, "firms").source
        with sync_gate.opened(hub, place) as channel:
            channel.send("an answer", made.id)
    gap.cross()
    with pytest.raises(Rejected, match=r"sync\.answer-wrong"):
        gap.near.run()
    found = gap.counts(gap.near)
    assert (found.applied, found.in_flight) == (0, 2)


def test_a_dataset_that_is_no_batch_is_not_taken(gap: Gap) -> None:
    """Of a sync that does not go through a gate, say."""
    gap.put(firm(1))
    gap.near.run()
    with closing(gap.near.hub()) as hub:
        origin = Origin("firm-row", "hub", "market", "hub", "registry", hub.clock())
        made = dataset_books.of(hub).write(
            [{"CODE": "1"}], Form("firm-row", ("CODE",)), origin, bucket="x-2036-01"
        )
        place = sync_file.find(gap.near.site, "firms").targets[0]
        with sync_gate.opened(hub, place) as channel:
            channel.send("another", made.id)
    gap.cross()
    with pytest.raises(Rejected, match=r"sync\.no-gate-batch"):
        gap.far.run()


def test_who_is_not_named_is_not_believed(gap: Gap) -> None:
    gap.put(firm(1))
    gap.near.run()
    gap.cross()
    source = {"system": "gate", "gate": "firms", "hub": "inner", "columns": list(COLUMNS)}
    sync_both(gap, far={"source": source})
    with pytest.raises(Rejected, match=r"sync\.other-batch .*issuer"):
        gap.far.run()
    sync_both(gap, far={"source": {**source, "hub": "hub", "columns": ["CODE", "NAME"]}})
    with pytest.raises(Rejected, match=r"sync\.other-columns .*CAPITAL, MTIME, SINCE"):
        gap.far.run()
    gap.far.agree("/CODE", "/NAME")
    with pytest.raises(Rejected, match=r"sync\.other-columns"):
        gap.far.run()
    assert gap.far.front.rows("firm_in") == []
    gap.far.agree()
    sync_both(gap)
    gap.far.run()
    target = {"system": "gate", "gate": "firms", "hub": "hub"}
    gap.near.sync(targets=[target])
    gap.cross()
    with pytest.raises(Rejected, match=r"sync\.other-signer"):
        gap.near.run()


def test_a_target_that_was_put_back_is_not_written_over(gap: Gap) -> None:
    gap.put(firm(1))
    gap.there_and_back()
    gap.far.front.run("DROP TABLE firm_in")
    gap.far.front.run(TABLE.format(name="firm_in", key=" PRIMARY KEY"))
    gap.far.front.run("DELETE FROM zhida_sync")
    gap.put(firm(2))
    gap.near.run()
    gap.cross()
    with pytest.raises(Rejected, match=r"sync\.place-lost .*number=2, came=2"):
        gap.far.run()
    assert gap.far.front.rows("firm_in") == []
    assert gap.far.run(accept=frozenset({"place"})).counts["applied"] == 1


def test_in_append_mode_the_far_side_changes_no_row(gap: Gap) -> None:
    sync_both(gap, far={"mode": "append"})
    gap.put(firm(1), firm(2))
    gap.there_and_back()
    gap.near.registry.run("UPDATE firm SET \"NAME\" = '新名' WHERE \"CODE\" = '9132000002'")
    _, far = gap.there_and_back()
    assert (far.counts["quarantined"], far.counts["applied"]) == (1, 0)
    assert gap.far.front.rows("firm_in")[1][1] == "企业2"
    assert gap.counts(gap.near).quarantined == 1


def test_nothing_can_be_asked_of_the_other_side(gap: Gap) -> None:
    gap.put(firm(1))
    gap.there_and_back()
    for town, code in ((gap.near, ""), (gap.far, "sync.other-side")):
        with closing(town.hub()) as hub:
            [line] = sync_to.lines(sync_file.find(hub.site.folder, "firms"))
            if code:
                with pytest.raises(Fatal, match=code):
                    sync_diff.compare(hub, line)
            else:
                assert sync_diff.compare(hub, line).is_equal


def problems(town: Town) -> list[str]:
    syncs = sync_file.load_all(town.site)
    wrong = sync_check.mistakes(site.load(town.site), syncs, syncs["firms"], date(2026, 1, 6))
    return [each.code for each in wrong]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ({"system": "gate", "gate": "firms", "hub": "inner"}, ""),
        ({"system": "gate", "gate": "firm", "hub": "inner"}, "sync.no-channel"),
        ({"system": "gate", "gate": "firms", "hub": "outer"}, "sync.no-hub"),
    ],
)
def test_each_mistake_is_told_before_a_run(gap: Gap, target: dict[str, Any], code: str) -> None:
    gap.near.sync(targets=[target])
    assert problems(gap.near) == ([code] if code else [])
    assert problems(gap.far) == []
    if code and code != "sync.no-hub":
        with pytest.raises(Fatal, match=code):
            gap.near.run()


@pytest.mark.guarantee("G6")
def test_nothing_crosses_in_clear_or_without_a_secret(gap: Gap) -> None:
    gap.put(firm(1, name="金丝雀"))
    gap.there_and_back()
    raw = [f.read_bytes() for t in (gap.near, gap.far) for f in (t.folder / "gate").rglob("*.txt")]
    assert len(raw) >= 4
    for content in [part for each in raw for part in (each, _decoded(each))]:
        assert "金丝雀".encode() not in content
        assert b"9132000001" not in content
    gap.near.connections["gate"].pop("password")
    with pytest.raises(Fatal, match=r"gate-cover\.no-secret"):
        gap.near.run()


def _decoded(raw: bytes) -> bytes:
    return base64.b64decode(b"".join(raw.partition(b"\n")[2].split()))


def test_what_the_other_side_did_not_seal_is_told_and_put_away(gap: Gap) -> None:
    place = sync_file.find(gap.near.site, "firms").targets[0]
    with closing(gap.near.hub()) as hub, sync_gate.opened(hub, place) as channel:
        channel.gate._call("send", "firms", {"message": "clear", "content": b"in clear"})
    gap.cross()
    with pytest.raises(Invalid, match=r"gate-cover\.unopened .*main/a"):
        gap.far.run()
    assert gap.far.run().state == "waiting"


def test_a_channel_is_for_one_line(gap: Gap) -> None:
    target = {"system": "gate", "gate": "firms", "hub": "inner"}
    gap.near.sync(targets=[target])
    gap.near.sync(sync="more", targets=[target])
    assert problems(gap.near) == ["sync.shared-channel"]
