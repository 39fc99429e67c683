import ssl

import pytest

from connectors import tls
from connectors.amqp_options import Broker
from connectors.ftps_line import Server
from exchange.errors import Fatal
from exchange.ports import Endpoint


def test_nothing_below_tls_1_2_and_the_peer_is_always_checked(pki):
    context = tls.client(ca=pki.ca)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_the_host_name_may_differ_but_the_authority_may_not(pki):
    context = tls.client(ca=pki.ca, check_hostname=False)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, False)


def test_an_encrypted_key_is_opened_with_its_pass_phrase(pki):
    tls.client(ca=pki.ca, cert=pki.client.cert, key=pki.client.key, password=pki.password)


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_missing_or_wrong_pass_phrase_names_the_file_and_asks_no_terminal(pki, password):
    with pytest.raises(Fatal, match=r"wire\.tls-file") as raised:
        tls.client(ca=pki.ca, cert=pki.client.cert, key=pki.client.key, password=password)
    assert str(pki.client.key) in raised.value.facts["file"]


def test_certificate_and_key_that_do_not_belong_together(pki):
    with pytest.raises(Fatal) as raised:
        tls.server(cert=pki.server.cert, key=pki.client.key, password=pki.password)
    assert raised.value.facts["reason"] == "KEY_VALUES_MISMATCH"


def test_with_a_revocation_list_the_peer_is_looked_up_in_it(pki):
    checked = ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    assert tls.client(ca=pki.ca, crl=pki.crl).verify_flags & checked
    assert not tls.client(ca=pki.ca).verify_flags & checked
    with pytest.raises(Fatal, match=r"wire\.tls-file"):
        tls.client(ca=pki.ca, crl=pki.client.key)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Fatal) as raised:
        tls.client(ca=tmp_path / "no.pem")
    assert raised.value.facts == {
        "file": str(tmp_path / "no.pem"),
        "reason": "No such file or directory",
    }


def test_a_file_without_a_certificate_is_named(tmp_path):
    (tmp_path / "page.pem").write_text("<html>")
    with pytest.raises(Fatal, match=r"wire\.tls-file"):
        tls.client(ca=tmp_path / "page.pem")


def test_a_server_with_a_client_authority_demands_certificates(pki):
    given = {"cert": pki.server.cert, "key": pki.server.key, "password": pki.password}
    assert tls.server(**given).verify_mode == ssl.CERT_NONE
    assert tls.server(**given, client_ca=pki.ca).verify_mode == ssl.CERT_REQUIRED


# --- of a connection ---------------------------------------------------------------------------------


def test_plain_http_needs_no_tls():
    assert tls.of_endpoint(Endpoint("http://127.0.0.1:1")) is None


def test_https_checks_the_peer_against_the_connection_s_authority(tmp_path, pki):
    with pytest.raises(Fatal, match=r"wire\.tls-file"):
        tls.of_endpoint(Endpoint("https://h:1", extra={"ca": str(tmp_path / "none.pem")}))
    files = {"ca": str(pki.ca), "cert": str(pki.client.cert), "key": str(pki.client.key)}
    opened = tls.of_endpoint(Endpoint("HTTPS://h:1", extra={**files, "key_password": pki.password}))
    assert (opened.verify_mode, opened.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_every_file_of_a_connection_is_used_also_the_list_of_revoked_certificates(pki):
    extra = {"ca": str(pki.ca), "crl": str(pki.crl)}
    checked = ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    for made in (tls.of_files, tls.of_endpoint):
        context = made(Endpoint("https://h", extra=extra))
        assert context.verify_flags & checked
    assert Server.of(Endpoint("h:21", extra=extra), 5).context.verify_flags & checked
    assert Broker.of(Endpoint("h:5671", extra=extra)).tls.verify_flags & checked
