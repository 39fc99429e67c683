"""Notices over the wire: what is sent, what each answer means, and that nothing personal is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters import notification
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown
from exchange.ports import Answer, Endpoint
from sandbox import notices

TEXT = "notice: born\ntitle: 办结\ntext: '{child}的事项已办结。'\nfields: {child: {title: 姓名, max_chars: 20}}\n"
SIGNED = {
    "kind": "signature",
    "content": "{app}{timestamp}{secret}",
    "digest": "sm3",
    "encoding": "hex",
    "place": "header",
    "names": {"sign": "X-Sign", "app": "X-App", "timestamp": "X-Time"},
}
PHONE = "19900000000"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices/born.yaml").write_text(TEXT, "utf-8")
    return tmp_path


@pytest.fixture
def open_at(site: Path) -> Iterator[Any]:
    opened: list[Any] = []

    def at(address: str, channel: str = "sms", **options: Any) -> Any:
        known = {"channel": channel, "templates": ["born"], **options}
        login = ("app", "s3cr3t")
        if "login" in options:
            login = known.pop("login")
        adapter = notification.open_system(known, Endpoint(address, *login, site=site))
        opened.append(adapter)
        return adapter

    yield at
    for adapter in opened:
        adapter.close()


def _notice(to: str = PHONE, **more: Any) -> dict[str, Any]:
    values = {"child": "张小直"}
    return {"notice": {"id": "c1/reply", "template": "born", "to": to, "values": values, **more}}


def _sent(adapter: Any, to: str = PHONE) -> Answer:
    operation = next(iter(adapter.operations))
    done: Answer = adapter.submit(adapter.prepare(operation, _notice(to), "k1"))
    return done


def test_the_gateway_gets_what_it_names(canned: Any, open_at: Any) -> None:
    canned.will_answer('{"status":"OK","id":7}', media="application/json")
    adapter = open_at(
        canned.address,
        call="POST /v2/send",
        names={"to": "/msg/phone", "text": "/msg/text", "serial": "/no"},
        codes={"at": "/status", "done": ["OK"]},
        reference="/id",
    )
    assert _sent(adapter).reference == "7"
    ((path, raw),) = canned.requests
    assert path == "/v2/send"
    said = {"phone": PHONE, "text": "张小直的事项已办结。"}
    assert orjson.loads(raw) == {"msg": said, "no": "k1"}


def test_a_gateway_with_templates_gets_code_and_values(
    canned: Any, open_at: Any, site: Path
) -> None:
    (site / "notices/born.yaml").write_text(TEXT + "code: T01\n", "utf-8")
    canned.will_answer('{"code":"0"}', media="application/json")
    _sent(open_at(canned.address))
    sent = orjson.loads(canned.requests[0][1])
    assert (sent["template"], sent["params"]) == ("T01", {"child": "张小直"})


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ({"code": "1001", "msg": f"号码{PHONE}在黑名单"}, Rejected, "coded.refused"),
        ({"code": 2001}, Retriable, "coded.busy"),
        ({"code": "3001"}, Fatal, "coded.login-refused"),
        ({"code": "9999", "msg": "张小直"}, Unknown, "coded.unclear"),
        ({"code": True}, Unknown, "coded.unclear"),
        ({"code": f"号码{PHONE}"}, Unknown, "coded.unclear"),
        ([], Unknown, "coded.unclear"),
    ],
)
def test_only_codes_of_the_table_are_believed(
    canned: Any, open_at: Any, answer: Any, kind: type[Exception], code: str
) -> None:
    canned.will_answer(orjson.dumps(answer), media="application/json")
    with pytest.raises(kind) as caught:
        _sent(open_at(canned.address))
    error: Any = caught.value
    assert error.code == code
    assert PHONE not in repr(error.facts)
    assert "张小直" not in repr(error.facts)
    if kind is Rejected:
        assert PHONE in error.reason


@pytest.mark.parametrize("to", ["", "1990000000", "+8619900000000", "19900000000,19900000001", 7])
def test_a_receiver_that_is_none_is_invalid_and_not_told(open_at: Any, to: Any) -> None:
    adapter = open_at("http://127.0.0.1:9")
    with pytest.raises(Invalid) as caught:
        adapter.prepare("send_sms", _notice(to), "k1")
    assert caught.value.code == "notification.no-receiver"
    assert caught.value.facts == {"path": "/notice/to"}


def test_a_template_that_is_not_listed_cannot_be_used(open_at: Any) -> None:
    with pytest.raises(Invalid) as caught:
        open_at("http://127.0.0.1:9").prepare("send_sms", _notice(template="../born"), "k1")
    assert caught.value.code == "notification.template-not-listed"


def test_the_operation_is_the_channel_s_and_repeats_as_the_gateway_does(open_at: Any) -> None:
    sms, wecom = {"channel": "sms"}, {"channel": "wecom", "repeats": "keyed"}
    assert notification.declared(sms)["send_sms"].idempotence == "none"
    assert notification.declared(sms | {"repeats": "keyed"})["send_sms"].idempotence == "keyed"
    assert notification.declared(wecom)["send_wecom"].idempotence == "none"
    with pytest.raises(Fatal, match=r"notification\.no-such-operation"):
        open_at("http://127.0.0.1:9").prepare("send_wecom", _notice(), "k1")


@pytest.fixture
def wecom(peer: Any, open_at: Any) -> Any:
    handle, endpoint = peer("notices")
    login = (notices.CORPORATION, notices.CORPORATION_SECRET)
    return handle, open_at(endpoint.address, "wecom", agent=notices.AGENT, login=login)


def test_wecom_sends_over_a_token_that_runs_out(wecom: Any) -> None:
    handle, adapter = wecom
    before = len(handle.books())
    first = _sent(adapter, "li.xiaoda")
    time.sleep(notices.TOKEN_SECONDS + 0.2)
    prepared = adapter.prepare("send_wecom", _notice("wang", id="c2"), "k2")
    with pytest.raises(Retriable) as caught:  # told at once: it was surely not sent
        adapter.submit(prepared)
    assert caught.value.code == "rest.token-expired"
    second = adapter.submit(prepared)
    assert first.reference != second.reference
    assert len(handle.books()) == before + 2


def test_wecom_s_0_is_no_success_if_the_member_was_not_reached(wecom: Any) -> None:
    _, adapter = wecom
    for to, code in (("left", "notification.not-reached"), ("nobody", "coded.refused")):
        with pytest.raises(Rejected) as caught:
            _sent(adapter, to)
        assert caught.value.code == code


def test_an_sms_gateway_with_another_secret_is_the_administrator_s(peer: Any, open_at: Any) -> None:
    _, endpoint = peer("notices")
    adapter = open_at(endpoint.address, settings={"auth": SIGNED}, login=("zhida", "wrong"))
    with pytest.raises(Fatal) as caught:
        _sent(adapter)
    assert caught.value.code == "coded.login-refused"


def test_the_same_serial_with_another_text_is_no_repetition(peer: Any, open_at: Any) -> None:
    _, endpoint = peer("notices")
    login = (notices.APPLICATION, notices.SECRET)
    adapter = open_at(endpoint.address, settings={"auth": SIGNED}, login=login, repeats="keyed")
    first = adapter.submit(adapter.prepare("send_sms", _notice(), "same"))
    assert adapter.submit(adapter.prepare("send_sms", _notice(), "same")) == first
    with pytest.raises(Rejected):
        adapter.submit(adapter.prepare("send_sms", _notice("19900000001"), "same"))


def test_settings_that_are_none_are_told_before_anything_is_sent(open_at: Any) -> None:
    with pytest.raises(Fatal) as caught:
        open_at("http://127.0.0.1:9", settings={"timeout": 3})
    assert caught.value.facts["nearest"] == "timeout_s"
