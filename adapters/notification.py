"""Notices to people: by SMS gateway, or by 政务微信 (the government edition of WeCom).

Which texts may be sent is the site's (files in ``notices``); to whom, the notice says, and only the
call carries it. WeCom's interface is published; it de-duplicates by content for at most four hours,
which is asked for but not relied upon, so a lost answer is a person's to look into. SMS gateways
have no common interface: names and codes are inferred, and the site's to replace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters import _coded, _coded_wire, _generic_place, _notice_template
from adapters._coded import Codes
from adapters._notice_template import Template
from adapters._notification_options import (
    EXPIRED,
    OPTIONS,
    SMS_CODES,
    SMS_NAMES,
    WECOM_CODES,
)
from exchange.errors import Fatal, Invalid, Problem, Rejected, Unknown
from exchange.ports import Answer, Connector, Endpoint, Inputs, Operation, Prepared

__all__ = ["OPTIONS", "SEND_SMS", "SEND_WECOM", "Notification", "declared", "open_system"]

SEND_SMS = Operation(
    "send_sms",
    "发送短信",
    needs={"notice": "notice"},
    identity=("notice/id",),
    idempotence="none",
)
SEND_WECOM = Operation(
    "send_wecom",
    "发送政务微信",
    needs={"notice": "notice"},
    identity=("notice/id",),
    idempotence="none",
)
_MOBILE = re.compile("1[3-9][0-9]{9}")
_ACCOUNT = re.compile(r"[A-Za-z0-9][\w.@-]{0,63}", re.ASCII)
_FOUR_HOURS = 14_400
_WECOM_LOGIN = {
    "kind": "login",
    "operation": "GET /cgi-bin/gettoken",
    "fields": {"corpid": "{login}", "corpsecret": "{password}"},
    "token": "/access_token",
    "expires_in": "/expires_in",
    "expired": EXPIRED,
    "query": "access_token",
}


def declared(options: Mapping[str, Any]) -> Mapping[str, Operation]:
    """The one operation of the channel; an SMS gateway may recognise a repetition."""
    if options.get("channel") == "wecom":
        return {"send_wecom": SEND_WECOM}
    keyed = options.get("repeats") == "keyed"
    return {"send_sms": Operation(**_parts(SEND_SMS) | ({"idempotence": "keyed"} if keyed else {}))}


def _parts(operation: Operation) -> dict[str, Any]:
    return {name: getattr(operation, name) for name in Operation.__dataclass_fields__}


def wire(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Alias and settings of the wire that these options mean."""
    return "rest", _coded_wire.settings(_preset(options), options.get("settings", {}))


def mistakes(options: Mapping[str, Any], site: Path) -> list[tuple[str, Problem]]:
    """What a schema can't tell, each with its place."""
    found = _coded_wire.mistakes(_preset(options), options.get("settings", {}))
    return [*found, *_notice_template.mistakes(site, options["templates"], "/templates")]


def _preset(options: Mapping[str, Any]) -> dict[str, Any]:
    return {"auth": _WECOM_LOGIN} if options["channel"] == "wecom" else {}


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Notification:
    """The gateway at ``endpoint.address``. ``Fatal`` for a template that can't be used."""
    templates = {name: _notice_template.load(endpoint.site, name) for name in options["templates"]}
    line = _coded_wire.opened(_preset(options), options.get("settings", {}), endpoint)
    return Notification(line, options, templates)


class Notification:
    """Adapter over one gateway."""

    def __init__(
        self, connector: Connector, options: Mapping[str, Any], templates: Mapping[str, Template]
    ) -> None:
        self._connector, self._templates = connector, templates
        self._operations = declared(options)
        wecom = options["channel"] == "wecom"
        default = WECOM_CODES if wecom else SMS_CODES
        path = "POST /cgi-bin/message/send" if wecom else "POST /sms/send"
        self._call = options.get("call", path)
        self._codes = Codes.of(options.get("codes", {}), default)
        self._reference = options.get("reference", "/msgid" if wecom else "/data/id")
        self._names = {**SMS_NAMES, **options.get("names", {})}
        self._agent = options.get("agent", 0)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """``send_sms`` or ``send_wecom``."""
        return self._operations

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The message. ``Invalid`` for a receiver or a value that must not be sent so."""
        if operation not in self._operations:
            raise Fatal("notification.no-such-operation", operation=operation)
        notice = inputs["notice"]
        template = self._template(notice.get("template"))
        to, known = notice.get("to"), _ACCOUNT if operation == "send_wecom" else _MOBILE
        if not isinstance(to, str) or not known.fullmatch(to):
            raise Invalid("notification.no-receiver", path="/notice/to")
        text = template.filled(notice.get("values", {}))
        if operation == "send_wecom":
            return Prepared(operation, effect_key, self._wecom(to, text))
        return Prepared(operation, effect_key, self._sms(to, text, effect_key, notice))

    def _template(self, name: Any) -> Template:
        found = self._templates.get(name) if isinstance(name, str) else None
        if found is None:
            raise Invalid("notification.template-not-listed", path="/notice/template")
        return found

    def _wecom(self, to: str, text: str) -> dict[str, Any]:
        again = {"enable_duplicate_check": 1, "duplicate_check_interval": _FOUR_HOURS}
        said = {"msgtype": "text", "text": {"content": text}}
        return {"touser": to, "agentid": self._agent, **said, **again}

    def _sms(self, to: str, text: str, serial: str, notice: Mapping[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = {"to": to, "text": text, "serial": serial}
        template = self._template(notice["template"])
        if template.code:
            told |= {"code": template.code, "values": dict(notice.get("values", {}))}
        body: dict[str, Any] = {}
        for name, value in told.items():
            _generic_place.put(body, self._names[name], value)
        return body

    def submit(self, prepared: Prepared) -> Answer:
        """Send. ``Rejected`` when the gateway says no; that it took it is all that can be told.

        WeCom says 0 and names whom it did not reach: with one receiver that is a no.
        """
        reply = self._connector.call(self._call, prepared.body)
        if self._codes.meaning(reply, prepared.operation) != "done":
            raise Unknown("coded.unclear", operation=prepared.operation, code="-")
        if _coded.text(reply.value, "/invaliduser"):
            raise Rejected("notification.not-reached").answered(reply.raw)
        return Answer(reply.raw, _coded.text(reply.value, self._reference))

    def probe(self, prepared: Prepared) -> Answer | None:
        """A gateway is not asked: it recognises the repetition, or a person looks."""
        raise Fatal("notification.no-such-operation", operation=prepared.operation)

    def fetch(self, prepared: Prepared) -> Answer:
        """There is nothing to read."""
        raise Fatal("notification.no-such-operation", operation=prepared.operation)

    def close(self) -> None:
        """Close the wire."""
        self._connector.close()
