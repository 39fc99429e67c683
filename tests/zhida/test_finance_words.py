"""Every field and word of the bank's interface is explained in Chinese, and nothing that is not there."""

from __future__ import annotations

import csv
import doctest
from importlib import resources

from zhida import finance_openapi, finance_words
from zhida.finance_words import words

SCHEMAS = finance_openapi.document()["components"]["schemas"]


def there() -> set[tuple[str, str]]:
    told = {(name, "") for name in SCHEMAS}
    for name, schema in SCHEMAS.items():
        told |= {
            (name, field) for field in (*schema.get("properties", ()), *schema.get("enum", ()))
        }
    return told


def test_what_is_there_is_explained_and_nothing_else() -> None:
    assert words().keys() == there()


def test_no_row_stands_twice() -> None:
    text = resources.files("zhida").joinpath("finance_fields.csv").read_text("utf-8")
    assert len(list(csv.DictReader(text.splitlines()))) == len(words())


def test_every_field_has_a_title_and_a_text_in_chinese() -> None:
    for name, schema in SCHEMAS.items():
        assert not schema["description"].isascii(), name
        for field, told in schema.get("properties", {}).items():
            assert told["title"] and not told["description"].isascii(), (name, field)


def test_the_english_of_a_shape_stays() -> None:
    told = SCHEMAS["Request"]["properties"]["number"]["description"]
    assert told.startswith("银行自己编的编号") and told.endswith("has the same.")


def test_doctests() -> None:
    assert doctest.testmod(finance_words) == (0, 1)
