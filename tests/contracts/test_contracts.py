"""Every adapter under the contract: one line each."""

from __future__ import annotations

from tests.contracts.suite import ActingContract, ReadingContract
from zhida.hub import ADAPTERS


class TestPublicSecurity(ActingContract):
    subject = "public_security"


class TestPublicSecurityCard(ActingContract):
    subject = "public_security_card"


class TestHealthVoucher(ActingContract):
    subject = "health_voucher"


class TestHealthCertificate(ActingContract):
    subject = "health_certificate"


class TestHealthVaccination(ActingContract):
    subject = "health_vaccination"


class TestHealthParenting(ActingContract):
    subject = "health_parenting"


class TestSocialSecurity(ActingContract):
    subject = "social_security"


class TestBank(ActingContract):
    subject = "bank"


class TestMedicalInsurance(ActingContract):
    subject = "medical_insurance"


class TestMedicalInsuranceSettlement(ActingContract):
    subject = "insurance_settlement"


class TestCivilAffairs(ReadingContract):
    subject = "civil_affairs_marriage"


class TestTax(ActingContract):
    subject = "tax_premium"


class TestTreasury(ActingContract):
    subject = "treasury_tables"


class TestOaTodo(ActingContract):
    subject = "oa_todo"


class TestOaReply(ActingContract):
    subject = "oa_reply"


class TestOaRestTodo(ActingContract):
    subject = "oa_rest_todo"


class TestOaRestReply(ActingContract):
    subject = "oa_rest_reply"


class TestOaMessage(ActingContract):
    subject = "oa_message"


class TestDesk(ActingContract):
    subject = "desk_soap"


class TestDeskRest(ActingContract):
    subject = "desk_rest"


class TestNotificationSms(ActingContract):
    subject = "notification_sms"


class TestNotificationWecom(ActingContract):
    subject = "notification_wecom"


class TestSharingPlatform(ReadingContract):
    subject = "sharing_insured"


class TestCertificates(ReadingContract):
    subject = "certificates_register"


class TestSeal(ActingContract):
    subject = "seal_platform"


class TestHospital(ReadingContract):
    subject = "hospital"


class TestGenericActing(ActingContract):
    subject = "generic_acting"


class TestGenericSoap(ActingContract):
    subject = "generic_soap"


class TestGenericReading(ReadingContract):
    subject = "generic_reading"


NO_OPERATIONS = (
    *("bank_feed", "bulk", "database", "feed", "gate", "large_files", "lists", "recipient"),
)
"""Sources, places for files, databases of syncs: nothing is done in the system behind them."""


def test_every_adapter_that_does_something_is_under_the_contract() -> None:
    here = {name for name, each in globals().items() if isinstance(each, type)}
    wanted = {alias.title().replace("_", "") for alias in ADAPTERS if alias not in NO_OPERATIONS}
    assert {name for name in wanted if not any(n.startswith(f"Test{name}") for n in here)} == set()
