"""A bundle made again as a whole: other keys, other certificates, the same names."""

import hashlib
import json

from crypto import keys, pem
from tests.exchange.evidence import conftest as kit
from tests.verifiers.forging import Signed, raw_token


def add_der(forger, der):
    """A certificate that need not be one."""
    name = f"certificates/{hashlib.sha256(der).hexdigest()}.crt"
    forger.members[name] = pem.armor("CERTIFICATE", der)


class Whole:
    """Under the CA ``root`` (certificate and key), with ``shown`` in the bundle besides."""

    def __init__(self, bench, root=None, *shown, suite=None, dressed=None):
        self.bench, self.shown = bench, shown
        self.dressed = dressed or (lambda certificate: certificate.der)
        self.root = root or kit.authority(
            suite or bench.suite, f"attacker {bench.draw.randrange(3)}"
        )
        self.keys = {unit: keys.generate(bench.suite) for unit in ("hub", "hospital")}

    def forged(self, kind="case", **sealed):
        """The bytes: every document, head and seal signed again."""
        bench = self.bench
        forger = bench.forger(kind, self.keys["hub"])
        for name in forger.names("certificates/"):
            del forger.members[name]
        for name in forger.names("ledger/entries/"):
            told = json.loads(forger.members[name])
            if told["kind"] == "document":
                self.sign_again(forger, name, told)
        units = ("hub", "hospital") if kind == "case" else self.signers(forger)
        for unit in units:
            made = kit.issue(unit, self.keys[unit].public, self.root, organization=f"示例{unit}")
            add_der(forger, self.dressed(made))
        for each in self.shown:
            forger.add_certificate(each)
        return forger.relog().seal(**sealed)

    def signers(self, forger):
        told = [json.loads(forger.members[n]) for n in forger.names("ledger/entries/")]
        units = {each["provider"] for each in told if each.get("custody") == "unit"}
        return sorted({"hub", *units})

    def sign_again(self, forger, name, told):
        token = forger.members[f"documents/{told['digest']}.sd-jwt"].decode()[:-1]
        key = self.keys[told["provider"] if told["custody"] == "unit" else "hub"]
        parts = Signed(token)
        header = parts.header | {"kid": key.kid}
        self.bench.replace(forger, name, raw_token(key, header, parts.payload))
