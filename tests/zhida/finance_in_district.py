"""A hub that verifies orders for two banks, among the stand-ins of a district."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors.http_message import Request
from exchange import canonical, times
from exchange.document import new_id
from sandbox import finance_district, site_layers
from sandbox.district import District
from sandbox.finance_district import SYSTEMS
from sandbox.firms import BANKS, BUYER, SELLERS, Firms
from sandbox.moments import china_time
from sandbox.office import Office
from sandbox.officers import Officers
from zhida import (
    finance_after_served,
    finance_answers,
    finance_served,
    finance_watch,
    serve_route,
    sweep,
)
from zhida.finance_served import BankDesk
from zhida.serve_file import Client
from zhida.serve_route import Told

PATIENCE = 120.0
"""Seconds that a bank waits here: on a busy machine everybody's word takes its time, and no test is about time."""
ORDER = {
    "contractNo": "HT-2026-01",
    "buyerCode": BUYER["uscc"],
    "buyerName": BUYER["name"],
    "sellerCode": SELLERS[0]["uscc"],
    "sellerName": SELLERS[0]["name"],
    "amount": "1000000.00",
    "stage": "生产中",
    "state": "执行中",
    "paid": "0.00",
    "confirmed": "1",
    "assignable": "1",
}
"""An order that is under way, as the core enterprise's system has it."""


class Financing:
    """The hub, the banks' calls, and people who do their part."""

    def __init__(self, town: Any, seconds: float = PATIENCE) -> None:
        self.town, self.hub, self.district = town, town.hub, town.district
        self.desk = BankDesk(finance_answers.desk(self.hub), seconds)
        self.routes = finance_served.of(self.desk)
        self.routes += finance_after_served.routes(finance_answers.desk(self.hub))
        self.firms = Firms(self.district.directory, self.district.secrets["ca"])
        self.seller = self.firms.firm(SELLERS[0])
        self.officers = Officers(self.district.system("oa").address, Office())

    # --- what others know ------------------------------------------------------------------------

    def order(self, number: str, **changed: str) -> str:
        told = {**ORDER, "orderNo": number, "signDate": china_time("%Y-%m-%d"), **changed}
        self.district.system("core_enterprise").ask("POST", "/order", told)
        return number

    def standing(self, holder: str, uscc: str, **flags: str) -> None:
        told = {"holder": holder, "uscc": uscc, **flags}
        self.district.system("standings").ask("POST", "/standing", told)

    # --- what banks do ---------------------------------------------------------------------------

    def call(
        self, method: str, path: str, body: Any = None, *, bank: str = "bank-a", key: str = ""
    ) -> Told:
        """One call of a bank's program, past the door."""
        client = Client(bank, bank, bank, frozenset({"finance"}), rate=None)  # type: ignore[arg-type]
        data = canonical.dumps(body) if body is not None else b""
        headers = {"idempotency-key": key} if key else {}
        route, names, query = serve_route.find(self.routes, Request(method, path, headers, data))
        return route.answer(serve_route.Call(new_id(), client, names, query, data, headers))

    def letter(self, number: str, order: str, bank: str = "bank-a", **changed: Any) -> Told:
        token = (changed.pop("firm", None) or self.seller).letter(
            number, BANKS[bank], order, **changed
        )
        return self.call("POST", "/finance/letters", {"letter": token}, bank=bank)

    def request(self, number: str, letter: str, order: str, **changed: Any) -> dict[str, Any]:
        told = {"number": number, "letter": letter, "order": order, "contract": "HT-2026-01"}
        told |= {"buyer": dict(BUYER), "seller": dict(SELLERS[0]), "amount_fen": 50_000_000}
        told |= {"account": {"tail": "0001", "is_locked": True}}
        return told | changed

    def ask(self, number: str, letter: str, order: str, **changed: Any) -> Told:
        """``bank``, ``key``: whose program asks, by which Idempotency-Key; the rest is the request's."""
        bank, key = changed.pop("bank", "bank-a"), changed.pop("key", "")
        told = self.request(number, letter, order, **changed)
        return self.call("POST", "/finance/requests", told, bank=bank, key=key)

    def look(self, number: str, bank: str = "bank-a", key: str = "") -> Told:
        return self.call("GET", f"/finance/requests/{number}", bank=bank, key=key)

    def lend(self, number: str, request: str, bank: str = "bank-a", **changed: Any) -> Told:
        """The whole loan is paid out today and due in ninety days, unless told otherwise."""
        today = times.civil_day(self.hub.clock())
        told = {"number": number, "request": request, "paid_out_on": today.isoformat()}
        told |= {"amount_fen": 50_000_000, "due_on": (today + timedelta(90)).isoformat()}
        told |= {"account": {"tail": "0001"}}
        return self.call("POST", "/finance/loans", told | changed, bank=bank)

    def tell(
        self, loan: str, number: str, event: str, *, bank: str = "bank-a", **more: Any
    ) -> Told:
        """A message of today about a loan."""
        told = {"number": number, "event": event, "on": self.today}
        return self.call("POST", f"/finance/loans/{loan}/events", told | more, bank=bank)

    def feed(self, *, after: int, limit: int = 500, bank: str = "bank-a") -> Any:
        return self.call("GET", f"/finance/events?after={after}&limit={limit}", bank=bank).value

    def last_event(self, bank: str = "bank-a") -> int:
        return int(self.feed(after=0, limit=1, bank=bank)["last"])

    @property
    def today(self) -> str:
        return times.civil_day(self.hub.clock()).isoformat()

    # --- what happens meanwhile ------------------------------------------------------------------

    def turn(self) -> None:
        """The hub sweeps, people work, time goes by, the hub looks again."""
        for _ in range(2):  # the law firm is asked once the order is known
            self.sweep()
            self.officers.work()
            self.town.clock.skip(601)
        self.sweep()

    def to_noon(self) -> None:
        """Of the next day, so that a day's work lies within its day, whenever a test runs."""
        now = self.hub.clock().astimezone(times.CHINA)
        noon = (now + timedelta(days=1)).replace(hour=12, minute=0, second=0)
        self.town.clock.skip(int((noon - now).total_seconds()))

    def day(self, *, down: bool = False) -> None:
        """A day goes by; the hub asks again after each loan, and looks at what has come."""
        self.town.clock.skip(24 * 3600)
        self.look_again(down=down)

    def look_again(self, *, down: bool = False) -> None:
        finance_watch.advance(self.hub)
        self.sweep(down=down)
        finance_watch.advance(self.hub)

    def sweep(self, *, down: bool = False) -> None:
        """``down``: somebody is, and the others are asked all the same."""
        for matter in site_layers.FINANCE_MATTERS:
            for report in sweep.sweep(self.hub, self.hub.site.matter(matter)):
                assert down or report.sick is None, report


def checks(told: Told) -> dict[str, str]:
    """Check → state and codes: ``fail R03``."""
    return {
        row["check"]: " ".join([row["state"], *row.get("codes", ())])
        for row in told.value["answer"]["checks"]
    }


@contextmanager
def opened(
    folder: Path,
    open_town: Any,
    seconds: float = PATIENCE,
    also: Callable[[Path], None] = lambda _: None,
) -> Iterator[Financing]:
    """Such a district; its ledger is whole at the end. ``also`` writes into its site."""
    district = District(folder, systems=SYSTEMS, signer=False)
    district.prepare()
    site_layers.finance(Path(district.env["ZHIDA_SITE"]))
    finance_district.equip(district.directory, district.suite, district.secrets["ca"])
    also(Path(district.env["ZHIDA_SITE"]))
    with district:
        town = open_town(district)
        yield Financing(town, seconds)
        town.audit()
        town.close()
