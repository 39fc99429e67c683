"""What a person sees and can do by keyboard, in a real browser: alone, inside Airflow, narrow, dark, in English."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.zhida.pages import airflow_web, chromium
from tests.zhida.pages.airflow_web import Web
from tests.zhida.pages.chromium import Tab

pytestmark = [pytest.mark.airflow, pytest.mark.peer("chromium")]


@pytest.fixture(scope="module")
def web(town: Any, cases: dict[str, str], tmp_path_factory: Any) -> Iterator[Web]:
    with airflow_web.served(town, tmp_path_factory.mktemp("airflow")) as found:
        yield found


@pytest.fixture(scope="module")
def browser(web: Web, tmp_path_factory: Any) -> Iterator[Tab]:
    with chromium.opened(tmp_path_factory.mktemp("chromium")) as tab:
        tab.log_in(_at(web, ""), web.login("wang"))
        yield tab


@pytest.fixture
def tab(browser: Tab) -> Iterator[Tab]:
    browser.window(1280, 800)
    browser.problems.clear()
    yield browser
    assert browser.problems == []


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: Any) -> Path:
    """Where they are put for whoever wants to look (``ZHIDA_PICTURES``)."""
    told = os.environ.get("ZHIDA_PICTURES")
    folder = Path(told) if told else tmp_path_factory.mktemp("pictures")
    folder.mkdir(exist_ok=True)
    return folder


def _at(web: Web, path: str) -> str:
    return f"http://127.0.0.1:{web.port}/{path}"


def pages(cases: dict[str, str]) -> dict[str, str]:
    return {
        "cases": "cases",
        "done": "cases?state=done",
        "case": f"cases/{cases['finished']}",
        "transfers": "transfers",
        "parked": "parked",
        "parked-item": f"parked/{cases['parked']}/household",
        "systems": "systems",
        "ledger": "ledger",
        "trouble": "cases/ffffffff",
    }


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_is_wider_than_the_window(
    tab: Tab, web: Web, cases: dict[str, str], pictures: Path, width: int, language: str
) -> None:
    tab.window(width, 800)
    for name, path in pages(cases).items():
        mark = "&" if "?" in path else "?"
        tab.go(_at(web, f"zhida/{path}{mark}lang={language}"))
        if name == "trouble":
            tab.problems.clear()  # its status is 404, which the console tells
        tab.picture(pictures / f"{name}-{language}-{width}.png")
        assert tab.run("document.documentElement.scrollWidth") <= width, name
        assert tab.run("getComputedStyle(document.querySelector('header')).display") == "flex"


def test_in_the_dark_text_stands_out(
    tab: Tab, web: Web, cases: dict[str, str], pictures: Path
) -> None:
    tab.window(1280, 800, dark=True)
    for name, path in pages(cases).items():
        tab.go(_at(web, f"zhida/{path}"))
        tab.problems.clear()
        tab.picture(pictures / f"{name}-dark.png")
        assert tab.run(CONTRAST) >= 4.5, name


CONTRAST = """
(() => {
  const light = (c) => c.match(/[\\d.]+/g).slice(0, 3).map(Number).map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (!/^rgba\\(0, 0, 0, 0\\)|transparent/.test(c)) return c; } return "rgb(255, 255, 255)"; };
  const all = [...document.querySelectorAll("body *")].filter((e) => e.offsetParent && [...e.childNodes].some(
    (n) => n.nodeType === 3 && n.textContent.trim()) && !e.matches(".skip"));
  return Math.min(...all.map((e) => { const a = light(getComputedStyle(e).color), b = light(ground(e));
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); }));
})()
"""
"""The least contrast of any text on the page, as WCAG 2 counts it."""


def test_in_the_light_too(tab: Tab, web: Web, cases: dict[str, str]) -> None:
    for name, path in pages(cases).items():
        tab.go(_at(web, f"zhida/{path}"))
        tab.problems.clear()
        assert tab.run(CONTRAST) >= 4.5, name


def test_a_person_without_a_mouse_gets_everywhere(
    tab: Tab, web: Web, cases: dict[str, str]
) -> None:
    tab.go(_at(web, "zhida/cases?state=done"))
    tab.press("Tab")
    assert tab.run("document.activeElement.className") == "skip"
    tab.press("Enter")
    assert tab.run("document.activeElement.id") == "main"
    tab.press("j")
    tab.press("Enter", leaves=True)
    assert tab.run("location.pathname") == f"/zhida/cases/{cases['finished']}"
    tab.press("3", leaves=True)
    assert tab.run("location.pathname") == "/zhida/parked"
    tab.press("/")
    assert tab.run("document.activeElement.id") == "q"
    for letter in cases["invalid"][:12]:
        tab.press(letter)
    tab.press("Enter", leaves=True)
    assert tab.run("location.pathname") == f"/zhida/cases/{cases['invalid']}"
    tab.press("?")
    assert tab.run("document.getElementById('keys').open") is True


def test_every_link_and_field_is_reached_by_tab_and_seen_there(tab: Tab, web: Web) -> None:
    tab.go(_at(web, "zhida/parked"))
    count = tab.run(
        "document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary').length"
    )
    seen = set()
    for _ in range(count):
        tab.press("Tab")
        seen.add(tab.run("(document.activeElement.outerHTML || '').slice(0, 200)"))
        assert tab.run("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert len(seen) > count * 0.8  # two links to the same place look alike


def test_the_pages_are_in_airflow_s_own_menu(tab: Tab, web: Web, pictures: Path) -> None:
    tab.go(_at(web, "plugin/zhida"))
    tab.until("document.querySelector('iframe')?.contentDocument?.querySelector('h1')?.innerText")
    inner = "document.querySelector('iframe').contentDocument"
    assert tab.run(f"{inner}.querySelector('h1').innerText") == "办件"
    assert "直达" in tab.run("document.body.innerText")
    tab.picture(pictures / "airflow.png")
    tab.run(f"{inner}.querySelector('[data-key=\"4\"]').click()")
    tab.until(f"{inner}.querySelector('h1')?.innerText === '系统'")
    tab.until("location.pathname.endsWith('/zhida/systems')")
    tab.problems.clear()  # Airflow's own page may complain of what is no matter of ours


def test_a_value_is_seen_after_a_reason_was_given(tab: Tab, web: Web, pictures: Path) -> None:
    tab.go(_at(web, "zhida/transfers?unit=public-security"))
    tab.press("j")
    tab.press("Enter", leaves=True)
    assert tab.run("document.body.innerText").count("•••") > 3
    tab.picture(pictures / "transfer.png")
    tab.run(
        "document.getElementById('reason').value = '家长来电核对 <b>'; document.getElementById('reason').focus()"
    )
    tab.press("Enter", leaves=True)
    assert "•••" not in tab.run("document.body.innerText")
    tab.picture(pictures / "transfer-clear.png")
