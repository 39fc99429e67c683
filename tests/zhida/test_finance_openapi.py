"""The bank's interface in OpenAPI 3.1: valid by others' reading of it, and of exactly the routes that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.openapi.models import OpenAPI
from jsonschema import Draft202012Validator

from tests.zhida.test_banks_how_to import block
from zhida import finance_after_served, finance_openapi, finance_served, serve_problem

DOCUMENT = finance_openapi.document()
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = {
    (method.upper(), path): told
    for path, methods in DOCUMENT["paths"].items()
    for method, told in methods.items()
}


class Desk:
    """Answers nothing, by every name; of a site that has what follows a loan."""

    class hub:
        class site:
            matters = (finance_after_served.MATTER,)

    def __getattr__(self, name: str) -> Any:
        return lambda _: None


def routes() -> set[tuple[str, str]]:
    desk: Any = Desk()
    there = (*finance_served.of(desk), *finance_after_served.routes(desk))
    return {(route.method, route.pattern) for route in there}


def references(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        if isinstance(told.get("$ref"), str):
            yield told["$ref"]
        for each in told.values():
            yield from references(each)
    elif isinstance(told, list):
        for each in told:
            yield from references(each)


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", **DOCUMENT})


def test_every_route_is_in_it_and_no_other() -> None:
    assert OPERATIONS.keys() == routes()


def test_others_read_it_as_openapi() -> None:
    parts = {**DOCUMENT["components"], "securitySchemes": {}}  # FastAPI knows no mutualTLS
    read = OpenAPI.model_validate({**DOCUMENT, "components": parts})
    assert read.openapi.startswith("3.1.")
    assert read.paths is not None and read.paths.keys() == DOCUMENT["paths"].keys()


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


def test_what_is_referred_to_is_there_and_nothing_else_is() -> None:
    found = set(references(DOCUMENT))
    there = {
        f"#/components/{kind}/{name}"
        for kind, named in DOCUMENT["components"].items()
        for name in named
        if kind != "securitySchemes"
    }
    assert found == there


def test_classes_that_are_made_of_it_have_english_names() -> None:
    """Generators call a class by its title before they call it by its component."""
    names = re.compile(r"[A-Z][A-Za-z]+")
    for name, schema in SCHEMAS.items():
        assert names.fullmatch(name) and "title" not in schema, name
        members = [*schema.get("properties", {}).values(), schema.get("items", {})]
        assert not any(each.keys() & {"properties", "enum"} for each in members), name


def test_the_example_of_the_how_to_is_a_request() -> None:
    request = json.loads(block("json"))
    assert list(validator("Request").iter_errors(request)) == []
    for ours in ("id", "bank", "received_on"):
        assert not validator("Request").is_valid(request | {ours: "x"})


def test_every_operation_tells_the_call_s_number_and_what_can_go_wrong() -> None:
    for where, told in OPERATIONS.items():
        assert {"400", "403", "422", "429", "500", "503"} <= told["responses"].keys(), where
    for code, told in DOCUMENT["components"]["responses"].items():
        assert "X-Request-Id" in told["headers"], code
        assert list(told["content"]) == [serve_problem.CONTENT_TYPE]
