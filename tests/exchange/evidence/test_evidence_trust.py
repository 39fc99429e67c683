"""Trust comes from a folder of the checker's, and a folder that can't be used gives none."""

import pytest

from crypto import certificates
from exchange import evidence_trust
from exchange.errors import Forbidden
from exchange.evidence_result import exit_code

pytestmark = pytest.mark.guarantee("G5")


def refusal(folder):
    with pytest.raises(Forbidden) as told:
        evidence_trust.load(folder)
    return told.value.code, exit_code(told.value)


def test_anchors_and_lists_are_found_by_their_suffix(tmp_path, sm2, kit):
    root, _ = sm2.root
    listed = certificates.issue_crl(*sm2.root, [], this_update=kit.FROM, next_update=kit.UNTIL)
    (tmp_path / "root.crt").write_bytes(root.pem)
    (tmp_path / "middle.PEM").write_bytes(sm2.middle[0].pem)
    (tmp_path / "der.cer").write_bytes(root.der)
    (tmp_path / "root.crl").write_bytes(listed.pem)
    (tmp_path / "readme.txt").write_text("何时取得")
    trust = evidence_trust.load(tmp_path)
    assert [each.common_name for each in trust.anchors] == ["Root", "中级CA", "Root"]
    assert [each.der for each in trust.lists] == [listed.der]


def test_an_empty_folder_gives_no_anchor_and_what_is_no_folder_is_named(tmp_path, sm2):
    assert refusal(tmp_path) == ("evidence.no-anchor", 5)
    assert refusal(tmp_path / "nowhere") == ("evidence.no-trust-folder", 5)
    (file := tmp_path / "root.crt").write_bytes(sm2.root[0].pem)
    assert refusal(file) == ("evidence.no-trust-folder", 5)
    with pytest.raises(Forbidden) as caught:
        evidence_trust.load(tmp_path, tmp_path / "stamps")
    assert caught.value.facts == {"folder": (tmp_path / "stamps").as_posix()}


def test_a_units_certificate_is_no_anchor(tmp_path, sm2):
    (tmp_path / "root.crt").write_bytes(sm2.root[0].pem)
    (tmp_path / "hub.crt").write_bytes(sm2.certificates["hub"].pem)
    assert refusal(tmp_path) == ("evidence.trust-file", 5)


@pytest.mark.parametrize("name", ["root.crt", "root.crl"])
def test_a_broken_file_is_refused_and_not_passed_over(tmp_path, sm2, name):
    (tmp_path / "good.crt").write_bytes(sm2.root[0].pem)
    (tmp_path / name).write_bytes(b"-----BEGIN CERTIFICATE-----\n")
    assert refusal(tmp_path) == ("evidence.trust-file", 5)
