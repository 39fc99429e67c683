"""OpenAPI 3 and Swagger 2 documents, from a file and from a server; hostile ones come to an end."""

import json

import pytest

from connectors.discovery import Field, discover
from exchange.errors import Fatal, Rejected
from exchange.ports import Endpoint

V3 = {
    "openapi": "3.0.1",
    "paths": {
        "/apply/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "post": {
                "summary": "提交补贴申请",
                "requestBody": {"$ref": "#/components/requestBodies/Apply"},
                "responses": {"200": {"content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Person"}}}}}},
            },
        }
    },
    "components": {
        "requestBodies": {"Apply": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Person"}}}}},
        "schemas": {
            "Person": {
                "type": "object",
                "required": ["xm"],
                "properties": {
                    "xm": {"type": "string", "description": "姓名"},
                    "parent": {"$ref": "#/components/schemas/Person"},
                    "foreign": {"$ref": "http://elsewhere.invalid/x.json"},
                },
            }
        },
    },
}  # fmt: skip
V2 = """
swagger: "2.0"
paths:
  /list:
    get:
      operationId: list
      parameters:
        - {name: page, in: query, type: integer}
        - {name: body, in: body, schema: {properties: {a: {type: string}}}}
      responses:
        200: {schema: {properties: {total: {type: integer}}}}
"""


def found(tmp_path, text, name="api.json"):
    (tmp_path / name).write_text(text, "utf-8")
    return discover("rest", {}, Endpoint("http://x", site=tmp_path), name)


def test_openapi_3(tmp_path):
    [one] = found(tmp_path, json.dumps(V3))
    assert (one.name, one.title) == ("POST /apply/{id}", "提交补贴申请")
    assert Field("path:id", "string", True) in one.takes
    assert Field("/xm", "string", True, "姓名") in one.takes
    assert [field.path for field in one.gives] == ["/*/xm", "/*/parent", "/*/foreign"]


def test_swagger_2_in_yaml(tmp_path):
    [one] = found(tmp_path, V2, "api.yaml")
    assert {field.path for field in one.takes} == {"query:page", "/a"}
    assert [field.path for field in one.gives] == ["/total"]


def test_from_the_server_with_the_login(peer, tmp_path):
    asked = []

    def script(conversation):
        asked.append(conversation.request()[0])
        conversation.answer(json.dumps(V3).encode())

    server = peer(script)
    options = {"auth": {"kind": "basic"}}
    assert discover("rest", options, Endpoint(server.url, "hub", "test-only"))
    assert asked[0].startswith(b"GET /v3/api-docs ")
    assert b"Authorization: Basic " in asked[0]


def test_a_server_that_has_none(peer):
    def script(conversation):
        conversation.request()
        conversation.answer(status="404 Not Found")

    with pytest.raises(Rejected, match=r"wire\.status-refused"):
        discover("rest", {}, Endpoint(peer(script).url))


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", "", "paths: []", "a: &a [*a]", "\x00", "{" * 5000, "<html></html>",
        "paths: {/a: {get: !!python/object:os.system x}}",
    ],
)  # fmt: skip
def test_what_is_none(tmp_path, text):
    with pytest.raises(Fatal, match=r"rest\.openapi-unreadable"):
        found(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(Fatal, match=r"rest\.openapi-file"):
        discover("rest", {}, Endpoint("http://x", site=tmp_path), "none.json")


@pytest.mark.parametrize(
    "target", ["#/components/schemas/A", "#/nowhere", "#/paths/~1a/get", 7, "#/"]
)
def test_references_that_lead_nowhere_or_round(tmp_path, target):
    document = {
        "paths": {"/a": {"get": {"requestBody": {"$ref": target}, "parameters": [{"$ref": target}], "responses": {}}}},
        "components": {"schemas": {"A": {"$ref": "#/components/schemas/A"}}},
    }  # fmt: skip
    [one] = found(tmp_path, json.dumps(document))
    assert one.name == "GET /a"


@pytest.mark.parametrize(
    "told",
    [
        {"parameters": None},
        {"parameters": [None, 7]},
        {"responses": None},
        {"responses": {"200": None}},
        {"requestBody": {"content": {"application/json": None}}},
        {"requestBody": {"content": ["application/json"]}},
        {"requestBody": {"content": {"application/json": {"schema": {"properties": ["a"]}}}}},
        {"requestBody": {"content": {"application/json": {"schema": {"allOf": True}}}}},
    ],
)
def test_what_a_document_has_of_another_kind_is_left_out(tmp_path, told):
    [one] = found(tmp_path, json.dumps({"paths": {"/x": {"parameters": True, "post": told}}}))
    assert one.name == "POST /x"


def test_a_field_that_says_of_itself_that_it_is_required(tmp_path):
    schema = {"required": True, "properties": {"a": {"type": "string", "required": True}}}
    body = {"content": {"application/json": {"schema": schema}}}
    [one] = found(tmp_path, json.dumps({"paths": {"/x": {"post": {"requestBody": body}}}}))
    assert [field.path for field in one.takes] == ["/a"]


@pytest.mark.parametrize("way", ["properties", "allOf"])
def test_entities_that_name_each_other_come_to_an_end(tmp_path, way):
    to = [{"$ref": f"#/components/schemas/E{n}"} for n in range(12)]
    about = {"allOf": to} if way == "allOf" else {way: {f"p{n}": ref for n, ref in enumerate(to)}}
    schemas = {f"E{n}": about | {"title": str(n)} for n in range(12)}
    body = {"content": {"application/json": {"schema": to[0]}}}
    document = {
        "components": {"schemas": schemas},
        "paths": {"/x": {"post": {"requestBody": body}}},
    }
    [one] = found(tmp_path, json.dumps(document))
    assert len(one.takes) < 50_000
    assert one.gives[-1].title == "字段过多，其余未列出"
