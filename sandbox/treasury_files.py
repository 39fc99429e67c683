"""The treasury's folders: pain.001 files come in, pain.002, camt.054 and a day's camt.053 go out.

What is taken in is moved from ``orders`` to ``taken``; a file is decided once, whoever puts it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from sandbox import treasury_xml
from sandbox.treasury_desk import DONE, REFUSED, RETURNED, Order, Outcome

_ACCEPTED = Outcome("ACSP")
Decided = Sequence[tuple[Order, Outcome]]


class Folders:
    """``orders``, ``taken``, ``answers`` below a folder."""

    def __init__(self, folder: Path) -> None:
        self.orders, self.taken, self.answers = (
            folder / name for name in ("orders", "taken", "answers")
        )
        for each in (self.orders, self.taken, self.answers):
            each.mkdir(parents=True, exist_ok=True)
        files = {each.name for each in self.taken.iterdir()}
        self._waiting = {
            n
            for n in sorted(files)
            if n.startswith("pain.001.") and n.endswith(".xml") and f"{n}.done" not in files
        }
        """Of what is taken in, what has no outcome: a folder of thousands is not listed each time."""

    def accept(self) -> int:
        """Move what is new, and report that it is accepted; how many. A request to a firm is passed on."""
        for file in sorted(self.orders.glob("pain.013.*.xml")):
            file.rename(self.taken / file.name)
        new = sorted(self.orders.glob("pain.001.*.xml"))
        for file in new:
            report = treasury_xml.status(_read(file), _ACCEPTED.status)
            self._write(_named("pain.002", file.name), report)
            file.rename(self.taken / file.name)
            self._waiting.add(file.name)
        return len(new)

    def waiting(self, limit: int) -> list[Order]:
        """What is taken in and has no outcome."""
        return [_read(self.taken / name) for name in sorted(self._waiting)[:limit]]

    def answer(self, decided: Decided) -> None:
        """A payment that was made is notified; one that was refused is reported."""
        for order, told in decided:
            name = order.source.rpartition("/")[2]
            if told.status == REFUSED:
                report = treasury_xml.status(order, "RJCT", told)
                self._write(_named("pain.002", name), report)
            else:
                self._write(_named("camt.054", name), treasury_xml.notice(order, told))
            (self.taken / f"{name}.done").touch()
            self._waiting.discard(name)

    def state(self, day: str, rows: Sequence[dict[str, Any]]) -> None:
        """The statement of a day: a debit for each payment, a credit for each that came back on it."""
        entries = [(_order(row), told) for row in rows for told in _booked(row) if told.day == day]
        self._write(f"camt.053.{day}.xml", treasury_xml.statement(day, entries))

    def came_back(self, row: dict[str, Any]) -> None:
        """A payment that was notified days ago is notified as returned."""
        order = _order(row)
        name = order.source.rpartition("/")[2]
        self._write(_named("camt.054", name), treasury_xml.notice(order, list(_booked(row))[-1]))

    def _write(self, name: str, content: bytes) -> None:
        draft = self.answers / f".{name}.tmp"
        draft.write_bytes(content)
        draft.rename(self.answers / name)


def _named(message: str, order: str) -> str:
    return order.replace("pain.001", message, 1)


def _read(file: Path) -> Order:
    """What one file orders; the first transfer of it, for there is one."""
    tree = etree.fromstring(file.read_bytes())
    space = {"p": tree.nsmap[None]}

    def text(path: str) -> str:
        return str(tree.findtext(path, namespaces=space))

    one = ".//p:CdtTrfTxInf/p:"
    numbers = {
        str(each.findtext(".//p:Prtry", namespaces=space)): str(
            each.findtext("p:Nb", namespaces=space)
        )
        for each in tree.iterfind(".//p:RfrdDocInf", space)
    }
    return Order(
        source=f"files/{file.name}",
        orderno=text(f"{one}PmtId/p:EndToEndId"),
        busino=numbers["AWARD"],
        zbh=numbers["BUDGET-LINE"],
        skrmc=text(f"{one}Cdtr/p:Nm"),
        skrzh=text(f"{one}CdtrAcct//p:Id/p:Othr/p:Id"),
        fen=int(Decimal(text(f"{one}Amt/p:InstdAmt")) * 100),
    )


def _booked(row: dict[str, Any]) -> Iterator[Outcome]:
    """What was booked of a payment: that it was made, and that it came back."""
    if row["status"] == REFUSED:
        return
    yield Outcome(DONE, "", row["pzh"], row["day"], row["time"])
    if row["status"] == RETURNED:
        day, time = row["backday"] or row["day"], row["backtime"] or row["time"]
        yield Outcome(RETURNED, row["code"], row["pzh"], day, time)


def _order(row: dict[str, Any]) -> Order:
    names = ("source", "orderno", "busino", "zbh", "skrmc", "skrzh", "fen")
    return Order(**{name: row[name] for name in names})
