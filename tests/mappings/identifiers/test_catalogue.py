"""Every identifier module has the same four verbs."""

from importlib import import_module

import pytest

from mappings.identifiers import catalogue


@pytest.mark.parametrize("name", catalogue.NAMES)
def test_the_same_verbs_everywhere(name: str) -> None:
    module = import_module(f"mappings.identifiers.{name}")
    assert all(
        callable(getattr(module, verb)) for verb in ("compact", "validate", "is_valid", "format")
    )
    assert catalogue.validator(name) is module.validate


def test_only_listed_names_are_imported() -> None:
    with pytest.raises(KeyError):
        catalogue.validator("os")
