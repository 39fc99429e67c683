"""SM2 by the system's libcrypto (OpenSSL 3.0 or later) through ctypes.

ctypes gives up the interpreter lock during each call, so threads sign in parallel. A key is
parsed once and shared: OpenSSL only reads it, every call has its own digest context.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import weakref
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_ulong, c_void_p
from dataclasses import dataclass
from typing import Any

from crypto.der import to_der, to_raw
from crypto.errors import BadKey, CryptoError, Unsupported
from crypto.key_forms import public_info, sm2_from_sec1, sm2_private_info
from crypto.sm2_curve import USER_ID

_OLDEST = 0x30000000
_LONGEST_SIGNATURE = 72
"""Bytes of DER: two integers of at most 33 bytes, and their heads."""

_PROTOTYPES: dict[str, tuple[Any, list[Any]]] = {
    "OpenSSL_version_num": (c_ulong, []),
    "OpenSSL_version": (c_char_p, [c_int]),
    "ERR_clear_error": (None, []),
    "EVP_sm3": (c_void_p, []),
    "d2i_PUBKEY": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "d2i_AutoPrivateKey": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "i2d_PrivateKey": (c_int, [c_void_p, c_void_p]),
    "EVP_PKEY_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_new_from_name": (c_void_p, [c_void_p, c_char_p, c_char_p]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_keygen_init": (c_int, [c_void_p]),
    "EVP_PKEY_generate": (c_int, [c_void_p, POINTER(c_void_p)]),
    "EVP_PKEY_CTX_set1_id": (c_int, [c_void_p, c_char_p, c_int]),
    "EVP_MD_CTX_new": (c_void_p, []),
    "EVP_MD_CTX_free": (None, [c_void_p]),
    "EVP_DigestSignInit": (c_int, [c_void_p, POINTER(c_void_p), c_void_p, c_void_p, c_void_p]),
    "EVP_DigestVerifyInit": (c_int, [c_void_p, POINTER(c_void_p), c_void_p, c_void_p, c_void_p]),
    "EVP_DigestSign": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_DigestVerify": (c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
}


class _Key:
    """An EVP_PKEY with its release, and the digest context that each call needs."""

    def __init__(self, library: Any, pointer: int | None) -> None:
        if not pointer:
            library.ERR_clear_error()
            raise BadKey("crypto.bad-key", "OpenSSL does not accept this SM2 key")
        self.library, self.pointer = library, pointer
        self._release = weakref.finalize(self, library.EVP_PKEY_free, pointer)

    def _started(self, initialise: Any) -> int:
        """A new digest context for this key, the user id told (else OpenSSL uses none)."""
        context: int = self.library.EVP_MD_CTX_new()
        inner = c_void_p()
        started = initialise(context, byref(inner), self.library.EVP_sm3(), None, self.pointer)
        if started == 1 and self.library.EVP_PKEY_CTX_set1_id(inner, USER_ID, len(USER_ID)) == 1:
            return context
        self.library.EVP_MD_CTX_free(context)
        self.library.ERR_clear_error()
        raise Unsupported("crypto.no-sm2", "this OpenSSL cannot use SM2 with SM3")


class _Signing(_Key):
    def sign(self, data: bytes) -> bytes:
        context = self._started(self.library.EVP_DigestSignInit)
        try:
            out = ctypes.create_string_buffer(_LONGEST_SIGNATURE)
            size = c_size_t(_LONGEST_SIGNATURE)
            if self.library.EVP_DigestSign(context, out, byref(size), data, len(data)) != 1:
                self.library.ERR_clear_error()
                raise BadKey("crypto.signing-failed", "OpenSSL could not sign")
            return to_raw(out.raw[: size.value])
        finally:
            self.library.EVP_MD_CTX_free(context)


class _Verifying(_Key):
    def verifies(self, signature: bytes, data: bytes) -> bool:
        try:
            der = to_der(signature)
        except CryptoError:
            return False
        context = self._started(self.library.EVP_DigestVerifyInit)
        try:
            result = self.library.EVP_DigestVerify(context, der, len(der), data, len(data))
            self.library.ERR_clear_error()
            return bool(result == 1)
        finally:
            self.library.EVP_MD_CTX_free(context)


@dataclass(frozen=True, slots=True)
class OpensslProvider:
    """See ``crypto.sm2.Provider``."""

    library: Any

    @property
    def name(self) -> str:
        """Library and version."""
        return str(self.library.OpenSSL_version(0).decode("ascii"))

    def generate(self) -> tuple[bytes, bytes]:
        """A new pair, by OpenSSL's random generator."""
        context = self.library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
        made = c_void_p()
        try:
            if not context or self.library.EVP_PKEY_keygen_init(context) != 1:
                raise Unsupported("crypto.no-sm2", "this OpenSSL has no SM2 keys")
            self.library.EVP_PKEY_generate(context, byref(made))
        finally:
            self.library.EVP_PKEY_CTX_free(context)
            self.library.ERR_clear_error()
        return self._exported(_Key(self.library, made.value))

    def signing_key(self, private: bytes, public: bytes) -> _Signing:
        """Load a pair."""
        der = sm2_private_info(private, public)
        return _Signing(self.library, self._parsed(self.library.d2i_AutoPrivateKey, der))

    def verifying_key(self, public: bytes) -> _Verifying:
        """Load x‖y."""
        der = public_info("SM2-SM3", public)
        return _Verifying(self.library, self._parsed(self.library.d2i_PUBKEY, der))

    def _exported(self, key: _Key) -> tuple[bytes, bytes]:
        out = ctypes.create_string_buffer(self.library.i2d_PrivateKey(key.pointer, None))
        self.library.i2d_PrivateKey(key.pointer, byref(c_char_p(ctypes.addressof(out))))
        return sm2_from_sec1(out.raw)

    @staticmethod
    def _parsed(parse: Any, der: bytes) -> int | None:
        pointer: int | None = parse(None, byref(c_char_p(der)), len(der))
        return pointer


def open_provider() -> OpensslProvider:
    """Raises ``OSError`` without a libcrypto, ``Unsupported`` if it is too old or lacks SM2."""
    library = _loaded()
    if library.OpenSSL_version_num() < _OLDEST:
        raise Unsupported("crypto.no-sm2", "libcrypto is older than 3.0")
    try:
        for name, (result, arguments) in _PROTOTYPES.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except AttributeError:
        raise Unsupported("crypto.no-sm2", "libcrypto was built without SM3", name=name) from None
    return OpensslProvider(library)


def _loaded() -> Any:
    try:
        return ctypes.CDLL("libcrypto.so.3")
    except OSError:
        # Other systems name it otherwise; asking costs a subprocess, so it is asked second.
        return ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so")
