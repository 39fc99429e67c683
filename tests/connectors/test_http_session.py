import os
import ssl

from connectors import tls
from connectors.http_session import TrackedAdapter


def test_the_given_context_is_the_only_tls_there_is(pki):
    context = tls.client(ca=pki.ca)
    authorities = context.get_ca_certs()
    adapter = TrackedAdapter(context)
    pool = adapter.poolmanager.connection_from_url("https://127.0.0.1:1/")
    adapter.cert_verify(pool, "https://127.0.0.1:1/", True, None)
    connection = pool._new_conn()
    assert connection.ssl_context is context
    assert (pool.ca_certs, pool.cert_file) == (None, None)
    assert context.get_ca_certs() == authorities
    adapter.close()


def test_without_a_context_the_machine_s_authorities_are_trusted():
    adapter = TrackedAdapter(None)
    pool = adapter.poolmanager.connection_from_url("https://127.0.0.1:1/")
    assert pool._new_conn().ssl_context.verify_mode == ssl.CERT_REQUIRED
    adapter.close()


def test_sessions_share_what_the_machine_trusts_until_it_is_said_to_lie_elsewhere(pki, monkeypatch):
    first, second = TrackedAdapter(None), TrackedAdapter(None)
    assert first._context is second._context
    monkeypatch.setenv("SSL_CERT_FILE", str(pki.ca))
    third = TrackedAdapter(None)
    assert third._context is not first._context
    assert [each["subject"] for each in third._context.get_ca_certs()] != []


def test_authorities_that_the_machine_gets_while_we_run_count(pki, monkeypatch, tmp_path):
    file = tmp_path / "machine.pem"
    file.write_bytes(pki.ca.read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    first = TrackedAdapter(None)
    assert TrackedAdapter(None)._context is first._context
    file.write_bytes(pki.ca.read_bytes() * 2)
    os.utime(file, ns=(1, 1))
    assert TrackedAdapter(None)._context is not first._context
