"""Databases by address: what is wrong with it, and which driver has to be installed."""

import pytest
from sqlalchemy import make_url

from connectors import tables
from connectors.tables_address import _secured
from exchange.errors import Fatal
from exchange.ports import Endpoint
from exchange.problems import describe


@pytest.mark.parametrize(
    ("url", "package"),
    [
        ("oracle+oracledb://host:1521/?service_name=x", "oracledb"),
        ("mssql+pyodbc://host/x", "pyodbc"),
        ("mssql+pymssql://host/x", "pymssql"),
        ("dm+dmPython://host:5236", "dmPython + dmSQLAlchemy"),
        ("kingbase+ksycopg2://host:54321/x", "ksycopg2 + sqlalchemy-kingbase"),
        ("nodb+nothing://host/x", "?"),
    ],
)
def test_a_driver_that_is_not_there_is_named_with_its_package(url, package):
    for opened in (tables.open_feed, tables.open_connector):
        with pytest.raises(Fatal) as raised:
            opened({"url": url, "tables": {}}, Endpoint("host", "hub", "secret"))
        assert raised.value.code == "tables.driver"
        assert raised.value.facts["package"] == package
        text, remedy = describe(raised.value.code, raised.value.facts)
        assert package in remedy
        assert "secret" not in text + remedy


@pytest.mark.parametrize("told", [{"url": "no address"}, {"driver": "mysql", "database": "x"}])
def test_an_address_that_is_none_is_told(told):
    with pytest.raises(Fatal, match=r"tables\.address"):
        tables.open_connector({**told, "tables": {}}, Endpoint("host:三"))


def test_our_own_certificate_is_shown_and_a_file_that_is_none_is_named(pki):
    mine = {"cert": str(pki.client.cert), "key": str(pki.client.key), "key_password": pki.password}
    address = make_url("postgresql+psycopg://h/x")
    told = _secured(address, Endpoint("h", extra={**mine, "ca": str(pki.ca)}))
    assert told == {
        "sslmode": "verify-full",
        "sslrootcert": str(pki.ca),
        "sslcert": mine["cert"],
        "sslkey": mine["key"],
        "sslpassword": pki.password,
    }
    with pytest.raises(Fatal, match=r"wire\.tls-file"):
        _secured(address, Endpoint("h", extra={"ca": "/no/such.pem"}))


def test_tls_that_a_driver_cannot_be_told_of_is_not_left_out_silently(pki):
    told = {"url": "sqlite://", "tables": {}}
    with pytest.raises(Fatal, match=r"tables\.no-tls"):
        tables.open_connector(told, Endpoint("", extra={"ca": str(pki.ca)}))
