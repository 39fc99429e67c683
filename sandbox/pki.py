"""Everything secret of one district, made on the spot: CAs, unit certificates, TLS, passwords.

::

    trust/<suite>-root.crt        what a verifier trusts: CA certificates only
    ca/<suite>.key                the roots' keys, encrypted (a real CA keeps them elsewhere)
    site/keys/hub.key, hub.crt    the hub's; site/keys/hospital.crt is public
    hospital/signer.key, .crt     the hospital's own: the hub never sees the key
    operators/<name>.key          each operator's own; site/keys/operators/<name>.crt is public
    tls/                          see ``sandbox.tls``
    secrets.json                  the passwords of all these, readable by the owner only
"""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crypto import certificates, keys
from crypto.certificates import Certificate
from crypto.keys import PrivateKey
from sandbox import tls
from sandbox.tls import write_secret

SUITES = ("SM2-SM3", "Ed25519")
UNITS = {"hub": "溧水区示例数据局", "hospital": "溧水区示例妇幼保健院"}
"""Common name (the unit's id) → organisation."""
OPERATORS = ("wang", "li", "zhao")
"""Invented people of the data bureau who run the hub; ``sandbox/site/operators`` says who may what."""
_PASSWORDS = ("ca", "hub", "signer", "insurance", "tls_his", "tls_hub", *OPERATORS)

ITERATIONS = 1_000
"""Of PBKDF2: the passwords here are random, 24 bytes each, so to stretch them adds nothing."""

Authority = tuple[Certificate, PrivateKey]


class OtherSuite(ValueError):
    """The directory was made for another suite; take a fresh one."""


def make(directory: Path, suite: str = "SM2-SM3") -> None:
    """Make what is missing; a second call changes nothing. Raises ``OtherSuite``."""
    if suite not in SUITES:
        raise ValueError(f"no suite {suite!r}; there are {', '.join(SUITES)}")
    file = directory / "secrets.json"
    if file.exists():
        _check_suite(directory, suite)
        return
    made = {name: secrets.token_urlsafe(24) for name in _PASSWORDS}
    roots = {each: _root(directory, each, made["ca"]) for each in SUITES}
    _unit(roots[suite], "hub", key=directory / "site/keys/hub.key", password=made["hub"])
    for name in OPERATORS:
        key = directory / f"operators/{name}.key"
        _publish(_unit(roots[suite], name, key=key, password=made[name]), directory, "operators")
    signer = directory / "hospital/signer.key"
    certificate = _unit(roots[suite], "hospital", key=signer, password=made["signer"])
    _publish(certificate, directory)
    # The signer has one password for all that is its own.
    passwords = {"server": made["signer"], "his": made["tls_his"], "hub": made["tls_hub"]}
    tls.make(directory / "tls", passwords)
    write_secret(file, json.dumps(made, indent=1).encode())  # last: the mark of a whole district


def secrets_of(directory: Path) -> dict[str, str]:
    """The passwords by name."""
    found: dict[str, str] = json.loads((directory / "secrets.json").read_text("utf-8"))
    return found


def root_of(directory: Path, suite: str) -> Authority:
    """A root with its key, to issue another certificate of this district."""
    certificate = certificates.load((directory / f"trust/{_root_name(suite)}.crt").read_bytes())
    pem = (directory / f"ca/{suite}.key").read_bytes()
    return certificate, keys.load_private(pem, secrets_of(directory)["ca"].encode())


def add(directory: Path, suite: str, unit: str, secret: str) -> None:
    """One more unit: its key in a folder of its own, its certificate among the site's. Once."""
    key = directory / unit / "unit.key"
    if not key.exists():
        _publish(_unit(root_of(directory, suite), unit, key=key, password=secret), directory)


def renew(directory: Path, suite: str, unit: str, secret: str) -> None:
    """The unit's next key and certificate, beside those of ``add``: ``unit-next.key``, ``<unit>-next.crt``. Once."""
    key = directory / unit / "unit-next.key"
    if not key.exists():
        found = _unit(root_of(directory, suite), unit, key=key, password=secret)
        (directory / "site/keys" / f"{unit}-next.crt").write_bytes(found.pem)


def _check_suite(directory: Path, suite: str) -> None:
    hub = certificates.load((directory / "site/keys/hub.crt").read_bytes())
    if hub.public_key.suite != suite:
        raise OtherSuite(f"{directory} was made for {hub.public_key.suite}, not {suite}")


def _root_name(suite: str) -> str:
    return f"{suite.lower()}-root"


def _root(directory: Path, suite: str, password: str) -> Authority:
    key = keys.generate(suite)
    start, end = _years(10)
    root = certificates.issue_ca(f"Sandbox Root {suite}", key, start, end, organization="示例根CA")
    trust = directory / "trust"
    trust.mkdir(parents=True, exist_ok=True)
    (trust / f"{_root_name(suite)}.crt").write_bytes(root.pem)
    write_secret(
        directory / f"ca/{suite}.key", key.to_pem(password.encode(), iterations=ITERATIONS)
    )
    return root, key


def _publish(certificate: Certificate, directory: Path, folder: str = ".") -> None:
    """Give the site a certificate, of somebody whose key it never sees."""
    place = directory / "site/keys" / folder
    place.mkdir(exist_ok=True)
    (place / f"{certificate.common_name}.crt").write_bytes(certificate.pem)


def _unit(authority: Authority, unit: str, *, key: Path, password: str) -> Certificate:
    root, root_key = authority
    private = keys.generate(root_key.suite)
    start, end = _years(2)
    certificate = certificates.issue(
        unit,
        private.public,
        root,
        root_key,
        valid_from=start,
        valid_until=end,
        organization=UNITS.get(unit, UNITS["hub"]),
    )
    write_secret(key, private.to_pem(password.encode(), iterations=ITERATIONS))
    key.with_suffix(".crt").write_bytes(certificate.pem)
    return certificate


def _years(years: int) -> tuple[datetime, datetime]:
    """From yesterday (clocks differ) for so many years."""
    now = datetime.now(UTC).replace(microsecond=0)
    return now - timedelta(days=1), now + timedelta(days=365 * years)
