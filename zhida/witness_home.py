"""A witness: another account's small process that keeps the hub's heads and co-signs them.

It has nothing of the hub but its certificate. What it accepted is never changed: each head is a
file of its own, made once. What it refused is kept whole under ``alarms/``: two heads that the hub
signed and that don't fit are a proof, whatever the hub says later.

::

    witness.json    settings (``SETTINGS``)
    witness.key     its own key, encrypted PKCS#8 (ZHIDA_WITNESS_PASSWORD); witness.pub goes to the hub
    heads/          <size>.jws, each head that was accepted
    lost/           heads that a signed restore of the hub explained
    alarms/         letters that were refused, each with the answer given
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema_rs

from crypto import certificates, keys, merkle, suites
from crypto.certificates import Certificate
from crypto.errors import CryptoError
from crypto.keys import PrivateKey
from exchange import canonical, heads, times, witness
from exchange.errors import Fatal, Invalid, Rejected, Retriable, ZhidaError
from exchange.heads import Head
from exchange.ports import Clock
from exchange.witness import Accepted, Answer
from zhida import files

SETTINGS: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "见证人 witness.json",
    "type": "object",
    "additionalProperties": False,
    "required": ["witness", "origin", "hub"],
    "properties": {
        "witness": {"type": "string", "minLength": 1},
        "origin": {"type": "string", "minLength": 1},
        "hub": {"title": "中枢证书", "type": "string"},
        "folder": {"title": "交换目录", "type": "string"},
        "connection": {"title": "连接标识：中枢的 zhida serve", "type": "string"},
    },
}


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one witness and what its ``witness.json`` says. Also its ``witness.Kept``."""

    folder: Path
    told: Mapping[str, str]
    hub: tuple[Certificate, ...]
    """Of the hub: the one that the settings name, and every ``hub*.crt`` beside it."""

    @classmethod
    def read(cls, folder: Path) -> Home:
        """``Fatal`` if the settings or the hub's certificate can't be used."""
        try:
            told = canonical.loads(files.read(folder / "witness.json", 100_000))
        except Invalid:
            raise Fatal("witness.settings", path="/") from None
        for error in jsonschema_rs.Draft202012Validator(dict(SETTINGS)).iter_errors(told):
            path = "/".join(map(str, error.instance_path))
            raise Fatal("witness.settings", path=path or "/")
        named = {folder / told["hub"], *folder.glob("hub*.crt")}
        return cls(folder, told, tuple(_certificate(path) for path in sorted(named)))

    @property
    def digest(self) -> merkle.Digest:
        """The tree's: a hub keeps its suite."""
        return suites.suite(self.hub[0].public_key.suite).digest

    def head_of(self, token: str) -> Head | None:
        """What a head says, if a certificate of the hub's that was valid then verifies it."""
        for each in self.hub:
            head = heads.read(token, each.public_key)
            if head and each.valid_from <= times.instant(head.at) <= each.valid_until:
                return head
        return None

    def key(self, password: bytes) -> PrivateKey:
        """What answers are signed with."""
        try:
            return keys.load_private(files.read(self.folder / "witness.key"), password)
        except CryptoError as error:
            raise Fatal("site.bad-key", file="witness.key", reason=error.code) from None

    def of_size(self, size: int) -> Head | None:
        """The accepted head of this size."""
        path = self.folder / "heads" / _name(size)
        return self._head(path) if path.exists() else None

    def beyond(self, size: int) -> list[Head]:
        """The accepted heads of larger trees, by size."""
        found = sorted((self.folder / "heads").glob("*.jws"))
        return [self._head(path) for path in found if path.name > _name(size)]

    def last(self) -> Head | None:
        """The accepted head of the largest tree."""
        found = max((self.folder / "heads").glob("*.jws"), default=None)
        return self._head(found) if found else None

    def _head(self, path: Path) -> Head:
        """``Fatal``: somebody has been at our own files."""
        head = self.head_of(files.token(path))
        if head is None or path.name != _name(head.size):
            raise Fatal("witness.own-file", file=path.name)
        return head

    def keep(self, accepted: Accepted) -> None:
        """For ever, before anything is answered. What a restore explained is put aside."""
        for each in accepted.lost:
            there = self.folder / "lost" / f"{_name(each.size)}.{_stem(each.at)}"
            there.parent.mkdir(exist_ok=True)
            os.replace(self.folder / "heads" / _name(each.size), there)
        _once(self.folder / "heads" / _name(accepted.head.size), accepted.head.token.encode())

    def alarm(self, letter: bytes, answer: str, at: str) -> None:
        """A refused letter is kept whole, with what we said to it; the same one once."""
        folder = self.folder / "alarms"
        if any(path.read_bytes() == letter for path in folder.glob("*.json")):
            return
        _once(folder / f"{_stem(at)}.json", letter)
        _once(folder / f"{_stem(at)}.jws", answer.encode())


def _certificate(path: Path) -> Certificate:
    try:
        return certificates.load(files.read(path))
    except CryptoError:
        raise Fatal("site.no-certificate", file=path.name) from None


def look(home: Home, letter: bytes, key: PrivateKey, clock: Clock) -> tuple[str, ZhidaError | None]:
    """Judge a letter (empty: there is none); the signed answer, and what is wrong."""
    wrong: ZhidaError | None = None
    try:
        if letter:
            read = witness.loads(letter)
            accepted = witness.accept(read, home, home.told["origin"])
            if accepted is not None:
                home.keep(accepted)
    except (Rejected, Retriable) as error:
        wrong = error
    alarm = wrong.code if isinstance(wrong, Rejected) else ""
    token = witness.sign(replace(_answer(home, clock), alarm=alarm), key)
    if alarm:
        home.alarm(letter, token, times.stamp(clock()))
    return token, wrong


def _answer(home: Home, clock: Clock) -> Answer:
    last, at = home.last(), times.stamp(clock())
    who, origin = home.told["witness"], home.told["origin"]
    if last is None:
        return Answer(who, origin, 0, "", "", at)
    return Answer(who, origin, last.size, last.root, last.at, at)


def _once(path: Path, data: bytes) -> None:
    """A file that is made once, durably. One that says the same is there already."""
    path.parent.mkdir(exist_ok=True)
    beside = path.with_name(f".{path.name}")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if path.exists() and path.read_bytes() != data:
        raise Fatal("witness.own-file", file=path.name)
    os.replace(beside, path)


def _name(size: int) -> str:
    return f"{size:015d}.jws"


def _stem(at: str) -> str:
    return at.replace(":", "").replace(".", "")
