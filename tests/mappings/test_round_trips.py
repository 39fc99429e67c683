"""G14: through every shipped mapping, and back where there is a way, no value changes silently.

Each leaf of the result is what ``oracle`` derives from the file's own words, exactly and of the
same type; or the whole record is refused, each problem with its code, place and remedy, and then
the oracle refuses it too. Whoever ships a mapping gets this test with it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.errors import Invalid
from exchange.problems import describe
from mappings import compiler, reverse
from mappings.compiler import load
from mappings.fields import source_fields
from mappings.flat import leaves
from tests.mappings import oracle, sources

pytestmark = pytest.mark.guarantee("G14")

EXAMPLES = 400 if os.environ.get("ZHIDA_ROUNDS") == "full" else 12
ROUNDS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)
NAMES = compiler.names()
BACK = [name for name in NAMES if not reverse.problems(load(name).file)]


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same type: ``"1"``, 1 and true are three."""
    return type(one) is type(other) and one == other


def judged(name: str, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The result, every leaf of it right; None for a record that is refused with reasons."""
    mapping = load(name)
    expected, refused = oracle.leaves(mapping.file.content, record)
    try:
        made = mapping.apply(record)
    except Invalid as error:
        reasons_stand(error, record)
        shape = all(each.code.startswith("shape.") for each in error.problems)
        assert refused or shape or _strange(error), [(p.code, p.facts) for p in error.problems]
        return None
    assert refused == []
    found = dict(leaves(made))
    assert found.keys() == expected.keys()
    assert [path for path in found if not same(found[path], expected[path])] == []
    return made


def _strange(error: Invalid) -> bool:
    """An object of the source that is none: nothing below it can be read."""
    return any(each.code == "mapping.not-an-object" for each in error.problems)


def reasons_stand(error: Invalid, record: Mapping[str, Any]) -> None:
    values = [each for _, each in leaves(record) if isinstance(each, str) and len(each) > 8]
    for problem in error.problems:
        what, remedy = describe(problem.code, problem.facts)
        assert what != problem.code and remedy and problem.facts["path"]
        assert not [each for each in values if each in str(problem)]


@pytest.mark.parametrize("name", NAMES)
def test_a_clean_record_arrives_exactly(name: str) -> None:
    arrived: list[bool] = []

    @ROUNDS
    @given(sources.records(load(name).file))
    def one(record: dict[str, Any]) -> None:
        arrived.append(judged(name, record) is not None)

    one()
    assert any(arrived), "every record was refused: the test would show nothing"


@pytest.mark.parametrize("name", NAMES)
def test_each_odd_value_in_each_field_of_a_right_record(name: str) -> None:
    file = load(name).file
    rights = [test["source"] for test in file.tests if "gives" in test]
    for source, path in product(rights, source_fields(file.inputs, file.shapes)):
        for odd in sources.odd_values(file.content, path) if "/*" not in path else ():
            record = json.loads(json.dumps(source))
            sources.put(record, path, odd)
            judged(name, record)


@pytest.mark.parametrize("name", NAMES)
def test_an_odd_record_arrives_exactly_or_is_refused_with_reasons(name: str) -> None:
    @ROUNDS
    @given(sources.odd_records(load(name).file))
    def one(record: dict[str, Any]) -> None:
        judged(name, record)

    one()


def _is_right(mapping: compiler.Mapping, record: Mapping[str, Any]) -> bool:
    """Is the record one that its source's shape allows? Of a wire nobody can tell."""
    kind = mapping.file.inputs[""]
    try:
        if isinstance(kind, str):
            mapping.file.shapes.validate(kind, record)
    except Invalid:
        return False
    return True


def _stated(value: Any) -> Any:
    """Without nulls: no document has one, and a mapping takes it for what was not stated."""
    if isinstance(value, dict):
        return {key: _stated(each) for key, each in value.items() if each is not None}
    return [_stated(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", BACK)
def test_there_and_back_nothing_has_changed(name: str) -> None:
    mapping, back = load(name), load(name).reverse()
    trims = bool(mapping.file.content.get("text", {}).get("trim"))
    returned: list[bool] = []

    @ROUNDS
    @given(sources.records(mapping.file) | sources.odd_records(mapping.file))
    def one(record: dict[str, Any]) -> None:
        made = judged(name, record)
        if made is None:
            return
        try:
            again = back.apply(made)
        except Invalid:
            assert not _is_right(mapping, record), "a right record must come back"
            return
        assert mapping.apply(again) == made
        returned.append(True)
        if isinstance(mapping.file.inputs[""], str) and not trims:
            assert again == _stated(record)

    one()
    assert returned


def test_there_is_a_way_back_for_some() -> None:
    assert {"police_answer_citizen_id", "certificate_query_register"} <= set(BACK)


@pytest.mark.parametrize("name", NAMES)
def test_the_oracle_agrees_with_the_file_s_own_tests(name: str) -> None:
    file = load(name).file
    for test in file.tests:
        expected, refused = oracle.leaves(file.content, test["source"])
        if "gives" in test:
            assert (expected, refused) == (dict(leaves(test["gives"])), [])
        else:
            told = [each["code"] for each in test["problems"]]
            assert refused or all(code.startswith("shape.") for code in told)


@given(st.data())
def test_a_silent_change_would_be_seen(data: st.DataObject) -> None:
    """The negative: a result with one leaf changed is never what the oracle says."""
    name = "police_answer_citizen_id"
    record = data.draw(sources.records(load(name).file))
    expected, refused = oracle.leaves(load(name).file.content, record)
    path = data.draw(st.sampled_from(sorted(expected)))
    for changed in (expected[path] + " ", expected[path][1:], expected[path].replace("0", "O")):
        assert same(changed, expected[path]) == (changed == expected[path])
    assert not refused or record
