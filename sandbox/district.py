"""The whole district: its secrets, its site, its systems as processes, the hospital's signer.

::

    with District(tmp_path) as district:
        district.system("police").fault("reset", times=1)
        run_the_hub(env=district.env)
        assert len(district.system("police").books()) == 1
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sandbox import (
    acceptance_district,
    finance_district,
    grants_district,
    layout,
    mediation_district,
    pki,
    site_layers,
)
from sandbox.connections import exports, hub_environment, operator_environment
from sandbox.handle import Handle, wait_for
from sandbox.layout import SYSTEMS
from sandbox.pki import OPERATORS
from sandbox.process import Process
from sandbox.tls import write_secret

_ALONE = (grants_district, mediation_district, acceptance_district, finance_district)
"""Districts that do one thing and nothing else."""


class District:
    """A district in one directory. ``signer=False``: without the product's signer process.

    ``whole=True``: all nine items of the newborn's matter, not its core (systems ``SYSTEMS + UNITS``).
    ``by_hand=True``: every unit is reachable only through the OA (systems ``oa`` will do then).
    ``further``: matters beside it (``site_layers.FURTHER``). ``grants=True``: it gives grants, and does
    nothing else (systems ``grants_district.SYSTEMS``). ``mediation=True``: labour disputes likewise
    (systems ``mediation_district.SYSTEMS``). ``acceptance=True``: finished buildings likewise
    (systems ``acceptance_district.SYSTEMS``). ``finance=True``: orders for banks likewise
    (systems ``finance_district.SYSTEMS``).
    """

    def __init__(
        self,
        directory: Path,
        *,
        suite: str = "SM2-SM3",
        systems: Iterable[str] = SYSTEMS,
        signer: bool = True,
        detached: bool = False,
        whole: bool = False,
        by_hand: bool = False,
        further: Iterable[str] = (),
        grants: bool = False,
        mediation: bool = False,
        acceptance: bool = False,
        finance: bool = False,
    ) -> None:
        self.directory = directory.resolve()
        self.suite = suite
        self._names = tuple(systems)
        self._with_signer = signer
        self._detached = detached
        self._whole, self._by_hand = whole, by_hand
        self._further = tuple(further)
        self._grants, self._finance = grants, finance
        wanted = zip((grants, mediation, acceptance, finance), _ALONE, strict=True)
        self._alone = [district.lay for is_wanted, district in wanted if is_wanted]
        self._handles: dict[str, Handle] = {}
        self.signer: Process | None = None

    def prepare(self) -> None:
        """Everything on disk: site, secrets, certificates, ports. Nothing is made twice."""
        layout.copy_site(self.directory, self.suite)
        if self._whole:
            site_layers.whole(self.directory / "site")
        if self._by_hand:
            site_layers.by_hand(self.directory / "site")
        for lay in self._alone:
            lay(self.directory)
        for matter in self._further:
            site_layers.further(self.directory / "site", matter)
        pki.make(self.directory, self.suite)
        self.ports = layout.choose_ports(self.directory)
        self.secrets = pki.secrets_of(self.directory)
        if self._finance:
            finance_district.equip(self.directory, self.suite, self.secrets["ca"])
        layout.write_hospital_home(self.directory, self.suite, self.ports)
        self._handles = {name: self._handle(name) for name in self._names}
        self.signer = self._signer() if self._with_signer else None

    def start(self) -> None:
        """Start what is not running and wait until it answers. Raises ``NotHealthy``."""
        self.prepare()
        try:
            for handle in self._handles.values():
                handle.start()
            if self.signer is not None:
                self.signer.start(detached=self._detached)
            self.wait()
        except BaseException:
            self.stop()
            raise

    def wait(self) -> None:
        """Until every process answers. Raises ``NotHealthy``."""
        for handle in self._handles.values():
            handle.wait()
        if self.signer is not None:
            port = self.ports["signer"]["https"]
            wait_for(self.signer, lambda: _listens(port), seconds=30.0)

    def stop(self) -> None:
        """End every process, by its pid."""
        for process in self.processes():
            process.stop()

    def processes(self) -> list[Process]:
        """All of them, the signer last."""
        found = [handle.process for handle in self._handles.values()]
        return found + ([self.signer] if self.signer is not None else [])

    def system(self, name: str) -> Handle:
        """The handle of one system. Raises ``KeyError``."""
        return self._handles[name]

    @property
    def env(self) -> dict[str, str]:
        """What the hub needs in its environment: where its site is, secrets, connections."""
        told = hub_environment(self.directory, ports=self.ports, secrets=self.secrets)
        if self._grants:
            told |= grants_district.environment(self.directory)
        if self._finance:
            told |= finance_district.environment(self.directory, self.ports["hub"])
        return told

    def operator_env(self, name: str) -> dict[str, str]:
        """What an operator (``pki.OPERATORS``) has in the environment besides ``env``."""
        return operator_environment(self.directory, name, self.secrets)

    def write_operators(self) -> Path:
        """What each has in the environment, as a file for a shell; the first one's."""
        files = [self.directory / "operators" / f"{name}.sh" for name in OPERATORS]
        for file in files:
            write_secret(file, exports(self.operator_env(file.stem)))
        return files[0]

    def birth(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Have a birth recorded at the hospital."""
        told: dict[str, Any] = self.system("hospital").ask("POST", "/births", facts)
        return told

    def _handle(self, name: str) -> Handle:
        ports = self.ports[name]
        command = [sys.executable, "-m", f"sandbox.{name}", "--dir", str(self.directory)]
        command += ["--port", str(ports["port"]), "--control", str(ports["control"])]
        if not self._detached:
            command += ["--parent", str(os.getpid())]
        secrets = {
            "SANDBOX_INSURANCE_SECRET": self.secrets["insurance"],
            "SANDBOX_HIS_PASSWORD": self.secrets["tls_his"],
        }
        log = self.directory / name / f"{name}.log"
        process = Process(name, command, log, f"sandbox.{name}", secrets)
        return Handle(process, **ports, detached=self._detached)

    def _signer(self) -> Process:
        home = self.directory / "hospital"
        command = [sys.executable, "-m", "zhida.signer", "--home", str(home)]
        secret = {"ZHIDA_SIGNER_PASSWORD": self.secrets["signer"]}
        return Process("signer", command, home / "signer.log", "zhida.signer", secret)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _listens(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        return True
