"""What lies on disk in a district's directory besides its secrets: site, ports, homes."""

from __future__ import annotations

import json
import random
import re
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

from sandbox.process import ROOT

SYSTEMS = ("oa", "police", "insurance", "hospital")
UNITS = ("civil", "tax", "health", "social_security", "bank")
"""What the whole of the newborn's matter needs beside these."""
FURTHER = ("market", "degrees", "migration")
"""What the two further matters speak with beside the OA: a register, an archive, the police."""
GRANTS = ("treasury", "unemployment_fund", "portal")
"""What pays grants (each out of its own money), and what speaks with the firms."""
PUSH = ("sms", "registry")
"""What texts firms, and who knows whom to text."""
DISPUTES = ("union_platform", "arbitration_platform", "court_platform")
"""The platforms of those who have one of their own for disputes."""
ACCEPTANCE = ("acceptance_platform", "project_library")
"""The platform on which owners of buildings hand in, and the library of what others made of a project."""
FINANCE = ("core_enterprise", "standings", "invoices")
"""Who knows an order, what holders say of firms, and whether invoices are as printed."""
MORE = (
    *("oa_rest", "notices", "sharing", "licences", "seals"),
    *(*UNITS, *GRANTS, *PUSH, *DISPUTES, *ACCEPTANCE, *FINANCE),
)
"""Stand-ins that stand beside these where a district asks for them by name."""
Ports = Mapping[str, Mapping[str, int]]
"""System → kind of port (``port``, ``control``; the signer's ``mllp``, ``https``) → number."""


def copy_site(directory: Path, suite: str) -> None:
    """The example site and the WSDLs that its systems name; what is there stays as it is."""
    site, example = directory / "site", ROOT / "sandbox" / "site"
    if example.is_dir() and not (site / "site.yaml").exists():
        shutil.copytree(example, site, dirs_exist_ok=True)
        _set_suite(site / "site.yaml", suite)
    if not (site / "wsdl").exists():
        shutil.copytree(ROOT / "sandbox" / "wsdl", site / "wsdl")


def _set_suite(file: Path, suite: str) -> None:
    """The example is written for one suite; the hub's key is of the district's."""
    text = re.sub(r"(?m)^suite: *\S+", f"suite: {suite}", file.read_text("utf-8"))
    file.write_text(text, "utf-8")


def choose_ports(directory: Path) -> Ports:
    """Chosen once for a district, so that a restarted system is found where it was."""
    file = directory / "ports.json"
    known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    kinds: tuple[str, ...] = ("port", "control")
    wanted = dict.fromkeys((*SYSTEMS, *MORE, *FURTHER), kinds)
    wanted["signer"] = ("mllp", "https")
    wanted["hub"] = ("port",)
    missing = wanted.keys() - known.keys()
    if missing:
        taken = {port for ports in known.values() for port in ports.values()}
        for name in missing:
            known[name] = {kind: _new_port(taken) for kind in wanted[name]}
        file.write_text(json.dumps(known, indent=1), "utf-8")
    ports: Ports = json.loads(file.read_text("utf-8"))
    return ports


def _new_port(taken: set[int]) -> int:
    """A free port that no other system of the district has been given: none of them listens yet."""
    port = next(port for port in iter(free_port, None) if port not in taken)
    taken.add(port)
    return port


def free_port() -> int:
    """A port below the range from which the kernel gives ports to outgoing connections.

    Otherwise a port that is closed for a while (a system that is down) could be given away.
    """
    for _ in range(1000):
        port = random.randint(12000, 31999)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port between 12000 and 31999 on loopback")


def write_hospital_home(directory: Path, suite: str, ports: Ports) -> None:
    """What the signer and the hospital's system read about each other."""
    home, signer = directory / "hospital", ports["signer"]
    own = {"cert": "../tls/server.crt", "key": "../tls/server.key"}
    told = {
        "unit": "hospital",
        "system": "his",
        "suite": suite,
        "key": "signer.key",
        "certificate": "signer.crt",
        "mllp": {"port": signer["mllp"], **own, "client_ca": "../tls/his-ca.crt"},
        "https": {"port": signer["https"], **own, "client_ca": "../tls/hub-ca.crt"},
        "store": "signer.sqlite",
        "announces_to": ["sandbox hub"],
    }
    (home / "signer.json").write_text(json.dumps(told, indent=1), "utf-8")
    his = {"host": "127.0.0.1", "port": signer["mllp"], "ca": "../tls/server-ca.crt"}
    his |= {"cert": "../tls/his.crt", "key": "../tls/his.key"}
    (home / "his.json").write_text(json.dumps(his, indent=1), "utf-8")
