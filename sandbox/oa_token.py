"""E9's gatekeeper: one registration an application, tokens that run out, users sealed under a key."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.tls import write_secret

APPLICATION = "zhida"
"""The application that the OA's administrators have entered."""
Headers = Mapping[str, str]


class Forbidden(Exception):
    """The filter lets nothing through; its text is the filter's message."""


class Gatekeeper:
    """Keeps its key and the application's secret in ``folder``; tokens end with the process."""

    def __init__(self, folder: Path) -> None:
        self._secret, self._key = _kept(folder / "e9.json")
        self._tokens: dict[str, float] = {}

    def answer(self, action: str, headers: Headers) -> dict[str, Any]:
        """``regist`` or ``applytoken``. Raises ``Forbidden``, and ``KeyError`` for another."""
        does = {"regist": self._register, "applytoken": self._token}[action]
        if headers.get("appid") != APPLICATION:
            raise Forbidden("appid未配置许可")
        return does(headers)

    def _register(self, _: Headers) -> dict[str, Any]:
        told = {"msg": "ok", "code": 0, "msgShowType": "none", "status": True}
        return told | {"secrit": self._secret, "secret": self._secret, "spk": _public(self._key)}

    def _token(self, headers: Headers) -> dict[str, Any]:
        if self._opened(headers.get("secret", "")) != self._secret:
            raise Forbidden("secret解密失败,请检查加密内容.")
        token = secrets.token_hex(16)
        self._tokens[token] = time.monotonic() + int(headers.get("time") or 1800)
        return {
            "msg": "获取成功!",
            "code": 0,
            "msgShowType": "none",
            "status": True,
            "token": token,
        }

    def user(self, headers: Headers) -> int:
        """Who acts. Raises ``Forbidden``."""
        token = headers.get("token", "")
        if self._tokens.get(token, 0.0) < time.monotonic():
            raise Forbidden(f"token不存在或者超时：{token}")
        user = self._opened(headers.get("userid", ""))
        if not user.isdecimal():
            raise Forbidden("该账号存在异常,单点登录失败")
        return int(user)

    def _opened(self, sealed: str) -> str:
        try:
            return self._key.decrypt(base64.b64decode(sealed), padding.PKCS1v15()).decode()
        except (ValueError, binascii.Error):
            return ""


def _kept(file: Path) -> tuple[str, rsa.RSAPrivateKey]:
    """The secret and the key, made at the first start."""
    if not file.exists():
        made = rsa.generate_private_key(65537, 2048)
        pem = made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        told = {"secret": secrets.token_hex(16), "key": pem.decode()}
        write_secret(file, json.dumps(told).encode())
    told = json.loads(file.read_text("utf-8"))
    key = serialization.load_pem_private_key(told["key"].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return told["secret"], key


def _public(key: rsa.RSAPrivateKey) -> str:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(
        key.public_key().public_bytes(serialization.Encoding.DER, spki)
    ).decode()


def registered(port: int) -> dict[str, Any]:
    """What an administrator gets for the hub's connection: login, password and ``extra``."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(
            "POST", "/api/ec/dev/auth/regist", headers={"appid": APPLICATION, "cpk": ""}
        )
        told = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return {"login": APPLICATION, "password": told["secrit"], "extra": {"spk": told["spk"]}}
