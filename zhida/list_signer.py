"""The holder's own signer of lists: a program on its front-end machine, run after a list was made.

The hub neither holds the key nor can drive it: it only picks up the signed files (custody ``unit``).

``python -m zhida.list_signer --home FOLDER`` (``--reopen REASON`` after a restore) reads ``list-signer.json`` there, mappings from its
``mappings`` folder, facts from ``policies/facts`` beside those that are shipped; the key's password comes
from ``ZHIDA_SIGNER_PASSWORD``. What it has signed is told as one line of JSON.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs

from adapters import bulk
from exchange import canonical
from exchange.archive import Archive
from exchange.datasets import Datasets
from exchange.errors import Fatal, ZhidaError
from exchange.keyring import Keyring, UnitCertificate
from exchange.ledger import Ledger
from exchange.part_books import PartBooks
from exchange.ports import Clock, Endpoint, utc_now
from exchange.store import schema
from exchange.store.engine import Store
from exchange.vault import Vault
from matters import grants
from zhida import policy_find, signer_guard, signer_key, signer_reopen
from zhida.grants_file import FactSource
from zhida.list_signing import ListSigner
from zhida.output import exit_code, tell
from zhida.signer_guard import SignerGuard
from zhida.signer_settings import SERVER, SignerHome

FILE = "list-signer.json"
_TEXT = {"type": "string", "minLength": 1}
SETTINGS: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "清单签名机 list-signer.json",
    "type": "object",
    "additionalProperties": False,
    "required": ["unit", "system", "certificate", "store", "address", "options", "out"],
    "oneOf": [{"required": ["key"]}, {"required": ["signature_server"]}],
    "properties": {
        "unit": _TEXT | {"title": "单位标识"},
        "system": _TEXT | {"title": "系统标识，与中枢 systems/ 中的相同"},
        "key": _TEXT | {"title": "本单位的私钥，加密的 PKCS#8；与签名服务器二选一"},
        "signature_server": SERVER,
        "certificate": _TEXT,
        "store": _TEXT | {"title": "签名机自己的数据库"},
        "last_head": _TEXT | {"title": "最后的树头记在哪里，缺省为本目录的 last-head.jws"},
        "address": _TEXT | {"title": "清单在哪里"},
        "options": {"title": "适配器 bulk 的选项，数据流名称 facts", "type": "object"},
        "gives": {"title": "给出哪些事实，缺省全部", "type": "array", "items": _TEXT},
        "out": _TEXT | {"title": "签好的清单放在哪里"},
        "most_invalid": {"type": "integer", "minimum": 0, "maximum": 100},
    },
}


def settings(home: Path) -> dict[str, Any]:
    """What the file says. ``Fatal`` if it is not there, or wrong."""
    try:
        told: dict[str, Any] = canonical.loads((home / FILE).read_bytes())
    except OSError:
        raise Fatal("signer.no-settings", folder=str(home)) from None
    for error in jsonschema_rs.Draft202012Validator(dict(SETTINGS)).iter_errors(told):
        path = "/".join(map(str, error.instance_path))
        raise Fatal("signer.settings", path=path or "/")
    return told


def run(home: Path, password: str, clock: Clock = utc_now) -> Mapping[str, object]:
    """Sign what waits; what came of it, or ``{}``."""
    told = settings(home)
    books = _books(home, told, password.encode(), clock)
    schema.upgrade(books.parts.store)
    signer_guard.require_continued(SignerHome(home, told), books.parts.store)
    endpoint = Endpoint(told["address"], site=home, clock=clock)
    try:
        with closing(bulk.open_system(told["options"], endpoint)) as adapter:
            return ListSigner(_source(home, told), books, home / told["out"]).run(adapter)
    finally:
        books.parts.store.close()


def _books(home: Path, told: Mapping[str, Any], password: bytes, clock: Clock) -> Datasets:
    certificate = signer_key.certificates_of(home, told)[0]
    signer = signer_key.signer_of(home, told, password, certificate)
    unit = told["unit"]
    store, vault = Store(f"sqlite:///{home / told['store']}"), Vault(home / "keys", password)
    archive = Archive(store, vault, Keyring([UnitCertificate(unit, certificate)]))
    guard = SignerGuard.of(home, told, [certificate])
    ledger = Ledger(store, signer, origin=guard.origin, clock=clock, guard=guard)
    return Datasets(PartBooks(store, vault, clock), archive, ledger, signer)


def _source(home: Path, told: Mapping[str, Any]) -> FactSource:
    known = grants.vocabulary(policy_find.site_policies(home)).facts
    own = [name for name, fact in known.items() if fact.holder == told["unit"]]
    names = told.get("gives", own)
    if not names or set(names) - set(own):
        raise Fatal("signer.settings", path="gives")
    day = timedelta(days=1)
    return FactSource(
        system=told["system"],
        unit=told["unit"],
        stream="facts",
        gives={name: known[name] for name in names},
        whole=True,
        every=day,
        fresh=day,
        expected=day,
        most_invalid=told.get("most_invalid", 10),
    )


def main() -> int:
    """Command line of the program."""
    parser = argparse.ArgumentParser(prog="zhida.list_signer", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--reopen", metavar="REASON", default="", help="a backup was put back")
    given, password = parser.parse_args(), os.environ.get("ZHIDA_SIGNER_PASSWORD", "")
    try:
        if given.reopen:
            home = SignerHome(given.home, settings(given.home))
            signer_reopen.reopen(home, password.encode(), given.reopen)
        done = run(given.home, password)
    except ZhidaError as error:
        tell(error)
        return exit_code(error)
    sys.stdout.write(canonical.dumps(done).decode() + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
