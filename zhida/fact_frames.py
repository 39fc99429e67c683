"""Rows of facts as frames of Polars: one column a fact, of its kind; null is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from exchange.dataset_leaf import Salted
from matters.facts import Fact
from zhida.fact_rows import KEY

WINDOW = 65_536
"""Rows of each holder that are looked at together."""
_TYPES: Mapping[str, type[pl.DataType]] = {
    "flag": pl.Boolean,
    "code": pl.String,
    "count": pl.Int64,
    "money": pl.Int64,
    "date": pl.Date,
}


def schema(facts: Mapping[str, Fact]) -> dict[str, type[pl.DataType]]:
    """The firm's code first, then the facts by name.

    >>> schema({"paid": Fact("paid", "实缴", "money", "tax")})
    {'uscc': String, 'paid': Int64}
    """
    return {KEY: pl.String, **{name: _TYPES[facts[name].kind] for name in sorted(facts)}}


def frame(rows: Iterable[Salted], facts: Mapping[str, Fact]) -> pl.DataFrame:
    """Rows of one holder with the columns of its facts. What a row does not state is null."""
    wanted = schema(facts)
    as_text = {name: pl.String() if kind is pl.Date else kind() for name, kind in wanted.items()}
    lines = b"\n".join(row.body for row in rows)
    if not lines:
        return pl.DataFrame(schema=wanted)
    read = pl.read_ndjson(lines, schema=as_text)
    dates = [name for name, kind in wanted.items() if kind is pl.Date]
    return read.with_columns(pl.col(name).str.to_date("%Y-%m-%d") for name in dates)


@dataclass(slots=True)
class _Stream:
    """One holder's frames, of which the first rows are looked at."""

    frames: Iterator[pl.DataFrame]
    held: pl.DataFrame
    ended: bool = False

    def fill(self) -> None:
        """Hold a window's rows, or all that are left: small windows would cost a join each."""
        found = [self.held]
        while sum(each.height for each in found) < WINDOW and not self.ended:
            more = next(self.frames, None)
            self.ended = more is None
            found += [] if more is None else [more]
        if len(found) > 1:
            self.held = pl.concat([each for each in found if each.height] or found[-1:])

    @property
    def last(self) -> str:
        """The greatest firm that is held."""
        return str(self.held[KEY][-1])

    def until(self, firm: str) -> pl.DataFrame:
        """Take the held rows up to this firm."""
        place = self.held[KEY].search_sorted(firm, side="right")
        taken, self.held = self.held[:place], self.held[place:]
        return taken


def joined(
    sources: Iterable[Iterator[pl.DataFrame]], facts: Mapping[str, Fact]
) -> Iterator[pl.DataFrame]:
    """The firms of all holders side by side, each once, in order; a window of them at a time.

    Each source comes in the order of its firms. A window ends with the smallest of the last firms
    that are held: up to there nobody has any other row. So memory holds a window of each holder.
    """
    wanted = schema(facts)
    streams = [_Stream(each, pl.DataFrame(schema={KEY: pl.String})) for each in sources]
    while True:
        for stream in streams:
            stream.fill()
        open_streams = [stream for stream in streams if not stream.held.is_empty()]
        if not open_streams:
            return
        bound = min(stream.last for stream in open_streams)
        yield _side_by_side([stream.until(bound) for stream in open_streams], wanted)


def _side_by_side(
    parts: list[pl.DataFrame], wanted: Mapping[str, type[pl.DataType]]
) -> pl.DataFrame:
    firms = pl.concat([part.select(KEY) for part in parts]).unique().sort(KEY)
    for part in parts:
        firms = firms.join(part, on=KEY, how="left", maintain_order="left", validate="1:1")
    missing = [pl.lit(None, kind).alias(n) for n, kind in wanted.items() if n not in firms.columns]
    return firms.with_columns(missing).select(list(wanted))


def in_chunks(frames: Iterable[pl.DataFrame], size: int) -> Iterator[pl.DataFrame]:
    """The same rows in frames of this many, the last with fewer."""
    held: list[pl.DataFrame] = []
    count = 0
    for each in frames:
        held.append(each)
        count += each.height
        while count >= size:
            whole = pl.concat(held)
            yield whole[:size]
            held, count = [whole[size:]], count - size
    if count:
        yield pl.concat(held)
