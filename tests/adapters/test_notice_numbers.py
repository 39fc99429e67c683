"""Numbers that point to somebody, as people write them; and what only looks like one."""

from __future__ import annotations

import pytest

from adapters._notice_numbers import tells_a_number


@pytest.mark.parametrize(
    "number",
    [
        "13800138000",
        "8613800138000",
        "+8613800138000",
        "+86 138 0013 8000",
        "(+86)138-0013-8000",
        "0086-13800138000",
        "138-0013-8000",
        "138 001 38000",
        "138.0013.8000",
        "138\u200b0013\u200b8000",
        "138－0013－8000",
        "１３８００１３８０００",
        "025-83212345",
        "02583212345",
        "（025）83212345",
        "+86 25 8321 2345",
        "0516-8321234",
        "025-83212345-801",
        "11010519491231002X",
        "110105-19491231-002x",
        "110105 19491231 002X",
        "110105491231002",
        "110105 491231 002",
    ],
)
@pytest.mark.parametrize("around", ["{}", "请电{}联系", "2026-01-05 {}", "办结{} 8时"])
def test_a_number_that_points_to_somebody(number: str, around: str) -> None:
    assert tells_a_number(around.format(number))


@pytest.mark.parametrize(
    "text",
    [
        "2026年1月5日",
        "2026-01-05 09:00",
        "2026-01-15 2026-01-19 9:00",
        "2026-01-15 - 2026-01-20",
        "受理号 20260108000012",
        "110105194912310021",
        "收费 1380.00 元",
        "建邺区江东中路 138 号 1 幢 2604 室",
        "12345",
        "第 0202601080001 号",
        "",
    ],
)
def test_what_points_to_nobody(text: str) -> None:
    assert not tells_a_number(text)
