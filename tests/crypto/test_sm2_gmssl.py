import pytest

from crypto import sm2_gmssl
from crypto.errors import BadKey


def test_a_failure_inside_the_library_is_a_bad_key_without_its_text():
    provider = sm2_gmssl.open_provider()
    with pytest.raises(BadKey) as caught:
        provider.signing_key(b"short", bytes(64)).sign(b"data")
    assert caught.value.code == "crypto.signing-failed"
    assert caught.value.__suppress_context__


def test_the_private_key_is_not_in_the_text_of_a_loaded_key():
    private, public = sm2_gmssl.open_provider().generate()
    assert repr(private) not in repr(sm2_gmssl.open_provider().signing_key(private, public))
