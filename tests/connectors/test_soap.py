"""Against PHP's SoapServer, which serves the OA vendor's own WSDL where it is at hand; we call it
by the WSDL that was written for this project. So the two are shown to mean the same wire."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors import xml_in_text
from connectors.reading import Reading
from connectors.soap import Soap
from connectors.soap_contract import Contract
from connectors.soap_login import UsernameToken
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown
from exchange.ports import utc_now


@pytest.fixture
def soap(wsdl):
    """``soap(url, …)``: a wire that is closed after the test."""
    opened = []

    def made(url, **more):
        opened.append(Soap(wsdl, url, **{"timeout": 10.0, **more}))
        return opened[-1]

    yield made
    for one in opened:
        one.close()


@pytest.fixture
def office(soap, php):
    return soap(f"{php}/services/WorkflowService")


def form(creator=101, **fields):
    records = [
        {"edit": True, "fieldName": name, "fieldValue": value, "view": True}
        for name, value in fields.items()
    ]
    row = {"workflowRequestTableFields": {"WorkflowRequestTableField": records}}
    return {
        "in0": {
            "creatorId": str(creator),
            "requestName": "出生一件事-X320117001",
            "workflowBaseInfo": {"workflowId": "615"},
            "workflowMainTableInfo": {"requestRecords": {"WorkflowRequestTableRecord": [row]}},
        },
        "in1": creator,
    }


def error_of(kind, wire, body=None, operation="doCreateWorkflowRequest"):
    with pytest.raises(kind) as raised:
        wire.call(operation, form() if body is None else body)
    assert type(raised.value) is kind
    # zeep's own words quote values: they must not be chained into a log.
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return raised.value


# --- the same wire ---------------------------------------------------------------------------------


def test_a_nested_form_arrives_field_by_field(office):
    reply = office.call("doCreateWorkflowRequest", form(cszmbh="X320117001", xsexm="张小直"))
    assert reply.value == "101|101|出生一件事-X320117001|cszmbh=X320117001|xsexm=张小直"


@pytest.mark.parametrize(
    "text", ["𬀩㛃䶮", "a & b < c > \"d\" 'e'", "]]>", "阿依古丽·买买提", " a  b ", "a\r\n\tb"]
)
def test_every_character_that_xml_can_hold_arrives(office, text):
    value = office.call("doCreateWorkflowRequest", form(xsexm=text)).value
    assert value.partition("xsexm=")[2] == text


def test_the_answer_s_bytes_are_kept_as_they_came(office):
    reply = office.call("doCreateWorkflowRequest", form(xsexm="张小直"))
    assert reply.raw.startswith(b"<?xml")
    assert "xsexm=张小直</".encode() in reply.raw


def test_a_nested_answer_becomes_dicts_and_lists(office):
    value = office.call("getWorkflowRequest", {"in0": 7, "in1": 900, "in2": 0}).value
    rows = value["workflowMainTableInfo"]["requestRecords"]["WorkflowRequestTableRecord"]
    field = rows[0]["workflowRequestTableFields"]["WorkflowRequestTableField"][0]
    assert (value["requestId"], value["currentNodeName"]) == ("7", "办理")
    assert (field["fieldName"], field["fieldValue"]) == ("xsexm", "张小直")
    assert type(value) is dict


def test_a_negative_number_with_a_good_status_is_an_answer_for_the_adapter(office):
    assert office.call("doCreateWorkflowRequest", form(creator=4)).value == "-4"


def test_threads_share_a_wire_and_each_gets_its_own_answer(office):
    def asked(number):
        return office.call("doCreateWorkflowRequest", form(xsexm=str(number)))

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(asked, range(40)))
    for number, reply in enumerate(replies):
        assert reply.value.endswith(f"xsexm={number}")
        assert f"xsexm={number}<".encode() in reply.raw


# --- refused before anything is sent --------------------------------------------------------------------


@pytest.fixture
def silent(soap, peer):
    """A wire to a peer that must never be called, and the list of its callers."""
    callers = []
    return soap(peer(callers.append).url), callers


def test_a_control_character_is_bad_data_with_its_path(silent):
    wire, callers = silent
    error = error_of(Invalid, wire, form(xsexm="张\x01直"))
    path = "/in0/workflowMainTableInfo/requestRecords/WorkflowRequestTableRecord/0"
    path += "/workflowRequestTableFields/WorkflowRequestTableField/0/fieldValue"
    assert error.code == "soap.character"
    assert error.facts == {"path": path, "character": "U+0001", "at": 2}
    assert callers == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"in0": None, "in9": 1}, "/in9"),
        ({"in0": None}, "/doCreateWorkflowRequest/in1"),
        ({"in0": {"creator": "101"}, "in1": 1}, "/in0/creator"),
        (
            {"in0": {"workflowBaseInfo": {"workflowIdd": "secret"}}, "in1": 1},
            "/in0/workflowBaseInfo/workflowIdd",
        ),
        ({"in0": {"canEdit": "secret"}, "in1": 1}, "/"),
        ({"in0": "secret", "in1": 1}, "/"),
    ],
)
def test_arguments_that_the_wsdl_does_not_know_are_not_sent(silent, body, path):
    wire, callers = silent
    error = error_of(Invalid, wire, body)
    assert (error.code, error.facts["path"]) == ("soap.arguments", path)
    assert "secret" not in str(error)
    assert callers == []


def test_the_nearest_name_of_an_unknown_argument_is_told(silent):
    body = {"in0": {"workflowBaseInfo": {"workflowIdd": "1"}}, "in1": 1}
    assert error_of(Invalid, silent[0], body).facts["nearest"] == "workflowId"
    assert error_of(Invalid, silent[0], {"in0": None}).facts["nearest"] == "-"


def test_an_unknown_operation_names_the_nearest(silent):
    error = error_of(Fatal, silent[0], {}, "doCreateWorkflow")
    assert error.facts["nearest"] == "doCreateWorkflowRequest"


def test_a_request_over_the_limit_is_not_sent(soap, peer):
    callers = []
    wire = soap(peer(callers.append).url, max_bytes=1000)
    assert error_of(Invalid, wire, form(bz="直" * 1000)).code == "wire.request-too-big"
    assert callers == []


# --- refused by the peer ------------------------------------------------------------------------------------


def test_a_fault_is_a_refusal_with_its_words_and_its_bytes(office):
    error = error_of(Rejected, office, form(creator=5))
    assert (error.code, error.facts["fault"], error.facts["status"]) == (
        "soap.fault",
        "Client",
        500,
    )
    assert error.reason == "流程不存在"
    assert "流程不存在".encode() in error.raw
    assert "流程" not in str(error)


def test_a_fault_without_text_is_told_by_its_whole_envelope(soap, php):
    error = error_of(Rejected, soap(f"{php}/fault-without-text"))
    assert error.facts["fault"] == "-"
    assert "<s:Fault/>" in error.reason


def test_a_fault_with_a_good_status_is_a_refusal(soap, php):
    error = error_of(Rejected, soap(f"{php}/fault-in-200"))
    assert (error.facts["fault"], error.facts["status"], error.reason) == ("Client", 200, "no")


def test_a_typed_fault_is_told_by_the_name_of_its_exception(soap, php):
    error = error_of(Rejected, soap(f"{php}/typed-fault"))
    assert (error.facts["fault"], error.facts["detail"]) == ("Server", "AlreadyRegistered")
    assert error.reason == "已登记"
    reading = Reading(faults={"Server": Unknown, "AlreadyRegistered": Rejected})
    assert error_of(Rejected, soap(f"{php}/typed-fault", reading=reading)).code == "soap.fault"
    reading = Reading(faults={"AlreadyRegistered": Unknown})
    assert error_of(Unknown, soap(f"{php}/typed-fault", reading=reading)).code == "soap.fault"


def test_a_peer_whose_server_faults_are_breakdowns(soap, php):
    wire = soap(f"{php}/services/WorkflowService", reading=Reading(faults={"Server": Unknown}))
    assert error_of(Unknown, wire, form(creator=6)).code == "soap.fault"
    assert error_of(Rejected, wire, form(creator=5)).code == "soap.fault"


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, Rejected, "wire.status-refused"),
        (401, Fatal, "wire.login-refused"),
        (404, Rejected, "wire.status-refused"),
        (500, Unknown, "wire.status-unknown"),
        (503, Retriable, "wire.busy"),
    ],
)
def test_a_page_with_a_bad_status(soap, php, status, kind, code):
    error = error_of(kind, soap(f"{php}/status/{status}"))
    assert (error.code, error.facts["retry_after"]) == (code, 120)


# --- answers that nobody can read ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/login-page", "soap.login-page"),
        ("/html", "soap.html"),
        ("/empty", "soap.empty"),
        ("/doctype", "soap.doctype"),
        ("/doctype-and-fault", "soap.doctype"),
        ("/cut", "soap.unreadable"),
        ("/other", "soap.unreadable"),
        ("/circle", "soap.unreadable"),
        ("/ready", "soap.unreadable"),
    ],
)
def test_an_unreadable_answer_leaves_the_effect_unknown(soap, php, path, code):
    error = error_of(Unknown, soap(php + path))
    assert (error.code, error.facts["status"]) == (code, 200)


@pytest.mark.parametrize("path", ["/cut", "/other", "/doctype", "/empty"])
def test_a_less_strict_reading_mends_nothing_that_is_broken(soap, php, path):
    error_of(Unknown, soap(php + path, contract=Contract(strict=False)))


def test_a_read_may_simply_be_asked_again(soap, php):
    reading = Reading(reads=frozenset({"getWorkflowRequest"}))
    wire = soap(f"{php}/empty", reading=reading)
    body = {"in0": 7, "in1": 900, "in2": 0}
    assert error_of(Retriable, wire, body, "getWorkflowRequest").code == "soap.empty"
    assert error_of(Unknown, wire).code == "soap.empty"


def test_a_referenced_value_is_found(soap, php):
    reply = soap(f"{php}/multiref").call("doCreateWorkflowRequest", form())
    assert reply.value == "447473"
    assert b"multiRef" in reply.raw


def test_a_big_answer_needs_a_big_limit(soap, php):
    assert error_of(Unknown, soap(f"{php}/big")).code == "wire.answer-too-big"
    patient = soap(f"{php}/big", max_bytes=20_000_000)
    assert len(patient.call("doCreateWorkflowRequest", form()).value) == 11_000_000


def test_a_less_strict_reading_is_a_choice_of_the_site(soap, php):
    wire = soap(f"{php}/services/WorkflowService", contract=Contract(strict=False))
    assert wire.call("doCreateWorkflowRequest", form()).value.startswith("101|101|")


# --- encodings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030"])
@pytest.mark.parametrize("path", ["/gbk", "/services/WorkflowService"])
def test_a_name_arrives_and_comes_back_in_either_encoding(soap, php, path, encoding):
    wire = soap(php + path, contract=Contract(encoding=encoding))
    reply = wire.call("doCreateWorkflowRequest", form(xsexm="张小直·a&<"))
    assert reply.value.endswith("xsexm=张小直·a&<")
    assert ("张小直".encode("gbk") in reply.raw) == (path == "/gbk")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_rare_character_arrives_where_the_encoding_holds_it(soap, php, encoding):
    wire = soap(f"{php}/services/WorkflowService", contract=Contract(encoding=encoding))
    assert wire.call("doCreateWorkflowRequest", form(xsexm="𬀩㛃")).value.endswith("xsexm=𬀩㛃")


def test_a_rare_character_is_not_sent_in_gbk(soap, peer):
    callers = []
    wire = soap(peer(callers.append).url, contract=Contract(encoding="gbk"))
    error = error_of(Invalid, wire, {"in0": {"requestName": "张𠮷"}, "in1": 1})
    assert error.code == "soap.unencodable"
    assert error.facts == {
        "path": "/in0/requestName",
        "character": "U+20BB7",
        "at": 2,
        "encoding": "GBK",
    }
    assert callers == []


def test_an_answer_whose_encoding_stands_in_the_http_header_only(soap, php):
    assert soap(f"{php}/gbk-header").call("doCreateWorkflowRequest", form()).value == "张小直"


def test_an_answer_that_lies_about_its_encoding_is_told_and_not_guessed(soap, php):
    error = error_of(Unknown, soap(f"{php}/gbk-lie"))
    assert (error.code, error.facts["encoding"]) == ("soap.encoding", "utf-8")
    error = error_of(Unknown, soap(f"{php}/gbk-lie", contract=Contract(strict=False)))
    assert error.code == "soap.encoding"
    wire = soap(f"{php}/gbk-lie", contract=Contract(answer_encoding="gb18030"))
    assert wire.call("doCreateWorkflowRequest", form()).value == "张小直"


def test_a_fault_in_the_server_s_own_encoding_is_a_refusal_all_the_same(soap, php):
    error = error_of(Rejected, soap(f"{php}/gbk-lie-fault"))
    assert (error.facts["fault"], error.reason) == ("Client", "流程不存在")
    assert "流程不存在".encode("gbk") in error.raw


def test_xml_in_a_string_that_was_escaped_twice(soap, php):
    told = soap(f"{php}/inner").call("doCreateWorkflowRequest", form()).value
    assert xml_in_text.value(xml_in_text.root(told)) == {"XM": "张小直"}


# --- values -------------------------------------------------------------------------------------------


def test_a_value_of_another_type_is_neither_lost_nor_logged(soap, php, caplog):
    caplog.set_level(logging.DEBUG)
    reply = soap(f"{php}/odd-values").call("getWorkflowRequest", {"in0": 7, "in1": 9, "in2": 0})
    assert reply.value["canEdit"] == "是"
    assert "是" not in caplog.text


def test_nothing_of_a_call_is_logged(office, caplog):
    caplog.set_level(logging.DEBUG)
    office.call("doCreateWorkflowRequest", form(xsexm="张小直"))
    error_of(Rejected, office, form(creator=5))
    assert "张小直" not in caplog.text
    assert "流程" not in caplog.text


def test_a_text_does_not_become_a_true(silent):
    wire, callers = silent
    error = error_of(Invalid, wire, {"in0": {"canEdit": "否"}, "in1": 1})
    assert error.code == "soap.arguments"
    assert callers == []


# --- logins -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digest", [False, True])
def test_a_username_token_as_php_checks_it(soap, php, digest):
    def asked(password):
        login = UsernameToken("hub", password, utc_now, digest, 300)
        wire = soap(f"{php}/token", contract=Contract(login=login))
        return wire.call("doCreateWorkflowRequest", form()).value

    assert asked("secret") == ("PasswordDigest" if digest else "PasswordText")
    assert asked("wrong") is None


# --- the network ----------------------------------------------------------------------------------------------------


def test_refused_is_retriable_and_tells_the_operation(soap, free_port):
    error = error_of(Retriable, soap(f"http://127.0.0.1:{free_port()}"))
    assert (error.code, error.facts["operation"]) == ("wire.refused", "doCreateWorkflowRequest")


def test_no_answer_in_time_is_unknown(soap, peer):
    over = threading.Event()
    wire = soap(peer(lambda c: (c.request(), over.wait(20))).url, timeout=0.4)
    assert error_of(Unknown, wire).code == "wire.no-answer"
    over.set()


def test_a_reset_after_the_peer_answered_is_unknown(soap, php, tcp_proxy):
    port = int(php.rpartition(":")[2])
    mode = tcp_proxy.Mode.RESET_BEFORE_ANSWER
    with tcp_proxy.TcpProxy(("127.0.0.1", port), mode=mode) as proxy:
        wire = soap(f"http://127.0.0.1:{proxy.port}/services/WorkflowService")
        assert error_of(Unknown, wire).code == "wire.lost"
        assert proxy.answered.is_set()
