"""A second reckoning of the checks of order finance, written from docs/matters/order-finance.md.

It knows neither the file of the checks nor the code that reads it: which checks there are, what a letter
must name and at which stages they are asked it takes from the page's table; the rest is its words, one
check after the other. It is slow and plain on purpose.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from matters.finance_case import Case

PAGE = Path(__file__).resolve().parents[2] / "docs" / "matters" / "order-finance.md"
STAGES = ["signed", "in-production", "delivered", "invoiced", "due", "paid"]
TITLES = {
    "申请": "request", "授权书": "letter", "订单": "order", "卖方登记": "seller-registry", "买方登记": "buyer-registry",
    "卖方纳税": "seller-tax", "卖方社会保险": "seller-insurance", "卖方信用": "seller-credit",
    "卖方涉诉": "seller-court", "买方涉诉": "buyer-court", "发票查验": "invoices", "交付与验收": "delivery",
    "登记查询": "pledge", "法律意见": "opinion",
}  # fmt: skip
FRESH = {
    "order": 7, "seller-registry": 7, "buyer-registry": 7, "seller-tax": 30, "seller-insurance": 30,
    "seller-credit": 7, "seller-court": 7, "buyer-court": 7, "invoices": 1, "delivery": 7, "pledge": 3,
    "opinion": 90,
}  # fmt: skip
HUB = ("各家银行合计", "名单", "已用额度", "指纹")
Told = tuple[str, list[str], str]
"""State, codes, and the paper whose word it is (or nothing)."""


@cache
def rows() -> list[dict[str, Any]]:
    """The page's table of checks."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    found = []
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 10:
            looks, _, also = cells[2].partition("；")
            found.append(
                {
                    "name": cells[0].split("`")[1],
                    "dataset": "" if cells[1] == "不用" else cells[1].strip("`"),
                    "reads": [TITLES[each] for each in looks.split("、") if each not in HUB],
                    "also": [TITLES[also.removesuffix("有就看")]] if also else [],
                    "codes": cells[9].removesuffix("（人工）").split("、"),
                    "asked": [
                        s for s, cell in zip(STAGES, cells[3:9], strict=True) if cell == "查"
                    ],
                }
            )
    return found


class Reckoning:
    """One case."""

    def __init__(self, case: Case) -> None:
        self.case, self.known = case, case.known
        self.fails: set[str] = set()
        self.manual: set[str] = set()
        self.unknown = self.down = False

    def there(self, name: str) -> bool:
        """The paper is there and says what it says of this request."""
        if name not in self.case.papers:
            return False
        if name in ("request", "letter"):
            return True
        if "request" not in self.case.papers:
            return False
        record, asked = self.case.papers[name].record, self.case.papers["request"].record
        if name == "invoices":
            return bool(record.get("id") == asked.get("id") is not None)
        for side in ("seller", "buyer"):
            if name.startswith(f"{side}-"):
                told = record.get(side, {}).get("uscc")
                return bool(told is not None and told == asked[side].get("uscc"))
        return bool(record.get("order") is not None and record.get("order") == asked.get("order"))

    def outside(self, name: str) -> bool:
        """It is of a day that the letter does not cover."""
        on = self.case.papers[name].as_of
        if name in ("request", "letter") or on is None:
            return False
        since, until = self.case.data_from, self.case.data_until
        return (since is not None and on < since) or (until is not None and on > until)

    def good(self, name: str) -> bool:
        """It may be used."""
        if not self.there(name) or self.outside(name):
            return False
        if name in ("request", "letter"):
            return True
        on: date | None = self.case.papers[name].as_of
        if on is None:
            return False
        return on <= self.case.today and self.case.today - on <= timedelta(days=FRESH[name])

    def get(self, name: str, *path: str) -> Any:
        """What it says there, or None."""
        node: Any = self.case.papers[name].record if self.good(name) else {}
        for part in path:
            node = node.get(part) if isinstance(node, dict) else None
        return node

    def stage(self) -> str | None:
        found: str | None = self.get("order", "stage")
        return found

    def told(self, row: dict[str, Any]) -> Told:
        before = self.before(row)
        if before is not None:
            return before
        for name in row["reads"]:
            if not self.good(name):
                self.unknown = True
                self.down |= name in self.case.down
        getattr(self, row["name"].replace("-", "_"))()
        codes = self.fails | self.manual | ({"R99"} if self.down else set())
        state = "manual" if self.manual else "pass"
        state = "fail" if self.fails else "unknown" if self.unknown else state
        return state, sorted(codes), self.word(row)

    def before(self, row: dict[str, Any]) -> Told | None:
        """What the letter does not cover, and what is not asked at this stage."""
        for name in row["reads"]:
            if name in self.case.papers and self.outside(name):
                return "not-authorised", [], ""
        if row["dataset"] and row["dataset"] not in self.case.datasets:
            return "not-authorised", [], ""
        if row["asked"] == STAGES or self.stage() in row["asked"]:
            return None
        if self.stage() is None:
            return "unknown", ["R99"] if "order" in self.case.down else [], ""
        return "not-due", [], ""

    def word(self, row: dict[str, Any]) -> str:
        theirs = [n for n in row["reads"] if n not in ("request", "letter") or not row["dataset"]]
        if not theirs or not self.there(theirs[0]) or self.outside(theirs[0]):
            return ""
        bounded = self.case.data_from is not None or self.case.data_until is not None
        own = theirs[0] in ("request", "letter")
        has_day = self.case.papers[theirs[0]].as_of is not None
        return str(theirs[0]) if own or has_day or not bounded else ""

    def against(self, value: Any, bad: Any, code: str, *, by_hand: bool = False) -> None:
        """A bad value is a reason; no value is unknown."""
        if value is None:
            self.unknown = True
        elif value == bad:
            (self.manual if by_hand else self.fails).add(code)

    def letter(self) -> None:
        today = self.case.today.isoformat()
        said = [
            self.equal(self.get("letter", "number"), self.get("request", "letter")),
            self.equal(self.get("letter", "order"), self.get("request", "order")),
            self.equal(
                self.get("letter", "grantor", "uscc"), self.get("request", "seller", "uscc")
            ),
            self.equal(self.get("letter", "bank", "uscc"), self.known.bank),
        ]
        purpose = self.get("letter", "purpose")
        said.append(None if purpose is None else purpose.startswith("order-finance"))
        first, last = self.get("letter", "valid_from"), self.get("letter", "valid_until")
        said.append(None if first is None else first <= today)
        said.append(None if last is None else last >= today)
        said.append(None if self.known.is_revoked is None else not self.known.is_revoked)
        said.append(None if self.known.uses_left is None else self.known.uses_left >= 1)
        for each in said:
            self.against(each, False, "R01")

    @staticmethod
    def equal(one: Any, other: Any) -> bool | None:
        return None if one is None or other is None else one == other

    def order(self) -> None:
        state, amount = self.get("order", "state"), self.get("order", "amount_fen")
        self.unknown |= state is None or amount is None or self.stage() is None
        if state in ("done", "cancelled") or self.stage() == "paid":
            self.fails.add("R06")

    def parties(self) -> None:
        for side in ("seller", "buyer"):
            same = self.equal(self.get("order", side, "uscc"), self.get("request", side, "uscc"))
            self.against(same, False, "R02")

    def seller_subject(self) -> None:
        self.against(self.get("seller-registry", "name_matches"), False, "R02")

    def buyer_subject(self) -> None:
        self.against(self.get("buyer-registry", "name_matches"), False, "R02")

    def seller_standing(self, paper: str = "seller-registry") -> None:
        self.against(self.get(paper, "is_active"), False, "R03")
        self.against(self.get(paper, "is_abnormal"), True, "R03")
        self.against(self.get(paper, "is_seriously_unlawful"), True, "R03")

    def buyer_standing(self) -> None:
        self.seller_standing("buyer-registry")

    def seller_tax(self) -> None:
        self.against(self.get("seller-tax", "tax_grade"), "D", "R03", by_hand=True)
        self.against(self.get("seller-tax", "is_tax_clear"), False, "R03", by_hand=True)

    def seller_insurance(self) -> None:
        clear = self.get("seller-insurance", "is_insurance_clear")
        self.against(clear, False, "R03", by_hand=True)

    def seller_credit(self) -> None:
        self.against(self.get("seller-credit", "is_seriously_unlawful"), True, "R03")

    def seller_court(self, paper: str = "seller-court") -> None:
        self.against(self.get(paper, "is_dishonest"), True, "R04")
        self.against(self.get(paper, "is_enforced"), True, "R04", by_hand=True)
        self.against(self.get(paper, "is_sued"), True, "R04", by_hand=True)

    def buyer_court(self) -> None:
        self.seller_court("buyer-court")

    def confirmation(self) -> None:
        said = self.get("order", "is_confirmed")
        if said is None:
            if self.good("order") and self.is_late():
                self.manual.add("R05")
            else:
                self.unknown = True
        elif not said:
            self.fails.add("R05")

    def is_late(self) -> bool:
        """A last day at the weekend is the Monday after it; these months have no other day of rest."""
        firms = self.known.core.firms if self.known.core else {}
        buyer = firms.get(str(self.get("order", "buyer", "uscc")))
        told = self.get("order", "confirmation_asked_on") or self.get(
            "request", "confirmation_asked_on"
        )
        if not told or buyer is None or buyer.term is None or self.known.holidays is None:
            return False
        if buyer.kind not in ("public-body", "large-firm"):
            return False
        last = date.fromisoformat(str(told)) + timedelta(30)
        while last.weekday() > 4:
            last += timedelta(1)
        return last < self.case.today

    def at_most(self, taken: int | None) -> None:
        applied, value = self.get("request", "amount_fen"), self.get("order", "amount_fen")
        self.unknown |= applied is None or value is None or taken is None
        if applied is not None and value is not None and (
            applied > value or (taken is not None and applied + taken > value)
        ):  # fmt: skip
            self.fails.add("R06")

    def amount(self) -> None:
        self.at_most(self.get("order", "paid_fen"))

    def cumulative(self) -> None:
        self.at_most(self.known.financed_fen)

    def limit(self) -> None:
        applied, value = self.get("request", "amount_fen"), self.get("order", "amount_fen")
        self.unknown |= applied is None or value is None
        if applied is not None and applied > 300_000_000:
            self.fails.add("R18")
        if applied is not None and value is not None and applied * 5 > value * 4:
            self.fails.add("R18")

    def core_list(self) -> None:
        buyer, applied = self.get("request", "buyer", "uscc"), self.get("request", "amount_fen")
        if self.known.core is None or not self.known.core.firms or buyer is None:
            self.unknown = True
            return
        firm = self.known.core.firms.get(buyer)
        if firm is None or firm.term is None:
            self.fails.add("R13")
            return
        today, received = self.case.today, self.get("request", "received_on")
        if not firm.term.valid_from <= today <= firm.term.valid_until:
            self.fails.add("R13")
            return
        if firm.removed is not None and firm.removed.on <= today:
            if firm.removed.existing == "stops" or (
                received is not None and received >= firm.removed.on.isoformat()
            ):
                self.fails.add("R13")
                return
            self.unknown |= received is None
        used = self.known.core_used_fen
        self.unknown |= used is None or applied is None
        if applied is not None and applied > max(0, firm.term.limit_fen - (used or 0)):
            self.fails.add("R13")

    def assignable(self) -> None:
        said = [self.get("order", "may_be_assigned"), self.get("opinion", "may_be_assigned")]
        if False in said:
            self.manual.add("R14")
        elif True not in said:
            self.unknown = True

    def related(self) -> None:
        self.against(self.get("seller-registry", "is_related"), True, "R12", by_hand=True)

    def account(self) -> None:
        self.against(self.get("request", "account", "is_locked"), False, "R15")

    def duplicates(self) -> None:
        self.against(self.known.is_elsewhere, True, "R11")

    def pledge(self) -> None:
        self.against(self.get("pledge", "is_pledged"), True, "R10")

    def delivery(self) -> None:
        self.against(self.get("delivery", "is_delivered"), False, "R16", by_hand=True)
        self.against(self.get("delivery", "is_accepted"), False, "R16", by_hand=True)

    def invoices(self) -> None:
        asked = self.get("request", "invoices") or []
        answers = self.get("invoices", "invoices") or []
        self.unknown |= not asked
        total, all_known = 0, True
        for number in dict.fromkeys((each.get("code"), each["number"]) for each in asked):
            told = [a for a in answers if (a.get("code"), a["number"]) == number]
            wanted = [a["total_fen"] for a in asked if (a.get("code"), a["number"]) == number]
            if not told or any(each != told[0] for each in told):
                self.unknown, all_known = True, False
                continue
            left = self.one_invoice(told[0], wanted)
            all_known &= left is not None
            total += left or 0
        value = self.get("order", "amount_fen")
        self.unknown |= value is None
        if asked and all_known and value is not None and total > value:
            self.fails.add("R07")

    def one_invoice(self, told: dict[str, Any], wanted: list[int]) -> int | None:
        """What is left of it; None: not known."""
        state, total = told["state"], told.get("total_fen")
        if state == "unknown":
            self.unknown = self.down = True
            return None
        if state in ("void", "red", "none", "differs"):
            self.fails.add({"none": "R08", "differs": "R07"}.get(state, "R09"))
            return 0
        if state == "red-in-part":
            self.manual.add("R09")
        red = told.get("red_fen") if state == "red-in-part" else told.get("red_fen", 0)
        if total is None or red is None:
            self.unknown = True
        if total is not None and any(each != total for each in wanted):
            self.fails.add("R07")
        return None if total is None or red is None else total - red

    def opinion(self) -> None:
        outcome = self.get("opinion", "outcome")
        self.against(outcome, "against", "R17")
        self.against(outcome, "with-conditions", "R17", by_hand=True)


def told(case: Case) -> dict[str, Told]:
    """Every check of the page's table, in its order."""
    return {row["name"]: Reckoning(case).told(row) for row in rows()}
