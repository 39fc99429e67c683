"""Tokens had by a login call or by OAuth 2.0 client credentials (RFC 6749, 4.4)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import requests

from connectors.rest_answer import at, value_of
from connectors.rest_body import Writing
from connectors.rest_desk import Desk, expired_by, lifetime
from connectors.rest_keys import demanded, header_value
from connectors.rest_lease import Auth, Grant, Renewed
from exchange.errors import Fatal
from exchange.ports import Endpoint

_TEMPLATE = re.compile(r"\{(login|password)\}")


def basic(login: str, password: str) -> Auth:
    """RFC 7617, in UTF-8: Chinese logins occur."""
    told = base64.b64encode(f"{login}:{password}".encode()).decode()
    return in_header("Authorization", "Basic", told)


def in_header(name: str, scheme: str, token: str) -> Auth:
    """Puts a token into a header, after its scheme if there is one."""
    value = header_value(f"{scheme} {token}".strip(), name)

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers[name] = value
        return request

    return sign


def in_query(name: str, token: str) -> Auth:
    """Puts a token into the address, for peers that take it nowhere else."""

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        url = request.url or ""
        request.url = url + ("&" if "?" in url else "?") + urlencode({name: token})
        return request

    return sign


def by_login(rule: Mapping[str, Any], endpoint: Endpoint, desk: Desk) -> Renewed:
    """``rule`` is the options' ``auth`` of kind ``login``."""
    fields = {name: _filled(text, endpoint) for name, text in rule["fields"].items()}
    style = "query" if rule["operation"].startswith("GET ") else rule.get("body", "json")

    def obtain() -> Grant:
        content = Writing().content(style, fields)
        answer = desk.ask(rule["operation"], content)
        told = at(value_of(answer), rule["expires_in"]) if "expires_in" in rule else ""
        until = lifetime(told or str(rule.get("lifetime_s", "")), endpoint.clock)
        return Grant(desk.token(answer, rule.get("token", "")), until)

    return Renewed(
        obtain, placed(rule), expired=expired_by(rule.get("expired")), clock=endpoint.clock
    )


def by_client(rule: Mapping[str, Any], endpoint: Endpoint, desk: Desk) -> Renewed:
    """``rule`` is the options' ``auth`` of kind ``oauth2``; login and password are the client's."""
    client = demanded(endpoint.login, "login"), demanded(endpoint.password, "password")
    fields = {"grant_type": "client_credentials"}
    if rule.get("scope"):
        fields["scope"] = rule["scope"]
    sign = None
    if rule.get("client", "basic") == "body":
        fields |= {"client_id": client[0], "client_secret": client[1]}
    else:
        sign = basic(quote(client[0], safe=""), quote(client[1], safe=""))  # RFC 6749, 2.3.1

    def obtain() -> Grant:
        answer = desk.ask(rule["operation"], Writing().content("form", fields), sign=sign)
        value = value_of(answer)
        if (at(value, "/token_type") or "bearer").lower() != "bearer":
            raise Fatal("rest.token-type", peer=desk.peer)
        until = lifetime(at(value, "/expires_in"), endpoint.clock)
        return Grant(desk.token(answer, "/access_token"), until)

    return Renewed(
        obtain, placed({}), expired=expired_by(rule.get("expired")), clock=endpoint.clock
    )


def placed(rule: Mapping[str, Any]) -> Callable[[str], Auth]:
    """How a token is put into requests, by the options' ``header``, ``scheme``, ``query``."""
    if rule.get("query"):
        return lambda token: in_query(rule["query"], token)
    header, scheme = rule.get("header", "Authorization"), rule.get("scheme", "Bearer")
    return lambda token: in_header(header, scheme, token)


def _filled(text: str, endpoint: Endpoint) -> str:
    """A field of the login request, with login and password where the text names them."""
    known = {"login": endpoint.login, "password": endpoint.password}
    return _TEMPLATE.sub(lambda found: demanded(known[found[1]], found[1]), text)
