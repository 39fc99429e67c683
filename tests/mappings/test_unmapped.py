"""A value that a table lacks is a problem, unless the file says otherwise and why."""

from collections.abc import Callable
from typing import Any

import pytest

from exchange.errors import Fatal, Invalid
from mappings.compiler import Mapping

Build = Callable[[str], Mapping]
KEEP = "unmapped: {as: keep, reason: 对方自有代码}"
FIXED = "unmapped: {as: fixed, value: '9', reason: 对方约定}"
STEPS = {
    "code: gb_t_3304": "77",
    "code: {scheme: gb_t_3304, give: name}": "77",
    "code: {scheme: gb_t_2260, as_of: /b}": "999999",
    "crosswalk: hl7_0001__gb_t_2261_1": "Q",
    "values: {'0': father}": "7",
}


def made(build: Build, rule: str, value: Any, day: str = "20260105") -> Any:
    return build(f"{{to: /out, from: /a, {rule}}}").apply({"a": value, "b": day})["out"]


@pytest.mark.parametrize(("step", "value"), STEPS.items())
def test_each_table_lets_it_through_only_when_told(one_rule: Build, step: str, value: str) -> None:
    for strict in (step, f"{step}, unmapped: error"):
        with pytest.raises(Invalid):
            made(one_rule, strict, value)
    assert made(one_rule, f"{step}, {KEEP}", value) == value
    assert made(one_rule, f"{step}, {FIXED}", value) == "9"


def test_what_the_table_has_is_mapped_all_the_same(one_rule: Build) -> None:
    for more in (KEEP, FIXED):
        assert made(one_rule, f"code: gb_t_3304, {more}", "汉族") == "01"


def test_a_kept_number_is_its_digits_and_a_kept_text_meets_the_target_s_limits(
    one_rule: Build,
) -> None:
    assert made(one_rule, f"code: gb_t_3304, {KEEP}", 77) == "77"
    with pytest.raises(Invalid) as caught:
        made(one_rule, f"code: gb_t_3304, {KEEP}, text: {{encoding: gbk}}", "䶮族")
    assert caught.value.code == "mapping.cannot-encode"
    assert made(one_rule, f"code: gb_t_3304, {KEEP}, text: {{trim: true}}", " 77 ") == "77"


def test_what_is_no_code_at_all_stays_a_problem(one_rule: Build) -> None:
    for value in (True, ["77"], {"x": "1"}):
        with pytest.raises(Invalid) as caught:
            made(one_rule, f"code: gb_t_3304, {KEEP}", value)
        assert caught.value.code == "mapping.not-text"


def test_a_code_that_was_not_in_force_stays_a_problem(one_rule: Build) -> None:
    with pytest.raises(Invalid) as caught:
        made(one_rule, f"code: {{scheme: gb_t_2260, as_of: /b}}, {KEEP}", "320103")
    assert caught.value.code == "mapping.code-not-in-force"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("values: {'0': f}, unmapped: {as: keep}", "mapping.key-missing"),
        ("values: {'0': f}, unmapped: {as: keep, reason: ''}", "mapping.bad-key-value"),
        ("values: {'0': f}, unmapped: {as: drop, reason: x}", "mapping.unknown-name"),
        ("values: {'0': f}, unmapped: keep", "mapping.bad-key-value"),
        ("values: {'0': f}, unmapped: {as: keep, value: 'x', reason: x}", "mapping.bad-key-value"),
        ("values: {'0': f}, unmapped: {as: fixed, reason: x}", "mapping.bad-key-value"),
        ("identifier: gb11643, unmapped: {as: keep, reason: x}", "mapping.bad-key-value"),
        ("values: {'0': 1}, unmapped: {as: keep, reason: x}", "mapping.unmapped-type"),
        (
            "values: {'0': true}, unmapped: {as: fixed, value: 1, reason: x}",
            "mapping.unmapped-type",
        ),
        (
            "values: {'0': f}, unmapped: {as: fixed, value: 䶮, reason: x}, text: {encoding: gbk}",
            "mapping.cannot-encode",
        ),
    ],
)
def test_a_file_that_says_it_wrongly_is_refused_with_its_line(
    one_rule: Build, rule: str, code: str
) -> None:
    with pytest.raises(Fatal) as caught:
        one_rule(f"{{to: /out, from: /a, {rule}}}")
    assert (caught.value.code, caught.value.facts["line"]) == (code, 6)


def test_keep_needs_a_target_of_text(compiled: Build) -> None:
    with pytest.raises(Fatal) as caught:
        compiled(
            "from: [/a]\nto: birth-record\nfields:\n"
            f"  - {{to: /child/order, from: /a, code: gb_t_3304, {KEEP}}}\n"
        )
    assert caught.value.code == "mapping.unmapped-type"
    assert caught.value.facts["want"] == "integer"
