"""TLS contexts out of PEM files, for the client and the server side of every wire.

One place decides what is acceptable: TLS 1.2 or newer, the peer's certificate always checked,
client certificates where the site asks for them. Key files may be encrypted; OpenSSL must never
stop a daemon to ask a terminal for the pass phrase, so one is always supplied.

Error map: an unreadable, mismatched or undecryptable file → ``Fatal wire.tls-file``.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.errors import Fatal
from exchange.ports import Endpoint

PemFile = Path | str

_REFUSALS = frozenset(
    {
        "TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        "SSLV3_ALERT_CERTIFICATE_REVOKED",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        "TLSV1_ALERT_ACCESS_DENIED",
        "TLSV1_ALERT_DECRYPT_ERROR",
        "TLSV1_ALERT_UNKNOWN_CA",
    }
)


def client(
    *,
    ca: PemFile = "",
    cert: PemFile = "",
    key: PemFile = "",
    password: str = "",
    check_hostname: bool = True,
    crl: PemFile = "",
) -> ssl.SSLContext:
    """Context to call a peer: ``ca`` its authority (the machine's own store if empty).

    ``cert``/``key`` are our client certificate (mTLS); an empty ``key`` means that ``cert``
    holds both. ``check_hostname=False`` is for peers reached by an address that their
    certificate lacks: the authority is checked all the same. With ``crl`` (the authority's list
    of revoked certificates) a peer's certificate that is on it is refused, and every peer is once
    the list is out of date: who no longer updates it must notice. Raises ``Fatal``.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = check_hostname
    with _told(ca):
        _trust(context, ca)
    if crl:
        with _told(crl):
            context.load_verify_locations(crl)
        context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    _present(context, cert, key, password)
    return context


def of_endpoint(endpoint: Endpoint, *, check_hostname: bool = True) -> ssl.SSLContext | None:
    """For an ``https`` address, with the connection's files; None for plain ``http``."""
    secure = endpoint.address.lower().startswith("https:")
    return of_files(endpoint, check_hostname=check_hostname) if secure else None


def of_files(endpoint: Endpoint, *, check_hostname: bool = True) -> ssl.SSLContext:
    """With the files that the connection names, all of them: whoever reads them himself forgets
    the list of revoked certificates.
    """
    ca, cert, key, password, crl = (
        endpoint.extra.get(name, "") for name in ("ca", "cert", "key", "key_password", "crl")
    )
    return client(
        ca=ca, cert=cert, key=key, password=password, crl=crl, check_hostname=check_hostname
    )


def server(
    *,
    cert: PemFile,
    key: PemFile = "",
    password: str = "",
    client_ca: PemFile = "",
    crl: PemFile = "",
) -> ssl.SSLContext:
    """Context to be called; with ``client_ca`` every caller must show a certificate of it.

    ``crl``: its list of revoked certificates, as for ``client``.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _present(context, cert, key, password)
    if client_ca:
        with _told(client_ca):
            context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    if crl:
        with _told(crl):
            context.load_verify_locations(crl)
        context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    return context


def refused_us(error: BaseException | None) -> bool:
    """True if the peer's alert refuses our certificate, so that it cannot have acted for us.

    With TLS 1.3 the client has finished its handshake, and may have sent its request, before the
    server looks at the client certificate (RFC 8446, 4.4.2.4); the alert then comes in place of
    the answer. Any other TLS failure after sending leaves it unknown what was executed.
    """
    return isinstance(error, ssl.SSLError) and _reason(error) in _REFUSALS


def is_about_certificates(error: BaseException) -> bool:
    """On the called side: the caller showed no certificate, or did not believe ours (its alert)."""
    reason = _reason(error)
    return reason in _REFUSALS or reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"


def behind(error: OSError, connection: socket.socket | None) -> OSError:
    """What a failed write was about: the peer's alert about our certificate, if one waits.

    A server that refuses us closes at once; if that arrives before our request is written, the
    write fails, and the reason for it is still unread.
    """
    if isinstance(error, ssl.SSLEOFError) and connection is not None:
        try:
            connection.settimeout(1)
            connection.recv(1)
        except OSError as alert:
            return alert if refused_us(alert) else error
    return error


def why(error: BaseException | None) -> str:
    """The reason of a failed handshake in OpenSSL's words; holds no data of ours.

    >>> why(TimeoutError())
    'TimeoutError'
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return str(error.verify_message)
    return _reason(error) or type(error).__name__


def _reason(error: BaseException | None) -> str:
    return str(getattr(error, "reason", "") or "")  # only errors out of OpenSSL carry one


def _trust(context: ssl.SSLContext, ca: PemFile) -> None:
    if ca:
        context.load_verify_locations(ca)
    else:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)


def _present(context: ssl.SSLContext, cert: PemFile, key: PemFile, password: str) -> None:
    if cert:
        with _told(cert, key):
            context.load_cert_chain(cert, key or None, password=lambda: password)


@contextmanager
def _told(*files: PemFile) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        named = ", ".join(str(file) for file in files if file)
        reason = (
            error.strerror if type(error) is not ssl.SSLError and isinstance(error, OSError) else ""
        )
        raise Fatal("wire.tls-file", file=named, reason=reason or why(error)) from None
