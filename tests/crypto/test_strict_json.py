import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import strict_json
from crypto.errors import Malformed

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**63, 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_back(value):
    assert strict_json.loads(strict_json.dumps(value)) == value


def test_names_are_sorted_and_nothing_is_escaped():
    assert strict_json.dumps({"b": [1, True], "a": "人𠮷"}) == '{"a":"人𠮷","b":[1,true]}'.encode()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{"a":1,"a":1}', "crypto.duplicate-name"),
        (b'{"x":{"a":1,"a":2}}', "crypto.duplicate-name"),
        (b"1.0", "crypto.json-number"),
        (b"1e3", "crypto.json-number"),
        (b"NaN", "crypto.json-number"),
        (b"-Infinity", "crypto.json-number"),
        (b'"\\ud800"', "crypto.malformed-json"),
        (b'{"\\uDFFF":1}', "crypto.malformed-json"),
        (b"\xef\xbb\xbf{}", "crypto.malformed-json"),
        (b"\xff", "crypto.malformed-json"),
        (b"{} {}", "crypto.malformed-json"),
        (b"", "crypto.malformed-json"),
        (b"'a'", "crypto.malformed-json"),
        (b"1" * 5000, "crypto.json-number"),
        (b"9223372036854775808", "crypto.json-number"),
        (b"-9223372036854775808", "crypto.json-number"),
        (b"[" * 100_000, "crypto.malformed-json"),
        (b"[" * 33 + b"]" * 33, "crypto.json-depth"),
    ],
)
def test_text_of_two_meanings_is_refused(text, code):
    with pytest.raises(Malformed) as caught:
        strict_json.loads(text)
    assert caught.value.code == code


def test_depth_is_told_in_objects_and_arrays_wherever_others_stand():
    deepest = b"[" * 31 + b"1" + b"]" * 31
    assert strict_json.loads(b'{"a":[],"b":%b}' % deepest)["a"] == []
    with pytest.raises(Malformed):
        strict_json.loads(b'{"a":[],"b":[%b]}' % deepest)


def test_a_proper_surrogate_pair_in_escapes_is_one_character():
    assert strict_json.loads(b'"\\ud842\\udfb7"') == "𠮷"


def test_an_object_is_asked_for_where_one_belongs():
    with pytest.raises(Malformed):
        strict_json.loads_object(b"[]")
