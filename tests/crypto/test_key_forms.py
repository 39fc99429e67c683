import pytest

from crypto import key_forms, keys
from crypto.errors import BadKey, Malformed, Unsupported


def test_public_and_private_forms_are_read_back(key):
    public, private = key.public.raw, key.raw
    assert key_forms.read_public_info(key_forms.public_info(key.suite, public)) == (
        key.suite,
        public,
    )
    read = key_forms.read_private_info(key_forms.private_info(key.suite, private, public))
    assert read[:2] == (key.suite, private)
    assert read[2] in (b"", public)


def test_a_public_key_has_no_second_form(key):
    der = key_forms.public_info(key.suite, key.public.raw)
    for changed in (der + b"\0", der[:-1], b"\x30\x81" + der[1:]):
        with pytest.raises(Unsupported):
            key_forms.read_public_info(changed)


def test_a_point_beside_the_curve_is_a_bad_key():
    with pytest.raises(BadKey):
        key_forms.read_public_info(key_forms.public_info("SM2-SM3", b"\1" * 64))


@pytest.mark.parametrize("scalar", [0, key_forms.N - 1, key_forms.N, 2**256 - 1])
def test_sm2_private_keys_lie_between_1_and_n_minus_2(scalar):
    public = keys.generate("SM2-SM3").public.raw
    info = key_forms.sm2_private_info(scalar.to_bytes(32, "big"), public)
    with pytest.raises(BadKey):
        key_forms.read_private_info(info)


def test_an_sm2_key_without_its_public_half_is_refused():
    with pytest.raises(BadKey) as caught:
        key_forms.sm2_from_sec1(bytes.fromhex("30250201010420") + b"\1" * 32)
    assert caught.value.code == "crypto.key-without-public"


def test_keys_of_other_curves_are_not_supported():
    # id-ecPublicKey on prime256v1
    head = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420"
    with pytest.raises(Unsupported):
        key_forms.read_private_info(bytes.fromhex(head) + bytes(102))


@pytest.mark.parametrize("der", [b"", b"0", b"\x30\x03\x02\x01\x00", b"\x30\x80" * 50])
def test_broken_der_is_malformed(der):
    with pytest.raises(Malformed):
        key_forms.read_private_info(der)
