import pickle

import pytest

from crypto.errors import BadKey, BadSignature, CryptoError, Malformed, translated


def test_every_error_is_a_value_error_with_code_message_and_facts():
    error = BadSignature("crypto.bad-signature", "does not verify", suite="Ed25519")
    assert isinstance(error, ValueError)
    assert (error.code, error.message) == ("crypto.bad-signature", "does not verify")
    assert error.facts == {"suite": "Ed25519"}


def test_errors_cross_process_borders():
    error = pickle.loads(pickle.dumps(BadKey("crypto.key-size", "wrong", bytes=3)))
    assert (type(error), error.code, error.facts) == (BadKey, "crypto.key-size", {"bytes": 3})


def test_translated_replaces_foreign_errors_and_drops_their_text():
    with pytest.raises(Malformed) as caught, translated(Malformed, "crypto.x", "broken"):
        raise KeyError("the secret")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "secret" not in str(caught.value)


def test_translated_lets_our_own_errors_through():
    with pytest.raises(BadKey), translated(Malformed, "crypto.x", "broken"):
        raise BadKey("crypto.bad-key", "broken")


def test_translated_does_not_stop_an_interrupt():
    with pytest.raises(KeyboardInterrupt), translated(CryptoError, "crypto.x", "broken"):
        raise KeyboardInterrupt
