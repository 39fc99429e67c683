"""泛微 E9 (Weaver e-cology 9) over REST: application, token, and a user sealed under the server's key.

As its users' programs do it: the OA's administrators enter the application's id once; the one-time call
``POST /api/ec/dev/auth/regist`` gives the application's secret and the server's public key (``spk``),
which are kept in the connection. A token is had with the secret sealed under that key; calls carry the
application's id, the token, and the acting user's number, sealed as well.

Error map (nothing was sent)::

    spk is no RSA key, or too short for the text   Fatal  rest.peer-key
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import requests

from connectors.rest_answer import at, value_of
from connectors.rest_desk import Desk, expired_by, lifetime
from connectors.rest_keys import demanded, header_value
from connectors.rest_lease import Auth, Grant, Renewed
from crypto.errors import CryptoError
from crypto.rsa_sealed import rsa_public, sealed
from exchange.errors import Fatal
from exchange.ports import Endpoint

TOKEN = "POST /api/ec/dev/auth/applytoken"  # noqa: S105  an operation


def by_e9(rule: Mapping[str, Any], endpoint: Endpoint, desk: Desk) -> Renewed:
    """``rule`` is the options' ``auth`` of kind ``weaver-e9``."""
    app = header_value(demanded(endpoint.login, "login"), "appid")
    secret = demanded(endpoint.password, "password")
    spk = demanded(endpoint.extra.get("spk", ""), "spk")
    user, seconds = _sealed(spk, rule["user"]), str(rule.get("lifetime_s", 1800))

    def obtain() -> Grant:
        headers = {"appid": app, "secret": _sealed(spk, secret), "time": seconds}
        operation = rule.get("operation", TOKEN)
        answer = desk.ask(operation, headers=headers)
        if not at(value_of(answer), "/token"):
            raise desk.failed(operation, answer)
        return Grant(desk.token(answer, "/token"), lifetime(seconds, endpoint.clock))

    def sign(token: str) -> Auth:
        def signed(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers.update({"appid": app, "token": token, "userid": user})
            return request

        return signed

    return Renewed(obtain, sign, expired=expired_by(rule.get("expired")), clock=endpoint.clock)


def _sealed(spk: str, text: str) -> str:
    try:
        key = rsa_public(base64.b64decode("".join(spk.split()), validate=True))
        return base64.b64encode(sealed(key, text.encode())).decode()
    except (CryptoError, binascii.Error):
        raise Fatal("rest.peer-key", name="spk") from None
