"""The secrets that sign requests, out of the connection: never out of options.

Error map::

    a secret that the rule needs is not there   Fatal  rest.no-secret
    the rule uses no secret at all              Fatal  rest.unkeyed
    the key file is missing, wrong, no SM2 key   Fatal  rest.sign-key
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crypto import keys
from crypto.errors import CryptoError
from crypto.signer import Signer
from exchange.errors import Fatal
from exchange.ports import Endpoint


@dataclass(frozen=True, slots=True)
class SigningSecrets:
    """Who we are to the peer, and what we sign with."""

    app: str = ""
    secret: str = field(default="", repr=False)
    signer: Signer | None = field(default=None, repr=False)

    def sm2_key(self) -> Signer:
        """Raises ``Fatal`` if the connection gave none."""
        if self.signer is None:
            raise Fatal("rest.no-secret", name="sign_key")
        return self.signer


def of_endpoint(endpoint: Endpoint, rule: Mapping[str, Any], named: str) -> SigningSecrets:
    """What ``rule`` signs with; ``named`` is ``password`` or the name of a secret in ``extra``.

    The key is read now, so that a wrong password is told before anything is sent; a rule that
    would sign without any secret is refused, since everybody could sign so.
    """
    known = {"password": endpoint.password}.get(named) or endpoint.extra.get(named, "")
    told = {"{app}" in rule["content"], "app" in rule["names"]}
    app = demanded(endpoint.login, "login") if True in told else endpoint.login
    if "{secret}" in rule["content"] or rule["digest"].startswith("hmac-"):
        demanded(known, named)
    elif rule["digest"] != "sm2":
        raise Fatal("rest.unkeyed", digest=rule["digest"])
    if rule["digest"] != "sm2":
        return SigningSecrets(app, known)
    file = demanded(endpoint.extra.get("sign_key", ""), "sign_key")
    password = demanded(endpoint.extra.get("sign_key_password", ""), "sign_key_password")
    return SigningSecrets(app, known, _sm2_key(file, password))


def demanded(value: str, name: str) -> str:
    """The value. Raises ``Fatal`` if the connection lacks it."""
    if not value:
        raise Fatal("rest.no-secret", name=name)
    return value


def header_value(value: str, name: str) -> str:
    """The value, fit for a header (RFC 9110, 5.5). Raises ``Fatal``: HTTP has no other characters.

    >>> header_value("Bearer abc", "Authorization")
    'Bearer abc'
    """
    if not re.fullmatch("[!-~]([ -~]*[!-~])?", value):
        raise Fatal("rest.header-value", name=name)
    return value


def _sm2_key(file: str, password: str) -> Signer:
    try:
        key = keys.load_private(Path(file).read_bytes(), password.encode())
    except OSError as error:
        raise Fatal("rest.sign-key", file=file, reason=error.strerror or "") from None
    except CryptoError as error:
        raise Fatal("rest.sign-key", file=file, reason=error.code) from None
    if key.suite != "SM2-SM3":
        raise Fatal("rest.sign-key", file=file, reason=key.suite)
    return key
