import ctypes

import pytest

from crypto import sm2_openssl
from crypto.errors import BadKey, Unsupported


def test_a_point_that_openssl_does_not_accept_is_a_bad_key():
    with pytest.raises(BadKey):
        sm2_openssl.open_provider().verifying_key(bytes(64))


def test_an_old_libcrypto_is_refused(monkeypatch):
    class Old:
        @staticmethod
        def OpenSSL_version_num():
            return 0x1010117F

    monkeypatch.setattr(sm2_openssl, "_loaded", Old)
    with pytest.raises(Unsupported):
        sm2_openssl.open_provider()


def test_a_libcrypto_built_without_sm3_is_refused(monkeypatch):
    class WithoutSm3:
        def __init__(self):
            self._real = sm2_openssl.ctypes.CDLL("libcrypto.so.3")

        def __getattr__(self, name):
            if name == "EVP_sm3":
                raise AttributeError(name)
            return getattr(self._real, name)

    monkeypatch.setattr(sm2_openssl, "_loaded", WithoutSm3)
    with pytest.raises(Unsupported) as caught:
        sm2_openssl.open_provider()
    assert caught.value.facts["name"] == "EVP_sm3"


def test_no_libcrypto_at_all_is_an_os_error(monkeypatch):
    def missing(name):
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    with pytest.raises(OSError):
        sm2_openssl.open_provider()


def test_keys_are_given_back_to_the_library():
    freed = []
    provider = sm2_openssl.open_provider()
    private, public = provider.generate()
    key = provider.verifying_key(public)
    key._release.detach()
    key._release = sm2_openssl.weakref.finalize(key, freed.append, key.pointer)
    pointer = key.pointer
    del key
    assert freed == [pointer]
    provider.library.EVP_PKEY_free(pointer)
    assert len(private) == 32
