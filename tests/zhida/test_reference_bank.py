"""The 报文规范 tells every call, field and code, in Chinese, as the description that programs read has them."""

from __future__ import annotations

import re

from matters import finance_reasons
from zhida import finance_codes, finance_openapi, finance_words, reference_bank

DOCUMENT = finance_openapi.document()
TITLE, PARTS = reference_bank.pages()[reference_bank.NAME]
PAGE = "\n\n".join(PARTS)


def section(name: str) -> str:
    return PAGE.split(f"\n## {name}\n")[1].split("\n## ")[0]


def test_every_call_is_told_with_what_is_sent_and_what_comes_back() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for method in methods:
            assert f"| `{method.upper()} {path}` |" in PAGE
    ask = next(line for line in PAGE.splitlines() if "`POST /finance/requests`" in line)
    assert "[Request](#request)" in ask and "202 [Result](#result)" in ask and "409" in ask


def test_every_field_is_told_with_its_meaning() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        told = section(name)
        for field in (*schema.get("properties", ()), *schema.get("enum", ())):
            (line,) = re.findall(rf"^\| `{re.escape(field)}` \|.*$", told, re.M)
            assert finance_words.words()[name, field].text in line
            assert ("必填" in line) == (field in schema.get("required", ())), line


def test_a_field_tells_its_name_type_and_form() -> None:
    told = section("Request")
    assert "| `amount_fen` | 申请金额（分） | 整数 | 1 起，至多 100000000000000 | 必填 |" in told
    assert "| `invoices` | 发票 | [Invoice](#invoice) 的列表 | 0 到 100 个 |" in told
    assert "| `order` | 订单编号 | 文本 | 1 到 64 个字符；不含控制字符 | 必填 |" in told


def test_links_lead_to_parts_of_the_page() -> None:
    headings = {heading.lower() for heading in re.findall(r"^## (\S+)$", PAGE, re.M)}
    assert set(re.findall(r"\(#([^)]+)\)", PAGE)) <= headings


def test_every_code_is_told_with_what_to_do() -> None:
    for code in finance_reasons.load(finance_reasons.SHIPPED):
        assert f"| {code} |" in section("原因代码")
    for status, codes in finance_codes.CODES.items():
        for code in codes:
            assert f"| {status} | `{code}` |" in section("问题代码")
