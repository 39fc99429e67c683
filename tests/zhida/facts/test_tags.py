"""Tags of a snapshot: unknown facts make unknown tags, never "no"; the head says of which snapshot."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from exchange.dataset_leaf import Salted
from matters import tag_file
from matters.facts import Fact
from zhida import dataset_books, fact_frames, tags
from zhida.snapshot_take import Taking

FACTS = {
    "hi_tech": Fact("hi_tech", "高企", "flag", "science"),
    "bad": Fact("bad", "失信", "flag", "credit"),
    "on": Fact("on", "成立日期", "date", "registry"),
}


@pytest.mark.parametrize(
    ("hi_tech", "bad", "wanted"),
    [(True, False, True), (True, True, False), (True, None, None), (None, True, False), (None, None, None)],
)  # fmt: skip
def test_three_values(tmp_path, hi_tech, bad, wanted) -> None:
    file = tmp_path / "tags.yaml"
    file.write_text("tags:\n  good: {title: 好, when: {all: [{fact: hi_tech, is: true}, {none: [{fact: bad, is: true}]}]}}\n", "utf-8")  # fmt: skip
    frame = pl.DataFrame(
        {"uscc": ["A"], "hi_tech": [hi_tech], "bad": [bad], "on": [None]},
        schema=fact_frames.schema(FACTS),
        strict=False,
    ).select("uscc", "hi_tech", "bad", "on")
    made = tags.tagged(frame, list(tag_file.load(file, FACTS).values()), date(2026, 1, 5))
    assert made.rows() == [("A", wanted)]


def test_tags_are_signed_for_the_snapshot_they_were_made_of(town, hub, told, sync) -> None:
    district = town.hand_over(60)
    for holder in ("tax", "market-supervision"):
        sync(holder)
    frozen = Taking(hub, told).run()
    made = tags.Tagging(hub, told, frozen).run()
    rows = {row["uscc"]: row for row in dataset_books.of(hub).rows(made)}
    assert made.count == frozen.count == len(rows)
    assert made.form.about["snapshot_digest"] == frozen.digest
    assert made.document.origin.kind == "enterprise-tags"
    frame = pl.concat(list(frozen.frames()))
    for firm, at in frame.select("uscc", "district").iter_rows():
        assert rows[firm].get("local") == (None if at is None else at == "320114")
        assert "high_tech" not in rows[firm]  # nobody told
    assert district.code(13) in rows
    assert tags.counts(hub, made)["local"] == sum(row.get("local") is True for row in rows.values())


def test_a_frame_of_rows_has_nulls_for_what_is_not_stated() -> None:
    rows = [
        Salted(b"", b'{"hi_tech":true,"uscc":"A"}'),
        Salted(b"", b'{"on":"2020-01-05","uscc":"B"}'),
    ]
    found = fact_frames.frame(rows, FACTS)
    assert found.select("uscc", "hi_tech", "bad", "on").rows() == [
        ("A", True, None, None),
        ("B", None, None, date(2020, 1, 5)),
    ]
    assert fact_frames.frame([], FACTS).schema == found.schema
