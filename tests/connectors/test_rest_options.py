import re
from pathlib import Path

import jsonschema_rs
import pytest
from ruamel.yaml import YAML

from connectors import rest_feed_options
from connectors.rest_options import OPTIONS, completed, reading_of
from exchange.errors import Fatal, Rejected, Retriable, Unknown

VALID, FEED = map(jsonschema_rs.validator_for, (OPTIONS, rest_feed_options.OPTIONS))
SIGNED = {
    "content": "{app}{secret}{timestamp}",
    "digest": "sm3",
    "encoding": "hex",
    "place": "header",
    "names": {"sign": "sign"},
}
LOGIN = {"operation": "POST /token", "fields": {"p": "{password}"}}


def nodes(schema, path=""):
    yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from nodes(inner, f"{path}/{name}")
    if isinstance(schema.get("items"), dict):
        yield from nodes(schema["items"], f"{path}/*")


def test_each_option_has_a_chinese_title_and_each_default_is_valid():
    for path, told in nodes(OPTIONS):
        if not path.endswith("*"):
            assert re.search("[\u4e00-\u9fff]", told["title"]) or "SM2" in told["title"], path
        if "default" in told:
            jsonschema_rs.validator_for(told).validate(told["default"])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"auth": {"kind": "none"}},
        {"auth": {"kind": "bearer", "header": "token", "scheme": ""}},
        {"auth": {"kind": "login", **LOGIN}},
        {"auth": {"kind": "oauth2", "operation": "POST /oauth/token"}},
        {"auth": {"kind": "signature", **SIGNED}},
        {"auth": {"kind": "sharing-platform", "operation": "POST /s", "rid": "r"}},
        {"body_signature": SIGNED},
        {"proxy": "http://10.0.0.1:3128"},
        {"bodies": {"POST /upload": "form-json"}, "statuses": {"503": "unknown"}},
    ],
)
def test_what_may_be_written(options):
    VALID.validate(options)


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": 5},
        {"auth": {}},
        {"auth": {"kind": "nope"}},
        {"auth": {"kind": "basic", "header": "X"}},
        {"auth": {"kind": "none", "password": "x"}},
        {"auth": {"kind": "login", "operation": "POST /t"}},
        {"auth": {"kind": "oauth2"}},
        {"auth": {"kind": "oauth2", "operation": "POST //evil/t"}},
        {"auth": {"kind": "signature", **SIGNED, "content": "{tims}"}},
        {"auth": {"kind": "signature", **SIGNED, "content": "{app"}},
        {"auth": {"kind": "signature", **SIGNED, "digest": "md4"}},
        {"auth": {"kind": "signature", **SIGNED, "names": {"sign": "a b"}}},
        {"auth": {"kind": "signature", **SIGNED, "names": {"app": "a"}}},
        {"body_signature": {}},
        {"proxy": "http://user:password@10.0.0.1:3128"},
        {"proxy": "10.0.0.1:3128"},
        {"headers": {"X-A": "张"}},
        {"headers": {"X-A": "a\r\nX-B: c"}},
        {"headers": {"X A": "a"}},
        {"bodies": {"POST /a?b=1": "json"}},
        {"statuses": {"600": "unknown"}},
        {"charset": "latin-1"},
    ],
)
def test_what_may_not(options):
    assert not VALID.is_valid(options)


def test_what_is_not_said_has_its_default():
    known = completed({"charset": "gbk"})
    assert (known["charset"], known["body"], known["auth"]) == ("gbk", "json", {"kind": "none"})
    assert "body_signature" not in known


def test_statuses_reads_and_types_become_a_reading():
    statuses = {"404": "fatal", "409": "rejected", "500": "retriable", "503": "unknown"}
    options = {"statuses": statuses, "reads": ["POST /q"], "json_types": ["text/html"]}
    reading = reading_of(completed(options))
    assert reading.statuses == {404: Fatal, 409: Rejected, 500: Retriable, 503: Unknown}
    assert reading.reads == {"POST /q"}
    assert reading.json_types == {"text/html"}


PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "rest.md"
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)


def test_the_page_shows_every_kind():
    text = "".join(EXAMPLES)
    for kind in ("login", "oauth2", "signature", "sharing-platform", "weaver-e9"):
        assert f"kind: {kind}" in text


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_each_example_of_the_page_may_be_copied(example):
    told = YAML(typ="safe").load(example)
    (FEED if "streams" in told else VALID).validate(told)
