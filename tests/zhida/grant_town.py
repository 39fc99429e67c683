"""A small site for grants with a hub in this process: policies, firms, and people who answer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from exchange import audit, times
from exchange.ports import utc_now
from exchange.store import award_rows, case_rows, grant_rows, schema
from exchange.store.award_rows import AwardRow
from exchange.store.grant_rows import RunRow
from matters.grants import Grants
from matters.policy import Policy
from sandbox import pki
from sandbox.uscc import compose
from tests.zhida.grant_office import Books
from zhida import grant_advance, grant_awards, hub, site, sweep
from zhida.grant_advance import Rules
from zhida.grant_awards import Match
from zhida.grant_people import of_site
from zhida.hub import Hub
from zhida.operators import Signatory, signatory

ALIAS = "grant_office"
MATTERS = ("grant-list", "grant-payment", "grant-award", "grant-account")
ACCOUNT = {"name": "示例企业", "account": "6222020000001", "bank_cnaps": "102301000011"}
BATCH = "财政审核的批次（“奖补资金审核”办件）"
"""What a grant that firm and account stand for waits for."""
YES = ACCOUNT | {"willing": True, "qualifies": True, "accepts_clawback": True}

_UNITS = {"hub": "示例数据局", "enterprise-services": "惠企服务中心", "finance": "财政局"}
_UNITS |= {"departments": "主管部门", "social-insurance": "社会保险经办机构"}
_SYSTEMS = {
    "desk": ("departments", ["confirm_grant_list"]),
    "portal": (
        "enterprise-services",
        ["publish_list", "ask_confirmation", "ask_account", "push_policy"],
    ),
    "finance-desk": ("finance", ["review_grant_payment"]),
    "treasury": ("finance", ["pay_award", "recover_award"]),
    "fund": ("social-insurance", ["pay_award", "recover_award"]),
}
_AGREED = {
    "departments": {
        "grant-list": ["id", "policy", "title", "head", "count", "total_fen", "publicity_days", "rows", "rows_digest"],
    },
    "enterprise-services": {
        "grant-list": ["id", "title", "count", "total_fen", "publicity_days", "public_rows", "rows_digest"],
        "grant-award": ["id", "title", "firm/uscc", "firm/name", "amount_fen", "confirm"],
        "grant-payee": ["award", "attempt"],
        "grant-notice": ["id", "about", "firm/uscc", "policy", "title", "text", "amount_fen"],
    },
    "finance": {
        "grant-award": ["id", "title", "firm/uscc", "firm/name", "amount_fen", "fund"],
        "grant-payee": ["award", "attempt", "name", "account", "bank_cnaps"],
        "grant-payment-batch": ["id", "policy", "title", "count", "total_fen", "rows", "rows_digest", "reviewer"],
    },
    "social-insurance": {
        "grant-award": ["id", "title", "firm/uscc", "firm/name", "amount_fen", "fund"],
        "grant-payee": ["award", "attempt", "name", "account", "bank_cnaps"],
    },
}  # fmt: skip


def write_site(folder: Path, suite: str = "Ed25519") -> None:
    """Every file of the site, with keys."""
    pki.make(folder, suite)
    told = folder / "site"
    for name in ("units", "systems", "agreements", "operators"):
        (told / name).mkdir(exist_ok=True)
    (told / "site.yaml").write_text(
        "site: grants-test\ntitle: 奖补示例\nunit: hub\n"
        f"suite: {suite}\nkey: keys/hub.key\ncertificate: keys/hub.crt\ntrust: ../trust\n"
        f"matters: [{', '.join(MATTERS)}]\n"
    )
    for unit, title in _UNITS.items():
        (told / f"units/{unit}.yaml").write_text(f"unit: {unit}\ntitle: {title}\n")
    for name, (unit, operations) in _SYSTEMS.items():
        text = f"system: {name}\ntitle: {name}\nunit: {unit}\nadapter: {_adapter(name)}\nconnection: office\n"
        (told / f"systems/{name}.yaml").write_text(f"{text}options: {{operations: {operations}}}\n")
    for unit, kinds in _AGREED.items():
        for kind, fields in kinds.items():
            _agreement(told, unit, kind, fields)
    for operator in ("wang", "li"):
        text = f"operator: {operator}\ntitle: 示例\nroles: [operate, approve]\n"
        text += f"certificate: ../keys/operators/{operator}.crt\n"
        (told / f"operators/{operator}.yaml").write_text(text)
    people = 'heads: {science: "231"}\nreviewers: {treasury: "241", unemployment-fund: "242"}\n'
    (told / "grant-people.yaml").write_text(people)


def _adapter(name: str) -> str:
    """Two units have a desk, and two pay, so these are found by their adapters' names."""
    return {"treasury": "treasury", "fund": "treasury"}.get(
        name, "desk" if name.endswith("desk") else ALIAS
    )


def _agreement(told: Path, unit: str, kind: str, fields: list[str]) -> None:
    text = f"agreement: hub-{unit}-{kind}\nprovider: hub\nreceiver: {unit}\ndocument: {kind}\n"
    text += "purpose: grants\nbasis: 优化营商环境条例第三十一条\n"
    text += f"fields: [{', '.join('/' + each for each in fields)}]\n"
    text += 'valid_from: "2020-01-01"\nvalid_until: "2040-12-31"\n'
    (told / f"agreements/{unit}-{kind}.yaml").write_text(text)


def policy(name: str = "hi-tech", **changed: Any) -> Policy:
    """A policy as the process sees it; who gets how much is somebody else's."""
    told: dict[str, Any] = {
        "name": name,
        "title": f"示例政策 {name}",
        "mode": "no-application",
        "tier": "普惠",
        "scenes": (),
        "provenance": "虚构",
        "basis": (),
        "department": "science",
        "fund": "科技专项资金",
        "route": "treasury",
        "confirm": "full",
        "publicity": 5,
        "unknown_means": "wait",
        "times": "yearly",
        "group": "",
        "not_with": (),
        "exclusion_clause": "",
        "versions": (),
        "examples": (),
        "materials": (),
        "baseline": None,
        "clawback": None,
        "definition": "{}",
    }
    return Policy(**(told | changed))


def catalogue(*policies: Policy) -> Grants:
    """These and nothing else."""
    return Grants({}, {}, {each.name: each for each in policies})


def firms(count: int) -> list[str]:
    """Numbers of invented firms."""
    return [compose("320114", number) for number in range(1, count + 1)]


class Clock:
    """The machine's, put forward by tests."""

    def __init__(self, ahead: float = 0) -> None:
        self.ahead = timedelta(seconds=ahead)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def skip(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


class Town:
    """The hub of the small site, and its office."""

    def __init__(self, folder: Path, *, ahead: float = 0, store: str = "") -> None:
        self.folder, self.clock = folder, Clock(ahead)
        self.books = Books(folder / "office.sqlite")
        secrets = pki.secrets_of(folder)
        var = folder / "var"
        var.mkdir(exist_ok=True, mode=0o700)
        self.hub = Hub(
            site.load(folder / "site"),
            var=var,
            secret=secrets["hub"].encode(),
            find=lambda _: {"host": str(folder / "office.sqlite")},
            clock=self.clock,
            store=store,
        )
        schema.upgrade(self.hub.store)
        self.policies: dict[str, Policy] = {}

    @property
    def rules(self) -> Rules:
        return Rules(self.policies, of_site(self.hub.site))

    # --- what the hub does ---------------------------------------------------------------------

    def match(self, of: Policy, amounts: Mapping[str, int] | Iterable[int], **more: Any) -> RunRow:
        """A run that found these amounts: by firm, or of the first firms."""
        if not isinstance(amounts, Mapping):
            told = list(amounts)
            amounts = dict(zip(firms(len(told)), told, strict=True))
        self.policies[of.name] = of
        run = self.begin()
        matches = [
            Match(of, "2026", "", number, f"示例企业{number[-4:]}", fen, row=row, **more)
            for row, (number, fen) in enumerate(amounts.items())
        ]
        grant_awards.keep(self.hub, run, matches)
        self.matched(run)
        return run

    def begin(self, day: date = date(2026, 3, 2)) -> RunRow:
        now = times.stamp(self.clock())
        with self.hub.store.write() as connection:
            number = len(grant_rows.runs(connection, limit=10**6)) + 1
            row = RunRow(f"r{number}", day.isoformat(), "matching", "", "", "{}", "{}", now, "")
            grant_rows.add_run(connection, row)
        return row

    def matched(self, run: RunRow) -> None:
        with self.hub.store.write() as connection:
            grant_rows.end_run(connection, run.id, "matched", ended_at=times.stamp(self.clock()))

    def advance(self) -> dict[str, int]:
        return grant_advance.advance(self.hub, self.rules)

    def turn(self, times_: int = 1) -> None:
        """The awards move on, every matter is swept, and time goes by."""
        for _ in range(times_):
            self.advance()
            for name in MATTERS:
                for report in sweep.sweep(self.hub, self.hub.site.matter(name)):
                    assert report.sick is None, report
            self.clock.skip(301)
            self.advance()

    # --- what people do ------------------------------------------------------------------------

    def head(self, agreed: bool = True) -> int:
        if agreed:
            told = {"agreed": True, "by": "231", "on": "2026-03-02"}
            return self.books.answer("confirm_grant_list", "applied", told)
        told = {"code": "oa.person-refused", "reason": "名单有误"}
        return self.books.answer("confirm_grant_list", "refused", told)

    def close_publicity(self, *objected: str) -> int:
        told = {"closed_on": "2026-03-09"}
        objections = [{"award": each, "reason": "不符合"} for each in objected]
        return self.books.answer("publish_list", "applied", told | {"objections": objections})

    def cleared(self, of: Policy, amounts: Mapping[str, int] | Iterable[int]) -> None:
        """Matched, agreed to by the head, public, objected to by nobody: the firms are asked."""
        self.match(of, amounts)
        self.turn()
        self.head()
        self.turn()
        self.close_publicity()
        self.turn(2)

    def firm(self, answer: Mapping[str, Any] | None = None, where: str = "") -> int:
        """Every firm asked (that ``where`` names) answers; None: it declines."""
        if answer is None:
            told = {"code": "portal.declined", "reason": "不需要"}
            return self.books.answer("ask_confirmation", "refused", told, where=where)
        return self.books.answer("ask_confirmation", "applied", dict(answer), where=where)

    def review(self, agreed: bool = True) -> int:
        (batch, *_) = [each["batch"]["id"] for each in self.books.open("review_grant_payment")] or [
            ""
        ]
        if agreed:
            told = {"batch": batch, "by": "241", "on": "2026-03-10"}
            return self.books.answer("review_grant_payment", "applied", told, where=batch)
        told = {"code": "oa.person-refused", "reason": "指标不足"}
        return self.books.answer("review_grant_payment", "refused", told)

    def treasury(
        self, state: str = "applied", code: str = "treasury.returned", where: str = ""
    ) -> int:
        told = {"code": code, "reason": "户名不符"} if state == "refused" else {}
        return self.books.answer("pay_award", state, told, where=where)

    # --- what is so ----------------------------------------------------------------------------

    def awards(self) -> list[AwardRow]:
        with self.hub.store.read() as connection:
            runs = grant_rows.runs(connection, limit=1000)
            return sorted(
                (r for run in runs for s in award_rows.count_states(connection, run=run.id)
                 for r in award_rows.some(connection, s, limit=10**6, run=run.id)),
                key=lambda row: (row.run, row.row),
            )  # fmt: skip

    def states(self) -> Counter[str]:
        return Counter(row.state for row in self.awards())

    def paid(self) -> Counter[str]:
        """Award → how often the treasury has paid it."""
        return Counter(row[0] for row in self.books.run("SELECT award FROM paid"))

    def told(self) -> list[dict[str, Any]]:
        """What firms were told through the portal."""
        rows = self.books.run("SELECT body FROM effect WHERE operation='push_policy'")
        return [json.loads(row[0])["notice"] for row in rows]

    def open_cases(self) -> int:
        with self.hub.store.read() as connection:
            return sum(row.state == "open" for row in case_rows.list_cases(connection))

    def audit(self) -> None:
        found = audit.verify(self.hub.store, self.hub.signer.public, self.hub.site.name)
        assert found.problems == []

    def operator(self, name: str, role: str = "operate") -> Signatory:
        key = (self.folder / f"operators/{name}.key").read_bytes()
        password = pki.secrets_of(self.folder)[name].encode()
        return signatory(self.hub.site, name, (key, password), role=role, now=self.clock())

    def close(self) -> None:
        self.hub.close()


@contextmanager
def installed() -> Iterator[None]:
    """Within it the office is an adapter, and what people do at a desk is done in its books."""
    known: Any = hub.ADAPTERS
    real = {name: known[name] for name in ("desk", "treasury")}
    known |= dict.fromkeys((ALIAS, *real), "tests.zhida.grant_office")
    try:
        yield
    finally:
        known |= real
        known.pop(ALIAS, None)  # one town may be opened while another is


@contextmanager
def beside(site: Path, folder: Path, store: str = "") -> Iterator[Town]:
    """A town in ``folder`` with the site that was written elsewhere; its ledger is whole at the end.

    ``store``: the address of a server; empty: SQLite in the folder.
    """
    for name in ("site", "secrets.json", "trust", "operators"):
        (folder / name).symlink_to(site / name)
    with installed():
        found = Town(folder, store=store)
        yield found
        found.audit()
        found.close()
