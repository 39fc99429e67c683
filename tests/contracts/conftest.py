"""The adapters at work, each with a far side that somebody else built: the sandbox's stand-ins."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from adapters import bank as bank_
from adapters import (
    certificates,
    civil_affairs,
    desk,
    generic,
    notification,
    oa,
    seal,
    sharing_platform,
    tax,
    treasury,
)
from adapters import health as health_
from adapters import hospital as hospital_
from adapters import medical_insurance as medical_insurance_
from adapters import public_security as public_security_
from adapters import social_security as social_security_
from adapters._endpoint import completed
from connectors import tables
from exchange.ports import Adapter, Endpoint
from matters import files
from sandbox import (
    civil,
    health_sign,
    notices,
    oa_token,
    resident_id,
    sharing,
    sharing_gate,
    tax_form,
)
from sandbox.births import birth
from sandbox.clerk import Clerk
from sandbox.district import District
from sandbox.handle import Handle
from sandbox.layout import MORE
from tests import how_to_files
from tests.contracts import register
from tests.contracts.reading_peer import ReadingPeer
from tests.contracts.struck_tables import StruckTables
from tests.contracts.suite import Subject
from tests.peers.subsidy_platform import SubsidyPlatform
from zhida import site_schemas

SANDBOX = Path(__file__).resolve().parents[2] / "sandbox"
NUMBERS = count(3001)
NAME = "王小直"
REASON = "材料与库中记录不一致"


@pytest.fixture(scope="session")
def far_side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    folder = tmp_path_factory.mktemp("far-side")
    with District(
        folder,
        systems=("oa", "police", "insurance", *MORE),
        signer=False,
    ) as running:
        yield running


def strike(handle: Handle, operation: str) -> Callable[[str], None]:
    """The sandbox's faults by the contract's names; ``operation`` is the one that acts."""

    def struck(how: str) -> None:
        once = {"operation": operation, "times": 1}
        if how == "back":
            handle.clear()
            handle.wait()
        elif how == "away":
            handle.fault("down")
        elif how == "garbled":
            handle.fault("html", times=2)  # a wire with a kept token asks once more
        elif how == "refused":
            handle.fault("refuse", reason=REASON, **once)
        elif how == "lost":
            handle.fault("reset", stage="after", **once)
        else:
            handle.fault("slow", stage="after", seconds=2.0, **once)

    return struck


def endpoint(handle: Handle, **extra: str) -> Endpoint:
    return Endpoint(handle.address, extra=extra, site=SANDBOX)


def declaration(number: int) -> dict[str, Any]:
    return {
        "certificate": {"number": f"X{320117000 + number}"},
        "child": {"name": NAME, "ethnicity": "01"},
        "household": {"follows": "mother"},
        "applicant": {
            "name": "李小达",
            "id_number": resident_id.compose("320117", "19930312", 2),
            "phone": "19900000000",
            "relation": "mother",
        },
        "insurance": {"place": "320117"},
        "card": {"bank": "102"},
        "declared_on": "2026-01-07",
        "consent": True,
    }


def birth_record(number: int) -> dict[str, Any]:
    mother = {"id_type": "01", "nationality": "156", "ethnicity": "01", "name": "李小达"}
    return {
        "certificate": {
            "number": f"X{320117000 + number}",
            "issued_on": "2026-01-06",
            "issuer": "示例医院",
        },
        "child": {
            "sex": "1",
            "birth_date": "2026-01-05",
            "birth_time": "01:30",
            "order": 1,
            "multiple": False,
            "birth_place": {"division": "320117", "text": "示例医院"},
        },
        "mother": mother | {"id_number": resident_id.compose("320117", "19930312", 2)},
        "facility": {"name": "示例医院", "uscc": "12320117MB1A000017"},
    }


def citizen(number: int) -> dict[str, Any]:
    return {
        "citizen_id": resident_id.compose("320117", "20260105", number % 1000),
        "name": NAME,
        "sex": "1",
        "birth_date": "2026-01-05",
        "certificate": {"number": f"X{320117000 + number}"},
        "registered_on": "2026-01-08",
        "serial": "32011720260108000001",
    }


def hex_key() -> str:
    return uuid4().hex


def registering(handle: Handle, adapter: Adapter) -> Iterator[Subject]:
    """A birth is registered with the police, whichever adapter speaks with them."""

    def inputs() -> dict[str, Any]:
        number = next(NUMBERS)
        return {"birth": birth_record(number), "declaration": declaration(number)}

    yield Subject(
        adapter,
        "register_birth",
        inputs,
        hex_key,
        effects=lambda: len(handle.books()),
        strike=strike(handle, "csdj"),
        personal=(NAME, "李小达", resident_id.compose("320117", "19930312", 2)),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


@pytest.fixture
def public_security(far_side: District) -> Iterator[Subject]:
    handle = far_side.system("police")
    adapter = public_security_.open_system({"timeout_s": 1}, endpoint(handle))
    yield from registering(handle, adapter)


INSURANCE = {
    "institution": "H32011700001",
    "institution_name": "示例医保经办中心",
    "region": "320117",
    "operator": "hub",
    "operator_name": "数据直达中枢",
    "timeout_s": 1,
}


@pytest.fixture
def medical_insurance(far_side: District) -> Iterator[Subject]:
    handle = far_side.system("insurance")
    secret = far_side.secrets["insurance"]
    adapter = medical_insurance_.open_system(INSURANCE, endpoint(handle, secret=secret))

    def inputs() -> dict[str, Any]:
        number = next(NUMBERS)
        return {"citizen": citizen(number), "declaration": declaration(number)}

    yield Subject(
        adapter,
        "enrol",
        inputs,
        hex_key,
        effects=lambda: len(handle.books()),
        strike=strike(handle, "9101"),
        personal=(NAME, "李小达", secret),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


@pytest.fixture
def insurance_settlement(far_side: District) -> Iterator[Subject]:
    handle = far_side.system("insurance")
    secret = far_side.secrets["insurance"]
    adapter = medical_insurance_.open_system(INSURANCE, endpoint(handle, secret=secret))
    mother = birth_record(1)["mother"]
    stay = {"certno": mother["id_number"], "psn_name": mother["name"]}
    handle.ask("POST", "/stay", stay | {"fund_pay_sumamt": "3200.50"})

    def inputs() -> dict[str, Any]:
        number = next(NUMBERS)
        return {"birth": birth_record(number), "declaration": declaration(number)}

    yield Subject(
        adapter,
        "settle_birth",
        inputs,
        hex_key,
        effects=lambda: len(handle.ask("GET", "/settlements")),
        strike=strike(handle, "9105"),
        personal=("李小达", mother["id_number"], secret),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


@pytest.fixture
def civil_affairs_marriage(far_side: District) -> Iterator[Subject]:
    handle = far_side.system("civil")
    mother, father = (resident_id.compose("320117", day, 2) for day in ("19930312", "19910607"))
    options = {
        "gateway": "national",
        "secret": {"call": "POST /secret", "rid": civil.RIDS["/secret"], "expired": ["1004"]},
        "body_signature": "none",
        "call": "POST /service/marriage",
        "rid": civil.RIDS["/service/marriage"],
        "codes": {"refused": ["1001"], "login": ["1002"]},
        "settings": {"timeout_s": 1},
    }
    place = Endpoint(handle.address, sharing_gate.SID, sharing_gate.APP_KEY, site=SANDBOX)
    adapter = civil_affairs.open_system(options, place)
    handle.ask("POST", "/act", {"cert_num_man": father, "cert_num_woman": mother})
    birth = {"mother": {"id_number": mother}, "father": {"id_number": father}}
    yield Subject(
        adapter,
        "verify_marriage",
        lambda: {"birth": birth},
        lambda: "",
        effects=lambda: 0,
        strike=strike(handle, "service/marriage"),
        personal=(mother, father, sharing_gate.APP_KEY),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


@pytest.fixture
def tax_premium(far_side: District) -> Iterator[Subject]:
    handle = far_side.system("tax")
    place = Endpoint(handle.address, tax_form.APP_KEY, tax_form.SECRET, site=SANDBOX)
    adapter = tax.open_system({"settings": {"timeout_s": 1}}, place)

    def inputs() -> dict[str, Any]:
        number = next(NUMBERS)
        enrolment = {"person_number": f"P{number}", "premium": {"year": 2026, "amount_fen": 40000}}
        return {"enrolment": enrolment, "declaration": declaration(number)}

    yield Subject(
        adapter,
        "pay_premium",
        inputs,
        hex_key,
        effects=lambda: len(handle.books()),
        strike=strike(handle, "sbf/jf"),
        personal=("李小达", declaration(1)["applicant"]["id_number"], tax_form.SECRET),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


FORM = {
    "kind": "birth-declaration",
    "mapping": "oa_form_615_birth_declaration",
    "reply": "result_oa_form_615",
}


def oa_at(far_side: District, api: str, site: Path = SANDBOX, **more: Any) -> tuple[Handle, oa.Oa]:
    handle = far_side.system("oa" if api == "soap" else "oa_rest")
    known = oa_token.registered(handle.port) if api == "rest" else {}
    options = {"hub_user": 900, "forms": {"615": FORM}, "timeout_s": 1, "api": api} | more
    return handle, oa.open_system(options, Endpoint(handle.address, site=site, **known))


def todo_at(far_side: District, api: str, operation: str) -> Iterator[Subject]:
    handle, adapter = oa_at(far_side, api)

    def inputs() -> dict[str, Any]:
        task = {"case": hex_key(), "item": "review", "title": "核验", "assignee": "201"}
        return {"task": task | {"content": f"请核验{NAME}"}}

    yield Subject(
        adapter,
        "todo",
        inputs,
        hex_key,
        effects=lambda: sum(act["act"] == "create" for act in handle.books()),
        strike=strike(handle, operation),
        personal=(NAME,),
        reason=REASON if api == "rest" else "",
        wordless=api != "rest",  # a number below nought
    )
    strike(handle, "")("back")
    adapter.close()


def reply_at(far_side: District, api: str, operation: str) -> Iterator[Subject]:
    handle, adapter = oa_at(far_side, api)
    clerk = Clerk(far_side.system("oa").address)

    def inputs() -> dict[str, Any]:
        request = clerk.fill_in(birth(next(NUMBERS)).form)
        items = {"household": "applied", "insurance": "applied"}
        return {
            "result": {"request_id": str(request), "summary": f"{NAME}办理完毕", "items": items}
        }

    def effects() -> int:
        mine = [act for act in handle.books() if act["user"] == 900 and act["act"] == "submit"]
        return len(mine)

    yield Subject(
        adapter,
        "reply",
        inputs,
        hex_key,
        effects=effects,
        strike=strike(handle, operation),
        personal=(NAME,),
        wordless=True,  # it only says that it did not
    )
    strike(handle, "")("back")
    adapter.close()


@pytest.fixture
def oa_todo(far_side: District) -> Iterator[Subject]:
    yield from todo_at(far_side, "soap", "doCreateWorkflowRequest")


@pytest.fixture
def oa_rest_todo(far_side: District) -> Iterator[Subject]:
    yield from todo_at(far_side, "rest", "doCreateRequest")


@pytest.fixture
def oa_message(far_side: District, tmp_path: Path) -> Iterator[Subject]:
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices/born.yaml").write_text(NOTICE, "utf-8")
    more = {"message_workflow": "630", "message_templates": ["born"]}
    handle, adapter = oa_at(far_side, "rest", tmp_path, **more)

    def inputs() -> dict[str, Any]:
        notice = {"id": hex_key(), "template": "born", "to": "201", "values": {"child": NAME}}
        return {"notice": notice}

    yield Subject(
        adapter,
        "message",
        inputs,
        hex_key,
        effects=lambda: sum(act["act"] == "create" for act in handle.books()),
        strike=strike(handle, "doCreateRequest"),
        personal=(NAME,),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


DESK_WORK: dict[str, Any] = {
    "title": "出生登记",
    "workflow": "646",
    "assignee": "201",
    "needs": {"birth": "birth-record", "declaration": "birth-declaration", "task": "oa-task"},
    "gives": "citizen-id",
    "identity": ["birth/certificate/number"],
    "mapping": "desk_register_birth_form",
    "record": "desk_register_birth_result",
}


def desk_at(far_side: District, api: str, operation: str) -> Iterator[Subject]:
    """A person does it: what the contract sees done is the request."""
    handle = far_side.system("oa" if api == "soap" else "oa_rest")
    known = oa_token.registered(handle.port) if api == "rest" else {}
    options = {"hub_user": 900, "api": api, "timeout_s": 1, "check_node": "中枢核收"}
    options |= {"operations": {"register_birth": DESK_WORK}}
    adapter = desk.open_system(options, Endpoint(handle.address, site=SANDBOX, **known))

    def inputs() -> dict[str, Any]:
        number = next(NUMBERS)
        task = {"title": "出生登记", "content": "请办理"}
        return {"birth": birth_record(number), "declaration": declaration(number), "task": task}

    yield Subject(
        adapter,
        "register_birth",
        inputs,
        hex_key,
        effects=lambda: sum(act["act"] == "create" for act in handle.books()),
        strike=strike(handle, operation),
        personal=(NAME, "李小达", resident_id.compose("320117", "19930312", 2)),
        reason=REASON if api == "rest" else "",
        wordless=api != "rest",  # a number below nought
    )
    strike(handle, "")("back")
    adapter.close()


@pytest.fixture
def desk_soap(far_side: District) -> Iterator[Subject]:
    yield from desk_at(far_side, "soap", "doCreateWorkflowRequest")


@pytest.fixture
def desk_rest(far_side: District) -> Iterator[Subject]:
    yield from desk_at(far_side, "rest", "doCreateRequest")


@pytest.fixture
def oa_reply(far_side: District) -> Iterator[Subject]:
    yield from reply_at(far_side, "soap", "submitWorkflowRequest")


@pytest.fixture
def oa_rest_reply(far_side: District) -> Iterator[Subject]:
    yield from reply_at(far_side, "rest", "submitRequest")


NOTICE = "notice: born\ntitle: 办结\ntext: 您为{child}申报的出生一件事已办结。\nfields: {child: {title: 姓名, max_chars: 20}}\n"
SIGNED = {
    "kind": "signature",
    "content": "{app}{timestamp}{secret}",
    "digest": "sm3",
    "encoding": "hex",
    "place": "header",
    "names": {"sign": "X-Sign", "app": "X-App", "timestamp": "X-Time"},
}


def notices_at(far_side: District, site: Path, channel: str) -> Iterator[Subject]:
    (site / "notices").mkdir()
    (site / "notices/born.yaml").write_text(NOTICE, "utf-8")
    handle, sms = far_side.system("notices"), channel == "sms"
    options: dict[str, Any] = {"channel": channel, "templates": ["born"], "repeats": "keyed"}
    settings: dict[str, Any] = {"timeout_s": 1} | ({"auth": SIGNED} if sms else {})
    options |= {"agent": notices.AGENT, "settings": settings}
    login = (notices.APPLICATION, notices.SECRET)
    login = login if sms else (notices.CORPORATION, notices.CORPORATION_SECRET)
    adapter = notification.open_system(options, Endpoint(handle.address, *login, site=site))
    to = "19900000000" if sms else "li.xiaoda"

    def inputs() -> dict[str, Any]:
        values = {"child": f"{NAME}{next(NUMBERS)}"}
        return {"notice": {"id": hex_key(), "template": "born", "to": to, "values": values}}

    yield Subject(
        adapter,
        f"send_{channel}",
        inputs,
        hex_key,
        effects=lambda: len(handle.books()),
        strike=strike(handle, "sms/send" if sms else "cgi-bin/message/send"),
        personal=(NAME, to, login[1]),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


@pytest.fixture
def notification_sms(far_side: District, tmp_path: Path) -> Iterator[Subject]:
    yield from notices_at(far_side, tmp_path, "sms")


@pytest.fixture
def notification_wecom(far_side: District, tmp_path: Path) -> Iterator[Subject]:
    yield from notices_at(far_side, tmp_path, "wecom")


@pytest.fixture
def sharing_insured(far_side: District, tmp_path: Path) -> Iterator[Subject]:
    (tmp_path / "mappings").mkdir()
    who = WHO.replace("{to: /who,", "{to: /certno,")
    (tmp_path / "mappings/who.yaml").write_text(who, "utf-8")
    service = {
        "title": "参保信息查询",
        "call": "POST /service/insured",
        "rid": sharing.RIDS["/service/insured"],
        "needs": {"citizen": "citizen-id"},
        "gives": "insurance-enrolment",
        "mapping": "who",
        "record": "insurance_output_enrolment",
        "rows": "/data/rows",
        "same": {"/certno": "/certno"},
        "paging": {
            "kind": "page", "field": "page", "size_field": "size", "size": 4, "total": "/data/total",
        },
    }  # fmt: skip
    options = {
        "gateway": "national",
        "secret": {"call": "POST /secret", "rid": sharing.RIDS["/secret"], "expired": ["1004"]},
        "body_signature": "hmac-sm3",
        "settings": {"timeout_s": 1},
        "codes": {"refused": ["1001"], "login": ["1002", "1007"]},
        "services": {"find_insured": service},
    }
    handle, extra = far_side.system("sharing"), {"body_secret": sharing.BODY_SECRET}
    place = Endpoint(handle.address, sharing.SID, sharing.APP_KEY, extra=extra, site=tmp_path)
    adapter = sharing_platform.open_system(options, place)
    yield Subject(
        adapter,
        "find_insured",
        lambda: {"citizen": citizen(3019)},
        lambda: "",
        effects=lambda: 0,
        strike=strike(handle, "service/insured"),
        personal=(NAME, citizen(3019)["citizen_id"], sharing.APP_KEY),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


@pytest.fixture
def certificates_register(far_side: District) -> Iterator[Subject]:
    handle, who = far_side.system("licences"), citizen(3021)["citizen_id"]
    adapter = certificates.open_system({"settings": {"timeout_s": 1}}, Endpoint(handle.address))
    issued = {"ZZBS": "x", "ZZLXDM": "BIRTH", "ZZMC": "出生医学证明"}
    number = f"X{320117000 + next(NUMBERS)}"
    handle.ask("POST", "/issue", issued | {"CZZTDM": who, "ZZBH": number})
    query = {"holder": {"id_type": "111", "id": who}, "type": "BIRTH", "number": number}
    yield Subject(
        adapter,
        "find_certificate",
        lambda: {"query": query},
        lambda: "",
        effects=lambda: 0,
        strike=strike(handle, "certificates/query"),
        personal=(who, number),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


@pytest.fixture
def seal_platform(far_side: District) -> Iterator[Subject]:
    handle = far_side.system("seals")
    adapter = seal.open_system({"settings": {"timeout_s": 1}}, Endpoint(handle.address))

    def inputs() -> dict[str, Any]:
        paper = {"template": "T1", "seal": "S-320117-01", "title": "告知书", "format": "ofd"}
        return {"request": paper | {"id": hex_key(), "fields": {"姓名": NAME}}}

    yield Subject(
        adapter,
        "seal_document",
        inputs,
        hex_key,
        effects=lambda: len(handle.books()),
        strike=strike(handle, "seals/apply"),
        personal=(NAME,),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


@pytest.fixture
def hospital() -> Iterator[Subject]:
    refusal = (403, {"code": "forbidden", "message": NAME})
    peer = ReadingPeer({"document": "a.b.c~", "who": NAME}, refusal)
    adapter = hospital_.open_system({"timeout_s": 1}, Endpoint(peer.address))
    yield Subject(
        adapter,
        "birth_record",
        lambda: {"declaration": {"certificate": {"number": "X320117001"}, "name": NAME}},
        lambda: "",
        effects=lambda: 0,
        strike=peer.strike,
        personal=(NAME, "X320117001"),
        wordless=True,  # a status and a code
    )
    peer.down()
    adapter.close()


# --- generic --------------------------------------------------------------------------------------

PLATFORM = {"refused": "refuse", "lost": "lose", "late": "hang", "garbled": "html"}


@pytest.fixture
def generic_acting(tmp_path: Path) -> Iterator[Subject]:
    file = how_to_files.write("connect-a-system", tmp_path)["systems/childcare.yaml"]
    options: dict[str, Any] = files.load(file, site_schemas.SYSTEM)["options"]
    options["settings"]["timeout_s"] = 1
    with SubsidyPlatform() as peer:
        adapter = generic.open_system(options, Endpoint(peer.address, site=tmp_path))

        def struck(how: str) -> None:
            if how == "away":
                peer.__exit__()
            elif how == "back":
                peer.back()
            else:
                peer.fault, peer.reason = PLATFORM[how], REASON

        yield Subject(
            adapter,
            "grant",
            lambda: {"citizen": citizen(next(NUMBERS))},
            hex_key,
            effects=lambda: len(peer.rows),
            strike=struck,
            personal=(NAME, citizen(1)["citizen_id"][:14]),
            reason=REASON,
        )
        peer.back()
        adapter.close()


VERIFY: dict[str, Any] = {
    "title": "参保核验",
    "needs": {"citizen": "citizen-id"},
    "gives": "insurance-enrolment",
    "effect": False,
    "identity": ["citizen/citizen_id"],
    "asks": ["citizen/name"],
    "call": "POST /query/{/who}",
    "mapping": "who",
    "answer": {
        "unwrap": [{"at": "/text", "as": "xml"}],
        "success": [{"at": "/code", "equals": "0"}],
        "refused": {"when": [{"at": "/code", "equals": "1"}], "text": "/message"},
        "record": {"mapping": "insurance_output_enrolment", "at": "/text/row"},
    },
}
WHO = """mapping: who
title: 查询
from: {citizen: citizen-id}
to: wire
fields:
  - {to: /who, from: /citizen/citizen_id}
  - {to: /name, from: /citizen/name}
"""


@pytest.fixture
def generic_reading(tmp_path: Path) -> Iterator[Subject]:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings/who.yaml").write_text(WHO, "utf-8")
    who = citizen(3017)
    row = f"<row><psn_no>1</psn_no><certno>{who['citizen_id']}</certno><insutype>390</insutype>"
    row += "<insuplc_admdvs>320117</insuplc_admdvs><insu_date>2026-01-08</insu_date></row>"
    text = f'<?xml version="1.0" encoding="GBK"?>{row}'
    peer = ReadingPeer({"code": 0, "text": text}, (200, {"code": "1", "message": f"无{NAME}"}))
    options = {"wire": "rest", "settings": {"timeout_s": 1}, "operations": {"verify": VERIFY}}
    adapter = generic.open_system(options, Endpoint(peer.address, site=tmp_path))
    yield Subject(
        adapter,
        "verify",
        lambda: {"citizen": who},
        lambda: "",
        effects=lambda: 0,
        strike=peer.strike,
        personal=(NAME, who["citizen_id"]),
        reason=f"无{NAME}",
    )
    peer.down()
    adapter.close()


# --- the birth register once more, by configuration alone -------------------------------------------


@pytest.fixture
def generic_soap(far_side: District, tmp_path: Path) -> Iterator[Subject]:
    handle = far_side.system("police")
    for name, text in register.mappings().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    shutil.copytree(SANDBOX / "wsdl", tmp_path / "wsdl")
    adapter = generic.open_system(register.options(1), Endpoint(handle.address, site=tmp_path))
    yield from registering(handle, adapter)


MOTHER = resident_id.compose("320117", "19930312", 2)


@pytest.fixture
def public_security_card(far_side: District) -> Iterator[Subject]:
    handle = far_side.system("police")
    adapter = public_security_.open_system({"timeout_s": 1}, endpoint(handle))

    def inputs() -> dict[str, Any]:
        number = next(NUMBERS)
        return {"citizen": citizen(number), "declaration": declaration(number)}

    yield Subject(
        adapter,
        "apply_identity_card",
        inputs,
        hex_key,
        effects=lambda: len(handle.ask("GET", "/cards")),
        strike=strike(handle, "sfzsl"),
        personal=(NAME, "李小达", MOTHER),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


def health_at(far_side: District, operation: str, path: str) -> Iterator[Subject]:
    handle = far_side.system("health")
    login = (health_sign.APPLICATION, health_sign.SECRET)
    options = {"settings": {"timeout_s": 1}}
    adapter = health_.open_system(options, Endpoint(handle.address, *login, site=SANDBOX))

    def inputs() -> dict[str, Any]:
        number = next(NUMBERS)
        found = {"birth": birth_record(number), "declaration": declaration(number)}
        return {name: found[name] for name in adapter.operations[operation].needs}

    yield Subject(
        adapter,
        operation,
        inputs,
        hex_key,
        effects=lambda: len(handle.books()),
        strike=strike(handle, path),
        personal=(NAME, "李小达", MOTHER, health_sign.SECRET),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


@pytest.fixture
def health_voucher(far_side: District) -> Iterator[Subject]:
    yield from health_at(far_side, "issue_voucher", "birth/register")


@pytest.fixture
def health_certificate(far_side: District) -> Iterator[Subject]:
    yield from health_at(far_side, "sign_certificate", "birth/certificate/sign")


@pytest.fixture
def health_vaccination(far_side: District) -> Iterator[Subject]:
    yield from health_at(far_side, "open_vaccination", "immunisation/open")


@pytest.fixture
def health_parenting(far_side: District) -> Iterator[Subject]:
    yield from health_at(far_side, "register_parenting", "parenting/register")


@pytest.fixture
def social_security(far_side: District) -> Iterator[Subject]:
    handle = far_side.system("social_security")
    adapter = social_security_.open_system({"timeout_s": 1}, endpoint(handle))

    def inputs() -> dict[str, Any]:
        number = next(NUMBERS)
        return {"citizen": citizen(number), "declaration": declaration(number)}

    yield Subject(
        adapter,
        "order_card",
        inputs,
        hex_key,
        effects=lambda: len(handle.books()),
        strike=strike(handle, "applyCard"),
        personal=(NAME, "李小达", MOTHER),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


@pytest.fixture
def bank(far_side: District) -> Iterator[Subject]:
    handle = far_side.system("bank")
    options = {"bank": "102", "settings": {"timeout_s": 1}}
    adapter = bank_.open_system(options, Endpoint(handle.address, "hub", site=SANDBOX))

    def inputs() -> dict[str, Any]:
        number = next(NUMBERS)
        who = citizen(number)
        card = {"citizen_id": who["citizen_id"], "card_number": f"A17{number:06}", "bank": "102"}
        card |= {"ordered_on": "2026-01-08"}
        return {"card": card, "citizen": who, "declaration": declaration(number)}

    yield Subject(
        adapter,
        "open_card_account",
        inputs,
        hex_key,
        effects=lambda: len(handle.books()),
        strike=strike(handle, "SCOPNACT"),
        personal=(NAME, "李小达", MOTHER),
        reason=REASON,
    )
    strike(handle, "")("back")
    adapter.close()


PAYER = {"name": "示例区财政局", "number": "3200000000000001", "bank_cnaps": "011301000012"}
LINE = {
    "fund": "产业",
    "budget": "B1",
    "function": "2150805",
    "economic": "31204",
    "account": PAYER,
}


@pytest.fixture
def treasury_tables(far_side: District) -> Iterator[Subject]:
    """What the contract sees done is the order; whether it is paid is the treasury's to say later."""
    handle = far_side.system("treasury")
    handle.ask("POST", "/pace", {"accept": False, "pay": False})
    place = str(far_side.directory / "treasury/frontend.sqlite")
    settings = {"driver": "sqlite", "database": place}
    known = completed(
        treasury.OPTIONS, {"channel": "tables", "settings": settings, "lines": [LINE]}
    )
    over = tables.open_connector(treasury.wire(known)[1], Endpoint(""))
    wire = StruckTables(over, REASON)
    adapter = treasury.Treasury(known, wire, Endpoint(""))
    account = "43010000000001"

    def inputs() -> dict[str, Any]:
        award = {"id": f"A-{next(NUMBERS)}", "title": "上市", "amount_fen": 1230, "fund": "产业"}
        payee = {"award": award["id"], "attempt": 1, "name": NAME, "account": account}
        return {"award": award, "payee": payee | {"bank_cnaps": "102301000014"}}

    def effects() -> int:
        with closing(sqlite3.connect(place)) as db:
            return int(db.execute("select count(*) from ZF_SQ").fetchone()[0])

    def struck(how: str) -> None:
        wire.fault = "" if how == "back" else how

    yield Subject(
        adapter,
        "pay_award",
        inputs,
        hex_key,
        effects=effects,
        strike=struck,
        personal=(NAME, account),
        reason=REASON,
    )
    adapter.close()
    handle.ask("POST", "/pace", {})
