"""zeep's ways with values, and ours."""

import doctest
import logging
from decimal import Decimal

import pytest
from lxml import etree
from zeep.xsd.types import builtins

from connectors import soap_values
from connectors.soap_values import UntranslatableError, exact_values

SECRET = "张三 320117"


def read(kind, text):
    node = etree.Element("n")
    node.text = text
    return getattr(builtins, kind)().parse_xmlelement(node)


def test_the_examples_are_true():
    assert doctest.testmod(soap_values).failed == 0


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("Boolean", "true", True),
        ("Boolean", "Y", "Y"),
        ("Boolean", "是", "是"),
        ("Int", "-4", -4),
        ("Long", "9007199254740993", 9007199254740993),
        ("PositiveInteger", "007", 7),
        ("UnsignedByte", "٣", "٣"),
        ("Integer", "9" * 5000, "9" * 5000),
        ("Decimal", "12.50", Decimal("12.50")),
        ("Double", "0.1", Decimal("0.1")),
        ("Float", "1e3", Decimal("1e3")),
        ("Double", "NaN", "NaN"),
        ("Decimal", "1,250.00", "1,250.00"),
        ("Date", "2026", "2026"),
        ("Date", "2026-01-05Z", "2026-01-05Z"),
        ("Date", "2026/1/5", "2026/1/5"),
        ("DateTime", "2026-01-05", "2026-01-05"),
        ("DateTime", "0001-01-01T00:00:00+08:00", "0001-01-01T00:00:00+08:00"),
        ("Time", "25:00", "25:00"),
        ("Duration", "P1Y", "P1Y"),
        ("gYearMonth", "2026-01", "2026-01"),
        ("Base64Binary", "YQ==", b"a"),
        ("Base64Binary", "<", "<"),
        ("String", " a ", " a "),
        ("Int", None, None),
    ],
)
def test_a_value_is_exact_or_what_was_written(kind, text, value):
    with exact_values():
        told = read(kind, text)
    assert (told, type(told)) == (value, type(value))


def test_every_builtin_type_whose_reading_zeep_defines_is_looked_at():
    plain = {"String", "NormalizedString", "Token", "AnyURI", "QName", "HexBinary"}
    own = {
        name
        for name, kind in vars(builtins).items()
        if isinstance(kind, type)
        and issubclass(kind, builtins.BuiltinType)
        and "pythonvalue" in vars(kind)
    }
    assert own == plain | {kind.__name__ for kind in soap_values._READ}


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (0, "false"), ("FALSE", "false"), ("1", "true")]
)
def test_a_boolean_of_a_request(value, text):
    with exact_values():
        assert builtins.Boolean().xmlvalue(value) == text


@pytest.mark.parametrize("value", ["否", "N", "", 2, [], None])
def test_no_other_text_becomes_true_in_a_request(value):
    with exact_values(), pytest.raises(UntranslatableError):
        builtins.Boolean().xmlvalue(value)


# --- what cannot be read at all ---------------------------------------------------------------------


class Unreadable(builtins.String):
    def pythonvalue(self, value):
        raise ValueError(value)


def test_what_cannot_be_read_is_not_lost_and_not_logged(caplog):
    node = etree.fromstring(f"<n>{SECRET}</n>")
    caplog.set_level(logging.DEBUG)
    with exact_values(), pytest.raises(UntranslatableError) as raised:
        Unreadable().parse_xmlelement(node)
    assert (caplog.text, str(raised.value)) == ("", "")


def test_it_does_not_depend_on_how_logging_is_set_up():
    logger = logging.getLogger("zeep.xsd.types.simple")
    logger.disabled = True
    try:
        with exact_values(), pytest.raises(UntranslatableError):
            Unreadable().parse_xmlelement(etree.fromstring("<n>7</n>"))
    finally:
        logger.disabled = False


def test_others_who_use_zeep_here_notice_nothing(caplog):
    with exact_values(), exact_values():
        pass
    assert read("Boolean", "Y") is False
    assert read("Double", "0.5") == 0.5
    assert builtins.Boolean().xmlvalue("否") == "true"
    assert read("Int", "x") is None
    assert "zeep.xsd.types.simple" in [record.name for record in caplog.records]
