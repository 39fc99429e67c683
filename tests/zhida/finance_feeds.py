"""A site whose bank takes its events as a test wants, a hub, and events that are simply there."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from exchange import audit, canonical, times
from exchange.document import new_id
from exchange.store import (
    finance_event_rows,
    finance_loan_rows,
    finance_push_rows,
    ledger_rows,
    schema,
)
from exchange.store.finance_event_rows import EventRow
from exchange.store.finance_loan_rows import LoanRow
from exchange.store.finance_push_rows import PushRow
from exchange.store.tables import metadata
from sandbox import pki, site_layers
from tests import emptied
from tests.zhida.finance_town import START, Authority, Clock, _authority, _keys, no_wall
from zhida import (
    finance_loans,
    finance_noticing,
    finance_push,
    finance_rules,
    operators,
    own_filing,
    site,
)
from zhida.finance_push import Turn
from zhida.hub import Hub
from zhida.operators import Signatory
from zhida.own_filing import Paper
from zhida.site import Site
from zhida.task import bucket

ROOT = Path(__file__).resolve().parents[2]
BANK, SYSTEM, CONNECTION = "bank-a", "bank-a-events", "bank_a_events"
FILE = """\
system: bank-a-events
title: 示例甲银行贷后事件
unit: bank-a
adapter: bank_feed
connection: bank_a_events
contact: {{name: 科技部值班, phone: 025-00000299}}
options: {options}
"""


class Feeds:
    """``options``: of the bank's system; ``connection``: where it is."""

    def __init__(
        self,
        folder: Path,
        options: Mapping[str, Any],
        connection: Mapping[str, Any],
        store: str = "",
    ) -> None:
        self.folder, self.site, self.store = folder, folder / "site", store
        self.clock = Clock()
        self.connections: dict[str, Any] = {CONNECTION: dict(connection)}
        self.authority: Authority = _authority()
        shutil.copytree(_keys(), folder, dirs_exist_ok=True)
        shutil.copytree(ROOT / "sandbox" / "site", self.site, dirs_exist_ok=True)
        site_layers.finance_alone(self.site)
        told = self.site / "site.yaml"
        told.write_text(
            told.read_text("utf-8").replace("suite: SM2-SM3", "suite: Ed25519"), "utf-8"
        )
        trust = folder / "trust" / "enterprises"
        trust.mkdir(parents=True)
        (trust / "ca.crt").write_bytes(self.authority.certificate.pem)
        (folder / "var").mkdir(mode=0o700, exist_ok=True)
        self.configure(options)
        schema.upgrade(self.hub.store)
        self.hub.vault.tag("made")  # its look-up key, before other processes need it

    def configure(self, options: Mapping[str, Any], **bank: Any) -> None:
        """The bank's system, and what ``finance.yaml`` says of the bank besides; the hub is opened anew."""
        told = FILE.format(options=json.dumps(options, ensure_ascii=False))
        (self.site / "systems" / f"{SYSTEM}.yaml").write_text(told, "utf-8")
        said = {"feed": SYSTEM, **bank}
        text = (ROOT / "sandbox" / "finance_site" / "finance.yaml").read_text("utf-8")
        more = f"  bank-a: {{{json.dumps(said, ensure_ascii=False)[1:-1]}, "
        (self.site / "finance.yaml").write_text(text.replace("  bank-a: {", more), "utf-8")
        self.open()

    def open(self) -> Hub:
        self.close()
        self.hub = Hub(
            site.load(self.site),
            var=self.folder / "var",
            secret=pki.secrets_of(self.folder)["hub"].encode(),
            find=self.connections.get,
            clock=self.clock,
            store=self.store,
        )
        return self.hub

    def reset(self) -> None:
        """Nothing has happened yet; to make its keys anew takes a second."""
        self.clock.now = START
        with self.hub.store.write() as connection, no_wall(connection):
            for table in metadata.sorted_tables:
                connection.execute(delete(table))
        emptied.forget([self.hub], self.folder / "var")

    def close(self) -> None:
        if hasattr(self, "hub"):
            self.hub.close()

    # --- what is there -----------------------------------------------------------------------------

    def lend(self, number: str = "FK1", bank: str = BANK) -> LoanRow:
        """A loan that was paid out, without anything that it rests on."""
        at = times.stamp(self.clock())
        row = LoanRow(
            new_id(), bank, number, new_id(), "", at[:10], 50_000_000, "2026-12-31", "", at
        )
        with self.hub.store.write() as connection:
            finance_loan_rows.LOG.add(connection, row)
        return row

    def happen(self, loan: LoanRow, count: int = 1, event: str = "delivered", **more: Any) -> None:
        """So many events of a loan, each signed by the hub."""
        for _ in range(count):
            self._happen(loan, event, more)

    def _happen(self, loan: LoanRow, event: str, more: Mapping[str, Any]) -> None:
        hub, at = self.hub, times.stamp(self.clock())
        number = f"FE-{new_id()[:20].upper().replace('_', '-')}"
        record = {"id": number, "bank": loan.bank, "loan": loan.number, "event": event}
        record |= {"title": "已交货", "look": "核对交货", "on": at[:10], "at": at, "facts": []}
        record |= {"evidence": []} | dict(more)
        kind = finance_noticing.KIND
        found = own_filing.found_of(
            hub, Paper(loan.case, "event", kind, f"{kind}/{number}", record)
        )
        sealed = bucket(hub.site.matter(finance_loans.MATTER), times.civil_day(self.clock()))
        with hub.store.write() as connection:
            seq = finance_event_rows.hold_last(connection, loan.bank) + 1
            told = {"raw": found.raw, "salt": found.salt, "bucket": sealed, "now": self.clock()}
            hub.archive.put(connection, found.document, **told)
            event_row = EventRow(loan.bank, seq, loan.case, event, number, found.document.id, at)
            finance_event_rows.add_event(connection, event_row)

    # --- what the hub does -------------------------------------------------------------------------

    def turn(self, bank: str = BANK) -> Turn:
        rules = finance_rules.load(self.hub.site)
        return finance_push.turn(self.hub, rules.banks[bank])

    @property
    def position(self) -> PushRow:
        with self.hub.store.read() as connection:
            return finance_push_rows.get(connection, BANK)

    def entries(self, kind: str) -> list[dict[str, Any]]:
        with self.hub.store.read() as connection:
            rows = ledger_rows.entries_of(connection, kind)
        return [canonical.loads(row.body) for row in rows]

    def operator(self, name: str = "wang") -> Signatory:
        key = (self.folder / f"operators/{name}.key").read_bytes()
        password = pki.secrets_of(self.folder)[name].encode()
        told: Site = self.hub.site
        return operators.signatory(told, name, (key, password), role="operate", now=self.clock())

    def audit(self) -> None:
        hub = self.hub
        assert audit.verify(hub.store, hub.signer.public, hub.site.name).problems == []


@dataclass(frozen=True)
class Heard:
    """One request that a bank's program got."""

    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def seq(self) -> int:
        return int(json.loads(self.body)["seq"])


@dataclass
class Program:
    """A bank's program on loopback that takes events; ``answer``: the status it gives to each."""

    answer: Callable[[Heard], int] = lambda _: 204
    heard: list[Heard] = field(default_factory=list)

    def __enter__(self) -> Program:
        program = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {k.lower(): v for k, v in self.headers.items()}
                program.heard.append(Heard(self.path, headers, body))
                status = program.answer(program.heard[-1])
                if not status:  # hangs up without a word
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def connection(self) -> dict[str, Any]:
        port = self._server.server_address[1]
        return {"schema": "http", "host": "127.0.0.1", "port": port}

    @property
    def taken(self) -> list[int]:
        """Numbers in the order in which they came."""
        return [each.seq for each in self.heard]
