"""A policy as a page: well-formed, every example a column, nothing of a file unescaped."""

from __future__ import annotations

from lxml import html

from matters import grants
from tests.zhida.gifts import TEXT, gifts
from zhida.policy_page import page

TITLES = {"human-resources": "人力资源和社会保障部门"}


def tree(text: str = TEXT) -> html.HtmlElement:
    return html.document_fromstring(page(gifts(text), grants.vocabulary().facts, TITLES))


def test_each_condition_has_a_sign_for_each_example() -> None:
    rows = tree().xpath("//tr[td[@class='told']]")
    signs = [
        ["".join(cell.itertext()) for cell in row.xpath("td[contains(@class,'mark')]")]
        for row in rows
    ]
    assert signs == [["✓", "✓", "✓", "✗", "✓"], ["✓", "✓", "✗", "✓", "?"]]


def test_the_last_row_is_what_came_of_it_and_the_list_says_how_much() -> None:
    found = tree()
    end = [cell.text for cell in found.xpath("//tr[@class='end']/td[contains(@class,'mark')]")]
    assert end == ["✓", "✓", "✗", "✗", "?"]
    assert next(li.text for li in found.xpath("//li")) == "恰为十人 → 6,000 元"


def test_what_a_file_says_is_text() -> None:
    text = TEXT.replace("title: 示例奖励", 'title: "<script>1</script>"')
    assert not tree(text).xpath("//script")


def test_every_shipped_policy_has_a_page() -> None:
    known = grants.load()
    for policy in known.policies.values():
        assert html.document_fromstring(page(policy, known.facts, TITLES)).xpath("//table")


def test_who_decides_is_told_by_title() -> None:
    assert "人力资源和社会保障部门决定" in tree().text_content()
    assert "human-resources" not in tree().text_content()
