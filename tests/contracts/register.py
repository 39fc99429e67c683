"""The sandbox's birth register by configuration alone: SOAP, XML in a string that declares GBK."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mappings import compiler

ROW = "/RECORDS/RECORD"
READ: dict[str, Any] = {
    "unwrap": [{"at": "", "as": "xml"}],
    "reference": f"{ROW}/@sid",
    "record": {"mapping": "register_answer", "at": ROW},
    "same": {f"{ROW}/CSZMBH": "/arg0/RECORD/cszmbh"},
    "refused": {
        "when": [{"at": f"{ROW}/@code", "one_of": ["1", "-2"]}],
        "text": f"{ROW}/BYLH_JYQK",
        "code": f"{ROW}/@code",
    },
}
WRAP = [{"at": "/arg0", "as": "xml", "root": "ROOT", "declares": "GBK"}]
OPERATION: dict[str, Any] = {
    "title": "出生登记",
    "needs": {"birth": "birth-record", "declaration": "birth-declaration"},
    "gives": "citizen-id",
    "identity": ["birth/certificate/number"],
    "idempotence": "probe",
    "irreversible": True,
    "settle_s": 5,
    "call": "csdj",
    "mapping": "register_request",
    "effect_key": "/arg0/RECORD/postid",
    "wrap": WRAP,
    "answer": READ | {"success": [{"at": f"{ROW}/@code", "equals": 0}]},
    "probe": READ
    | {
        "call": "csdjcx",
        "effect_key": "/arg0/RECORD/postid",
        "wrap": WRAP,
        "there": [{"at": f"{ROW}/@code", "equals": 0}],
        "not_there": [{"at": f"{ROW}/@code", "equals": 9}],
    },
}
SETTINGS = {"wsdl": "wsdl/BirthRegisterService.wsdl", "path": "/services/BirthRegister"}


def options(timeout_s: float) -> dict[str, Any]:
    """The options of the system's file."""
    settings = SETTINGS | {"timeout_s": timeout_s}
    return {"wire": "soap", "settings": settings, "operations": {"register_birth": OPERATION}}


def mappings() -> dict[str, str]:
    """The site's own mappings, made of the shipped ones, by their place in the site."""
    record = _text("birth_declaration_police_record").replace("to: /", "to: /arg0/RECORD/")
    answer = _text("police_answer_citizen_id").replace("/sid", '"/@sid"')
    return {
        "mappings/register_request.yaml": record.replace(
            "mapping: birth_declaration_police_record", "mapping: register_request"
        ),
        "mappings/register_answer.yaml": answer.replace(
            "mapping: police_answer_citizen_id", "mapping: register_answer"
        ),
    }


def _text(shipped: str) -> str:
    return Path(compiler.places()[shipped]).read_text("utf-8").partition("tests:")[0]
