"""Thirty days of a dozen loans with faults: both books balance each day, and every change is told once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange import times
from exchange.errors import Rejected
from sandbox.firms import SELLERS
from tests.zhida.finance_in_district import Financing, opened
from zhida import finance_books, finance_watch, sweep
from zhida.finance_books import line

DAYS, LOANS, SEED = 30, 12, 20260105
AMOUNT = 50_000_000
DOWN = range(10, 14)
"""Days on which whoever speaks for registry and court can't be reached."""


@dataclass
class Loan:
    """What its bank knows of it."""

    name: str
    bank: str
    left: int = AMOUNT
    count: int = 0
    ended: bool = False
    wanted: Counter[str] = field(default_factory=Counter)
    """Events that must be told of it."""

    def next(self) -> str:
        self.count += 1
        return f"{self.name}-{self.count}"


class Bank:
    """A bank with books of its own. An answer may be lost on the way: then it does not know, and asks again."""

    def __init__(self, name: str, district: Financing, chance: random.Random) -> None:
        self.name, self.district, self.chance = name, district, chance
        self.book: dict[str, list[str]] = {}
        self.unsure: dict[str, dict[str, Any]] = {}
        """Line → what was sent and never answered."""
        self.seq = 0
        self.heard: Counter[tuple[str, str]] = Counter()

    def write(self, text: str, day: str = "") -> None:
        self.book.setdefault(day or self.district.today, []).append(text)

    def tell(self, loan: Loan, number: str, event: str, **told: Any) -> None:
        told = {"on": self.district.today, **told}
        text = line("messages", loan.name, number, event, told["on"], told.get("amount_fen", 0))
        fate = self.chance.random()
        if fate > 0.15:  # else it is lost on its way, and comes late
            self.district.tell(loan.name, number, event, bank=self.name, **told)
        if fate > 0.4:
            self.write(text)
        else:
            self.unsure[text] = {"loan": loan, "number": number, "event": event, **told}

    def ask_again(self) -> None:
        """What was never answered is sent as it was; the hub says when it took it."""
        for text, told in list(self.unsure.items()):
            loan, sent = told["loan"], {k: v for k, v in told.items() if k != "loan"}
            number, event = sent.pop("number"), sent.pop("event")
            answer = self.district.tell(loan.name, number, event, bank=self.name, **sent)
            assert answer.status in (200, 201)
            [mine] = [m for m in answer.value["messages"] if m["number"] == number]
            day = times.civil_day(times.instant(mine["told_at"])).isoformat()
            self.write(text, day)
            del self.unsure[text]

    def contradict(self, loan: Loan) -> None:
        """What contradicts what was told before is refused, and changes nothing."""
        before = self.district.call("GET", f"/finance/loans/{loan.name}", bank=self.name).value
        number = f"{loan.name}-1" if loan.count and not loan.ended else f"{loan.name}-late"
        with pytest.raises(Rejected):
            self.district.tell(
                loan.name, number, "repaid-in-part", bank=self.name, amount_fen=AMOUNT + 1
            )
        after = self.district.call("GET", f"/finance/loans/{loan.name}", bank=self.name).value
        assert after == before

    def read_events(self) -> None:
        """From the last number that it has; sometimes it has lost some, and asks for them again."""
        while events := self.district.feed(after=self.seq, limit=3, bank=self.name)["events"]:
            for each in events:
                self.seq += 1
                assert each["seq"] == self.seq
                self.note(each)

    def note(self, each: dict[str, Any]) -> None:
        event = each["event"]
        self.heard[event["loan"], event["event"]] += 1
        day = times.civil_day(times.instant(event["at"])).isoformat()
        self.write(line("events", each["seq"], event["event"], event["loan"]), day)

    def balance(self, day: str) -> None:
        """Both books of the day say the same."""
        told = self.district.call("GET", f"/finance/reconciliation/{day}", bank=self.name).value
        mine = finance_books.book(self.book.get(day, []))
        assert told["counts"] == mine.counts, (day, self.name)
        assert told["digests"] == mine.digests, (day, self.name)


class Month:
    """The district, its two banks, and their loans."""

    def __init__(self, district: Financing) -> None:
        self.district, self.chance = district, random.Random(SEED)
        self.banks = {n: Bank(n, district, self.chance) for n in ("bank-a", "bank-b")}
        self.loans: list[Loan] = []

    def lend(self, number: int) -> None:
        """The first two are followed with all that there is; the others by their orders."""
        district, bank = self.district, self.banks["bank-a" if number % 2 else "bank-b"]
        name, today = f"F{number}", times.civil_day(district.hub.clock())
        order = district.order(f"PO-month-{number}", paid="0.00")
        names = ["order", "registry", "court"] if number < 2 else ["order"]
        until = (today + timedelta(90)).isoformat()
        told = {"datasets": names, "max_uses": 200, "valid_until": until}
        district.letter(f"L{number}", order, bank=bank.name, **told)
        body = district.request(name, f"L{number}", order)
        district.call("POST", "/finance/requests", body, bank=bank.name, key=f"R-{name}")
        bank.write(line("readings", "request", f"R-{name}"))
        due = district.lend(name, name, bank=bank.name).value["due_on"]
        bank.write(line("loans", name, AMOUNT, district.today, due))
        self.loans.append(Loan(name, bank.name))

    def happen(self) -> None:
        """Some orders change, some banks tell of their loans, late, twice, or against what they have told."""
        for loan in self.loans:
            bank, dice = self.banks[loan.bank], self.chance.random()
            if dice < 0.06:
                bank.contradict(loan)
            elif loan.ended:
                continue
            elif dice < 0.16:
                self.repay(bank, loan, min(loan.left - 1, AMOUNT // 4))
            elif dice < 0.20 and loan not in self.followed:
                self.repay(bank, loan, loan.left)
            elif dice < 0.25 and not loan.wanted["order-cancelled"]:
                self.district.order(f"PO-month-{loan.name[1:]}", state="已取消")
                loan.wanted["order-cancelled"] += 1

    @property
    def followed(self) -> list[Loan]:
        """Those of which everything is asked; they are not repaid within the month."""
        return self.loans[:2]

    def repay(self, bank: Bank, loan: Loan, amount: int) -> None:
        if amount <= 0:
            return
        loan.left -= amount
        loan.ended = not loan.left
        event = "repaid" if loan.ended else "repaid-in-part"
        bank.tell(loan, loan.next(), event, amount_fen=amount)

    def watch(self, *, down: bool) -> None:
        district = self.district
        finance_watch.advance(district.hub)
        for _ in range(2):
            for report in sweep.sweep(
                district.hub, district.hub.site.matter("order-finance-watch")
            ):
                assert down or report.sick is None, report
        finance_watch.advance(district.hub)


def test_thirty_days_with_faults_and_both_books_balance_each_day(
    tmp_path: Path, open_town: Callable[..., Any]
) -> None:
    with opened(tmp_path, open_town, seconds=20) as district:
        district.to_noon()
        month, system = Month(district), district.district.system("standings")
        for number in range(LOANS):
            month.lend(number)
        for day in range(DAYS):
            if day == DOWN[0]:
                district.standing("registry", SELLERS[0]["uscc"], abnormal="1")
                system.kill()
            if day == DOWN[-1] + 1:
                system.restart()
                for loan in month.followed:
                    loan.wanted["enterprise-abnormal"] += 1
            month.watch(down=DOWN[0] <= day <= DOWN[-1] + 1)
            month.happen()
            a_day_goes_by(month)
        month.watch(down=False)
        for bank in month.banks.values():
            bank.read_events()
            mine = [loan for loan in month.loans if loan.bank == bank.name]
            wanted = {(loan.name, n): k for loan in mine for n, k in loan.wanted.items() if k}
            assert dict(bank.heard) == wanted
        every = [loan for loan in month.loans if loan.ended]
        assert len(every) > 2
        for loan in month.loans:
            told = district.call("GET", f"/finance/loans/{loan.name}", bank=loan.bank).value
            assert (told["repaid_fen"], told["state"] != "open") == (AMOUNT - loan.left, loan.ended)


def a_day_goes_by(month: Month) -> None:
    """What was told today is read, what was not answered is asked again, and the day's books are compared."""
    today = month.district.today
    month.district.town.clock.skip(24 * 3600)
    for bank in month.banks.values():
        bank.read_events()
        bank.ask_again()
        bank.balance(today)
