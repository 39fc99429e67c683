"""Facts of enterprises by sync: each in its holder's way, counted exactly, signed once (G13)."""

from __future__ import annotations

from zhida import dataset_books


def test_each_holders_list_becomes_a_dataset(town, hub, sync) -> None:
    district = town.hand_over(60)
    for holder, facts in town.asked().items():
        done = sync(holder)
        made = dataset_books.of(hub).get(done.dataset)
        rows = {row["uscc"]: row for row in dataset_books.of(hub).rows(made)}
        known = [number for number in range(60) if district.knows(holder, number)]
        assert (done.state, done.count, done.rows, done.invalid) == (
            "synced",
            len(known),
            len(known),
            0,
        )
        assert set(rows) == {district.code(number) for number in known}
        firms = range(60)
        for fact in facts:
            column = district.column(fact, firms, facts)
            for number in known:
                value = column[number]
                wanted = value.isoformat() if fact.kind == "date" and value is not None else value
                assert rows[district.code(number)].get(fact.name) == wanted
        origin = made.document.origin
        assert (origin.provider, origin.custody, origin.issuer) == (holder, "hub", "hub")
