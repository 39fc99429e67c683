"""What packages say of their licences, and what may be linked in."""

from __future__ import annotations

import pytest

from zhida.licence_words import kind, spdx


@pytest.mark.parametrize(
    ("expression", "licence", "classifiers", "told"),
    [
        ("MIT", "whatever", ["BSD License"], "MIT"),
        ("", "BSD-2-Clause", ["BSD License"], "BSD-2-Clause"),
        ("", "UNKNOWN", ["ISC License (ISCL)"], "ISC"),
        ("", "Copyright (c) 2025 …", ["MIT License"], "MIT"),
        ("", "", ["Apache Software License", "MIT License"], "Apache-2.0 OR MIT"),
        ("", "", ["Something New"], "NOASSERTION"),
        ("", "", [], "NOASSERTION"),
    ],
)
def test_the_newest_field_counts(
    expression: str, licence: str, classifiers: list[str], told: str
) -> None:
    assert spdx(expression, licence, classifiers) == told


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("Apache-2.0", "free"),
        ("LGPL-3.0-only", "weak"),
        ("GPL-3.0-only", "strong"),
        ("AGPL-3.0-or-later", "strong"),
        ("Artistic-1.0-Perl OR GPL-2.0-or-later", "free"),
        ("MIT AND (GPL-2.0-only OR LGPL-2.1)", "weak"),
        ("MIT AND AGPL-3.0", "strong"),
        ("SSPL-1.0", "unknown"),
        ("NOASSERTION", "unknown"),
    ],
)
def test_of_a_choice_the_best_of_a_sum_the_worst(expression: str, told: str) -> None:
    assert kind(expression) == told
