"""Both implementations, against the published example, against each other, and broken on purpose."""

import sys
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import pytest

from crypto import sm2, sm2_curve
from crypto.errors import Unsupported

pytestmark = pytest.mark.guarantee("G9")
PUBLIC = bytes.fromhex(sm2._EXAMPLE_PUBLIC)
PRIVATE = bytes.fromhex(sm2._EXAMPLE_PRIVATE)
SIGNATURE = bytes.fromhex(sm2._EXAMPLE_SIGNATURE)


@pytest.fixture(params=sm2.CANDIDATES)
def provider(request):
    return sm2.opened(request.param)


def test_the_published_signature_verifies(provider):
    assert provider.verifying_key(PUBLIC).verifies(SIGNATURE, b"message digest")


def test_any_other_message_or_signature_does_not(provider):
    key = provider.verifying_key(PUBLIC)
    assert not key.verifies(SIGNATURE, b"message digesT")
    assert not key.verifies(SIGNATURE[32:] + SIGNATURE[:32], b"message digest")
    assert not key.verifies(SIGNATURE[:-1], b"message digest")


@pytest.mark.parametrize("r", [0, sm2_curve.N, 2**256 - 1])
def test_numbers_outside_the_group_are_no_signature(provider, r):
    signature = r.to_bytes(32, "big") + SIGNATURE[32:]
    assert not provider.verifying_key(PUBLIC).verifies(signature, b"message digest")


def test_a_signature_is_randomised_and_verifies(provider):
    key = provider.signing_key(PRIVATE, PUBLIC)
    first, second = key.sign(b"data"), key.sign(b"data")
    assert first != second
    assert all(provider.verifying_key(PUBLIC).verifies(each, b"data") for each in (first, second))


def test_a_new_pair_is_on_the_curve_and_signs(provider):
    private, public = provider.generate()
    assert sm2_curve.on_curve(public)
    signature = provider.signing_key(private, public).sign(b"")
    assert provider.verifying_key(public).verifies(signature, b"")


def test_each_provider_accepts_what_the_other_signs():
    one, two = (sm2.opened(module) for module in sm2.CANDIDATES)
    for signer, checker in ((one, two), (two, one)):
        private, public = signer.generate()
        signature = signer.signing_key(private, public).sign(b"across")
        assert checker.verifying_key(public).verifies(signature, b"across")


def test_one_key_signs_in_many_threads_at_once(provider):
    signing, verifying = provider.signing_key(PRIVATE, PUBLIC), provider.verifying_key(PUBLIC)
    messages = [str(number).encode() for number in range(64)]
    with ThreadPoolExecutor(4) as pool:
        signatures = list(pool.map(signing.sign, messages))
        assert all(pool.map(verifying.verifies, signatures, messages))


class Liar:
    """Accepts every signature."""

    name = "liar"

    def verifying_key(self, public):
        return self

    def signing_key(self, private, public):
        return self

    def sign(self, data):
        return bytes(64)

    def verifies(self, signature, data):
        return True


class Stranger(Liar):
    """Consistent in itself, but with other results than the standard (another user id)."""

    name = "stranger"

    def verifies(self, signature, data):
        return signature == bytes(64)


@pytest.mark.parametrize("broken", [Liar(), Stranger()])
def test_a_provider_with_wrong_results_is_refused(broken):
    with pytest.raises(Unsupported) as caught:
        sm2.known_answer_test(broken)
    assert caught.value.facts["provider"] == broken.name


@pytest.fixture
def lying_module(monkeypatch):
    module = ModuleType("lying_sm2")
    module.open_provider = Liar
    monkeypatch.setitem(sys.modules, "lying_sm2", module)
    return "lying_sm2"


def test_the_next_candidate_is_taken_when_the_first_fails(lying_module):
    chosen = sm2.first_usable((lying_module, "no_such_module_anywhere", "crypto.sm2_gmssl"))
    assert chosen.name.startswith("gmssl-pyx")


def test_without_any_usable_candidate_there_is_no_sm2(lying_module):
    with pytest.raises(Unsupported) as caught:
        sm2.first_usable((lying_module,))
    assert caught.value.code == "crypto.no-sm2"


def test_the_report_says_of_each_candidate_what_became_of_it(lying_module):
    good, bad = sm2.providers(("crypto.sm2_openssl", lying_module))
    assert (good.usable, bad.usable) == (True, False)
    assert good.detail.startswith("OpenSSL 3")
    assert "crypto.sm2-self-test" in bad.detail


def test_the_provider_in_use_is_the_first_usable_one_and_stays():
    assert sm2.provider() is sm2.provider()
    usable = [report for report in sm2.providers() if report.usable]
    assert sm2.provider().name == usable[0].detail
