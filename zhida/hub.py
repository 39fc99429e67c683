"""The hub: everything that works together, opened once for a process and closed at its end."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any, TypeVar

from exchange.archive import Archive
from exchange.continuity import Continuity
from exchange.delivery import Delivery
from exchange.errors import Fatal
from exchange.file_area import FileArea
from exchange.ledger import Ledger
from exchange.locking import open_locks
from exchange.names import nearest
from exchange.ports import Adapter, Clock, Endpoint, Operation, utc_now
from exchange.store import document_rows
from exchange.store.engine import THREADS, Store
from exchange.vault import Vault
from mappings import subjects
from matters.matter import Item
from zhida import connections, environment, outside_file, site, system_file
from zhida.connections import Finder
from zhida.known_decisions import KnownDecisions
from zhida.last_head import LastHead
from zhida.live_trust import HubKey, LiveTrust
from zhida.site import Site, System

ADAPTERS: Mapping[str, str] = {
    "bank": "adapters.bank",
    "bank_feed": "adapters.bank_feed",
    "bulk": "adapters.bulk",
    "certificates": "adapters.certificates",
    "database": "adapters.database",
    "desk": "adapters.desk",
    "civil_affairs": "adapters.civil_affairs",
    "feed": "adapters.feed",
    "gate": "adapters.gate",
    "generic": "adapters.generic",
    "health": "adapters.health",
    "hospital": "adapters.hospital",
    "large_files": "adapters.large_files",
    "lists": "adapters.lists",
    "medical_insurance": "adapters.medical_insurance",
    "notification": "adapters.notification",
    "oa": "adapters.oa",
    "public_security": "adapters.public_security",
    "recipient": "adapters.recipient",
    "seal": "adapters.seal",
    "sharing_platform": "adapters.sharing_platform",
    "tax": "adapters.tax",
    "treasury": "adapters.treasury",
    "social_security": "adapters.social_security",
}
"""Alias → module with ``OPTIONS``, ``open_system`` and its operations; imported on first use."""


L = TypeVar("L", bound=Ledger)


class Hub:
    """One site at work. Thread-safe. ``open_hub`` makes one from the environment.

    ``store``: the store's address, if not the one that the site names. ``other``: a second secret
    that opens its keys too, while one is exchanged for the other.
    """

    def __init__(
        self,
        told: Site,
        *,
        var: Path,
        secret: bytes,
        find: Finder = connections.from_environment,
        clock: Clock = utc_now,
        store: str = "",
        other: bytes = b"",
    ) -> None:
        self.site = told
        self.clock = clock
        self.outside = outside_file.load(told)
        self.store_url = store or told.store_url(var)
        self.store = Store(self.store_url)
        known = KnownDecisions.of(var, self.store_url)
        self.trust = LiveTrust(
            told, self.store, var=var, secrets=(secret, other), clock=clock, decisions=known
        )
        self.vault = Vault(var / "keys", secret, cipher=told.cipher, other=other)
        self.files = FileArea(var / "files", self.vault)
        self.locks = open_locks(self.store, var / "locks")
        last = LastHead.of(var, self.store_url)
        self.guard = Continuity(last, self.trust.hub_keys_within, told.name, told=known.add)
        self.ledger = self.open_ledger(Ledger)
        self.archive = Archive(self.store, self.vault, self.trust, subjects.named)
        self.delivery = Delivery(
            store=self.store, ledger=self.ledger, locks=self.locks, vault=self.vault, clock=clock
        )
        self.beside = ThreadPoolExecutor(THREADS, thread_name_prefix="zhida-beside")
        """For what is done beside a caller who waits; as many as the store has connections for."""
        _require_lookup_key(self.store, self.vault)
        self.var = var
        self._find, self._secrets = find, (secret, other)
        self._adapters: dict[str, Adapter] = {}
        self._opening = Lock()

    def open_ledger(self, kind: type[L]) -> L:
        """The ledger on which this hub writes, as ``kind``."""
        return kind(
            self.store,
            self.trust.first,
            origin=self.site.name,
            clock=self.clock,
            choose=self.trust.head_signer,
            guard=self.guard,
        )

    @property
    def signer(self) -> HubKey:
        """The key with which the hub signs now. Take it once for what is signed once."""
        return self.trust.signer()

    def adapter(self, system: System) -> Adapter:
        """The adapter that speaks with ``system``, opened on first use."""
        with self._opening:
            if system.name not in self._adapters:
                self._adapters[system.name] = self.open_adapter(system)
            return self._adapters[system.name]

    def operation(self, item: Item) -> Operation:
        """What an item's ``do`` names, as its adapter declares it."""
        return _of_item(item, self.adapter(self.site.system_of(item)).operations)

    def declared(self, item: Item) -> Operation:
        """The same without opening the system's connection: what its adapter's module says.

        For whoever asks about every item of a matter, perhaps inside a transaction: one system
        that can't be reached must not hold up the work for the others.
        """
        return _of_item(item, declared(self.site.system_of(item)))

    def passed_on(self, system: System) -> dict[str, Any]:
        """What another process needs to open the same hub and work with ``system``: secrets too."""
        return {
            "site": str(self.site.folder),
            "var": str(self.var),
            "secret": self._secrets[0].decode(),
            "other": self._secrets[1].decode(),
            "store": self.store_url,
            "connections": {system.connection: self._find(system.connection)},
        }

    def endpoint(self, connection: str) -> Endpoint:
        """Where a connection of the site leads."""
        return connections.endpoint(
            connection, find=self._find, folder=self.site.folder, clock=self.clock
        )

    def close(self) -> None:
        """Close adapters and store, once what is done beside somebody has ended."""
        self.beside.shutdown(cancel_futures=True)
        for adapter in self._adapters.values():
            adapter.close()
        self.locks.close()
        self.store.close()

    def open_adapter(self, system: System) -> Adapter:
        """One more adapter for ``system``, which its caller closes (a listener's own line)."""
        module = adapter_module(system.adapter)
        system_file.check(system, module, self.site.folder)
        opened: Adapter = module.open_system(system.options, self.endpoint(system.connection))
        return opened


def _require_lookup_key(store: Store, vault: Vault) -> None:
    """A new look-up key beside old rows would give every event a new effect key: never.

    A store that has no tables yet is a new installation's.
    """
    if vault.has_lookup_key:
        return
    used = False
    with suppress(Fatal), store.read() as connection:
        used = document_rows.has_documents(connection)
    if used:
        raise Fatal("vault.lookup-lost")


def _of_item(item: Item, known: Mapping[str, Operation]) -> Operation:
    if item.operation not in known:
        near = nearest(item.operation, known)
        raise Fatal("site.no-operation", item=item.name, do=item.operation, nearest=near)
    return known[item.operation]


def declared(system: System) -> Mapping[str, Operation]:
    """The operations of a system. A module whose operations depend on the options says which."""
    module = adapter_module(system.adapter)
    if hasattr(module, "declared"):
        told: Mapping[str, Operation] = module.declared(system.options)
        return told
    return {each.name: each for each in vars(module).values() if isinstance(each, Operation)}


def adapter_module(alias: str) -> ModuleType:
    """The module behind an adapter's alias; a typo is answered with the nearest name."""
    if alias not in ADAPTERS:
        raise Fatal("site.no-adapter", adapter=alias, nearest=nearest(alias, ADAPTERS))
    return importlib.import_module(ADAPTERS[alias])


@contextmanager
def open_hub(*, find: Finder = connections.from_environment) -> Iterator[Hub]:
    """The hub of ``ZHIDA_SITE``, with its data in ``ZHIDA_VAR``, opened and closed again."""
    hub = Hub(
        site.load(environment.site_folder()),
        var=environment.var_folder(),
        secret=environment.secret(),
        other=environment.other_secret(),
        find=find,
        store=environment.store_url(),
    )
    with closing(hub):
        yield hub


def open_again(told: Mapping[str, Any]) -> Hub:
    """The hub that ``Hub.passed_on`` told of, in another process; its caller closes it."""
    return Hub(
        site.load(Path(told["site"])),
        var=Path(told["var"]),
        secret=told["secret"].encode(),
        other=told["other"].encode(),
        find=told["connections"].get,
        store=told["store"],
    )
