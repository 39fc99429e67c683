"""One transfer, one field; and evidence after a rotation and after an erasure (G5, G6, G9)."""

import pytest

from crypto import keys
from exchange import audit
from exchange.errors import Fatal, Rejected
from exchange.evidence_report import markdown
from exchange.evidence_verify import verify
from exchange.evidence_zip import unpack
from exchange.keyring import Keyring, UnitCertificate
from exchange.ledger import Entry
from tests.exchange.evidence.conftest import issue

pytestmark = pytest.mark.guarantee("G5")
SECRETS = ("320117199602140026", "张小直", "王知达", "19900000001")


def moved(world, receiver="police"):
    checked = verify(world.bundle, world.checker())
    return next(each for each in checked.transfers if each.receiver == receiver)


def test_one_transfer_is_its_document_note_and_receipt(world):
    wanted = moved(world)
    data = world.exporter().export(world.case, transfer=wanted.id[:8])
    checked = verify(data, world.checker())
    assert (checked.scope, checked.unit) == ("transfer", "police")
    assert [each.id for each in checked.transfers] == [wanted.id]
    assert sorted({each.kind for each in checked.events}) == ["document", "receipt", "transfer"]
    assert "提供给溧水区示例公安分局的一次" in markdown(checked, "")


@pytest.mark.guarantee("G6")
def test_one_field_and_nothing_of_the_others(world):
    wanted = moved(world)
    data = world.exporter().export(world.case, transfer=wanted.id, fields=["/child/sex"])
    checked = verify(data, world.checker())
    [shown] = checked.transfers
    assert (checked.scope, dict(shown.fields)) == ("field", {"/child/sex": "2"})
    assert shown.disclosed == wanted.disclosed
    text = markdown(checked, "", values=True)
    assert "`/child/sex` = 2" in text
    assert "当时提供了、本包没有出示的字段（" in text
    assert not any(secret in text or secret.encode() in data for secret in SECRETS)
    assert unpack(data)[f"transfers/{wanted.id}.sd-jwt"].count(b"~") == 2


def test_what_can_not_be_shown(world):
    wanted = moved(world)
    for more, code in (
        ({"transfer": "f" * 32}, "evidence.no-transfer"),
        ({"transfer": wanted.id, "fields": ["/father/name"]}, "evidence.no-field"),
        ({"transfer": wanted.id, "fields": ["/nothing"]}, "evidence.no-field"),
    ):
        with pytest.raises(Rejected) as refused:
            world.exporter().export(world.case, **more)
        assert refused.value.code == code


def test_the_report_tells_keys_digests_and_on_whose_word(world):
    checked = verify(world.bundle, world.checker())
    text = markdown(checked, "")
    assert "时间：本单位时钟" in text
    for each in checked.documents:
        assert each.digest in text
    held = {key.signature.unit: key for key in checked.keys}
    assert held["hub"].what == ("document", "head", "seal")
    assert held["hospital"].what == ("document",)
    for key in checked.keys:
        assert key.signature.kid in text
        assert key.signature.serial in text
    assert "该单位（中枢声明自己不持有）" in text
    assert "未提供的字段只由中枢声明" in text
    assert checked.to_json()["keys"][0]["signature"]["kid"]


@pytest.mark.guarantee("G9")
def test_after_a_rotation_old_and_new_keys_stand_side_by_side(make_world):
    world = make_world("SM2-SM3")
    old = world.bundle
    key = keys.generate("SM2-SM3")
    certificate = issue("hub", key.public, world.root)
    known = [UnitCertificate(u, c) for u, c in world.certificates.items()]
    keyring = Keyring([*known, UnitCertificate("hub", certificate)])
    data = world.exporter(signer=key, keyring=keyring).export(world.case, older=world.old_head)
    checked = verify(data, world.checker())
    told = {each.signature.kid: each.what for each in checked.keys}
    assert told[key.kid] == ("seal",)
    assert told[world.keys["hub"].kid] == ("document", "head", "older-head")
    assert all(kid in markdown(checked, "") for kid in told)
    assert verify(old, world.checker()).case == world.case


@pytest.mark.guarantee("G6")
def test_after_an_erasure_that_and_when_stand_and_an_older_bundle_verifies(make_world):
    world = make_world()
    world.vault.destroy("b")
    with pytest.raises(Fatal, match=r"vault\.bucket-gone"):
        world.exporter().export(world.case)
    assert verify(world.bundle, world.checker()).case == world.case
    world.ledger.commit(lambda _: [Entry("test", "after")])
    found = audit.verify(world.store, world.keys["hub"].public, "hub.test")
    assert (found.problems, found.pruned) == ([], 0)
