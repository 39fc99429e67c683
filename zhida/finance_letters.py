"""Letters of firms that let a bank ask (企业授权书): taken in once, kept as signed, found again.

A letter is the firm's number of it under the firm's own code, so that two firms may use one number. What is
kept: the record as a document of the hub, and encrypted beside it the token that the firm signed. Looked at
after ``zhida.finance_token``: the shape, that the bank which sends it is the one it names, its days, and that
the number says nothing else than it said before.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from exchange import canonical, times
from exchange.document import Document, Origin
from exchange.errors import Fatal, Forbidden, Invalid, Rejected
from exchange.ledger import Entry
from exchange.ports import Answer
from exchange.store import document_rows, finance_rows
from exchange.store.engine import Connection, Store
from exchange.store.finance_rows import LetterRow, RevocationRow
from mappings import shapes
from matters.parts import OWN
from zhida import filing, finance_datasets, finance_prints, finance_token, progress
from zhida.finance_rules import FinanceRules
from zhida.finance_token import Signed
from zhida.hub import Hub

KIND = "finance-letter"
VALID, NOT_YET, EXPIRED, REVOKED, USED_UP = "valid", "not-yet", "expired", "revoked", "used-up"
SHORTEST = 4
"""Digits of a letter's id that a person must write at least."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that the hub knows, and whether it was taken back."""

    row: LetterRow
    revocation: RevocationRow | None = None

    @property
    def id(self) -> str:
        """The hub's name for it."""
        return self.row.id

    @property
    def datasets(self) -> frozenset[str]:
        """What it lets the bank ask for."""
        return frozenset(self.row.datasets.split(" "))

    def state(self, day: date) -> str:
        """Can the bank ask by it on this day in China?"""
        if self.revocation is not None:
            return REVOKED
        if day.isoformat() < self.row.valid_from:
            return NOT_YET
        if day.isoformat() > self.row.valid_until:
            return EXPIRED
        return VALID if self.row.uses < self.row.max_uses else USED_UP


def take(hub: Hub, rules: FinanceRules, *, bank: str, token: str, known: Collection[str]) -> Letter:
    """The letter, taken in once; the same again is the same, with the uses that it has left.

    ``known``: the names of data that there are checks for.
    ``Forbidden`` for a unit that is no bank, for a letter to another bank and for what
    ``finance_token.read`` refuses; ``Invalid`` with everything that is wrong with its content;
    ``Rejected("finance.letter-conflict")`` if the firm's number has meant something else.
    """
    sender = rules.bank(bank)
    signed = finance_token.read(rules, token, finance_token.LETTER, now=hub.clock())
    shapes.of(hub.site.folder).validate(KIND, signed.record)
    finance_datasets.require_known(signed.record["datasets"], known)
    if signed.record["bank"]["uscc"] != sender.uscc:
        raise Forbidden("finance.other-bank")
    _require_days(signed.record, times.civil_day(hub.clock()))
    row = _kept(hub, rules, signed, bank)
    if (row.content, row.bank) != (_content(hub, signed), bank):
        raise Rejected("finance.letter-conflict")
    return get(hub.store, row.id)


def identifier(hub: Hub, grantor: str, number: str) -> str:
    """The hub's name for a firm's letter, known or not."""
    return hub.vault.tag("finance-letter", grantor, number)


def get(store: Store, letter: str) -> Letter:
    """``Rejected("finance.no-letter")`` if there is none of this id."""
    with store.read() as connection:
        found = read(connection, letter)
    if found is None:
        raise Rejected("finance.no-letter", letter=letter[:12])
    return found


def read(connection: Connection, letter: str, *, hold: bool = False) -> Letter | None:
    """The same within a transaction. ``hold``: nobody else counts on it until its end."""
    row = finance_rows.get_letter(connection, letter, hold=hold)
    return Letter(row, finance_rows.revocation(connection, letter)) if row else None


def find(store: Store, start: str) -> Letter:
    """The letter whose id begins so. ``Rejected("finance.no-letter")`` unless it is one."""
    with store.read() as connection:
        rows = finance_rows.letters_like(connection, start) if len(start) >= SHORTEST else []
    if len(rows) != 1:
        raise Rejected("finance.no-letter", letter=start[:12])
    return get(store, rows[0].id)


def signed_token(hub: Hub, letter: Letter) -> str:
    """What the firm signed, as it came. ``Fatal`` if it is gone."""
    with hub.store.read() as connection:
        row = document_rows.get(connection, letter.row.document)
    if row is None:
        raise Fatal("document.gone", document=letter.row.document)
    told = canonical.loads(hub.vault.unseal(row.raw, about=f"{row.id}/raw"))
    return base64.b64decode(told["raw"]).decode("ascii")


def _require_days(record: Mapping[str, Any], today: date) -> None:
    for first, last in (("valid_from", "valid_until"), ("data_from", "data_until")):
        if record.get(first, "") > record.get(last, "9"):
            raise Invalid("finance.days", first=first, last=last)
    if record["valid_until"] < today.isoformat():
        raise Forbidden("finance.letter-expired", until=record["valid_until"])


def _kept(hub: Hub, rules: FinanceRules, signed: Signed, bank: str) -> LetterRow:
    """The row of the firm's number: this letter's, or the one that was there."""
    found, salt = document_of(hub, signed, KIND, bank)
    row, last = _row(hub, signed, bank, found.id), signed.record["valid_until"]
    bucket = bucket_of(rules, date.fromisoformat(last))

    def write(connection: Connection) -> tuple[LetterRow, list[Entry]]:
        before = finance_rows.get_letter(connection, row.id)
        if before is not None or not finance_rows.add_letter(connection, row):
            return before or _there(connection, row.id), []
        raw, now = signed.token.encode(), hub.clock()
        hub.archive.put(connection, found, raw=raw, salt=salt, bucket=bucket, now=now)
        told = {"bank": bank, "document": found.id, "max_uses": row.max_uses}
        told |= {"valid_from": row.valid_from, "valid_until": row.valid_until}
        return row, [filing.entry(found, ""), Entry("finance-letter", row.id, "", told)]

    return hub.ledger.decide(write)


def _there(connection: Connection, letter: str) -> LetterRow:
    """That of another worker, who was first by a moment."""
    row = finance_rows.get_letter(connection, letter)
    if row is None:
        raise Fatal("store.broken", reason="finance_letter")
    return row


def bucket_of(rules: FinanceRules, last: date) -> str:
    """Where what was signed is sealed: until so long after the letter's last day."""
    return f"finance-letter-{rules.retention.after(last):%Y-%m}"


def document_of(hub: Hub, signed: Signed, kind: str, unit: str) -> tuple[Document, bytes]:
    """The record signed by the hub as it came from ``unit``, beside what the firm signed."""
    origin = Origin(kind, "", unit, "hub", OWN, hub.clock())
    answer = Answer(signed.token.encode(), record=dict(signed.record))
    return progress.sign_as_hub(hub, answer, origin)


def _content(hub: Hub, signed: Signed) -> str:
    return hub.vault.tag("finance-content", signed.payload.decode())


def _row(hub: Hub, signed: Signed, bank: str, document: str) -> LetterRow:
    told = signed.record
    same = ("number", "purpose", "valid_from", "valid_until", "max_uses")
    return LetterRow(
        id=identifier(hub, signed.uscc, told["number"]),
        bank=bank,
        grantor_uscc=signed.uscc,
        order_print=finance_prints.of_number(hub, told["order"]),
        datasets=" ".join(sorted(told["datasets"])),
        data_from=told.get("data_from", ""),
        data_until=told.get("data_until", ""),
        uses=0,
        content=_content(hub, signed),
        document=document,
        taken_at=times.stamp(hub.clock()),
        **{name: told[name] for name in same},
    )
