"""Signature servers by two wires: a command that their vendor gives, and a small HTTP service.

Vendors' interfaces differ (GM/T 0029 leaves much open), and their libraries are for C and Java. So what
we ask for is the least: sign this digest with that key. A command gets the digest on standard input
and writes the signature (DER or r‖s) to standard output. The service gets
``POST {"key_id": …, "algorithm": "SM2-SM3", "digest": "‹hex›"}`` and answers ``{"signature": "‹base64›"}``.
"""

from __future__ import annotations

import base64
import binascii
import json
import ssl
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field

import requests

from connectors.http_session import TrackedAdapter
from exchange.errors import Fatal, Retriable

PATIENCE = 10.0
"""Seconds for one signature: the sender of a message waits for it."""
_MOST = 4096
"""Bytes of an answer."""
KEY_ID = "{key_id}"


@dataclass(frozen=True, slots=True)
class SignatureCommand:
    """A program, started for each signature; ``{key_id}`` in its arguments is replaced.

    No shell is asked, so nothing in a name can become a command.
    """

    command: Sequence[str]
    patience: float = PATIENCE

    def sign(self, digest: bytes, key_id: str) -> bytes:
        """``Retriable`` if it fails or takes too long; its words may tell of keys, so they are not told."""
        words = [each.replace(KEY_ID, key_id) for each in self.command]
        try:
            done = subprocess.run(
                words, input=digest, capture_output=True, timeout=self.patience, check=False
            )
        except FileNotFoundError:
            raise Fatal("signer.no-command", command=words[0]) from None
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _away(type(error).__name__) from None
        if done.returncode or not done.stdout:
            raise _away(f"exit {done.returncode}")
        return done.stdout[:_MOST]


@dataclass(frozen=True, slots=True)
class SignatureService:
    """A service at ``url``, by mutual TLS where it is not on this machine."""

    url: str
    context: ssl.SSLContext | None = None
    patience: float = PATIENCE
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        self.session.mount("https://", TrackedAdapter(self.context))

    def sign(self, digest: bytes, key_id: str) -> bytes:
        """``Retriable`` if it does not answer with a signature."""
        asked = {"key_id": key_id, "algorithm": "SM2-SM3", "digest": digest.hex()}
        try:
            with self.session.post(
                self.url, json=asked, timeout=self.patience, stream=True, allow_redirects=False
            ) as answer:
                body = answer.raw.read(_MOST, decode_content=True)
        except requests.RequestException as error:
            raise _away(type(error).__name__) from None
        if answer.status_code != 200:
            raise _away(f"HTTP {answer.status_code}")
        return _signature(body)


def _signature(body: bytes) -> bytes:
    try:
        return base64.b64decode(json.loads(body)["signature"], validate=True)
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise _away("form") from None


def _away(reason: str) -> Retriable:
    return Retriable("signer.server-away", reason=reason)
