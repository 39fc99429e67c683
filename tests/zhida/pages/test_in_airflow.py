"""The pages in Airflow's own web server: nothing without a login, nothing without the right, no foreign form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.zhida.pages import airflow_web
from tests.zhida.pages.airflow_web import Web
from zhida.airflow.once import settings
from zhida.pages import book

pytestmark = pytest.mark.airflow
PLACES = {"case": "0" * 32, "item": "household", "transfer": "0" * 32}


@pytest.fixture(scope="module")
def web(town: Any, cases: dict[str, str], tmp_path_factory: Any) -> Iterator[Web]:
    with airflow_web.served(town, tmp_path_factory.mktemp("airflow")) as found:
        yield found


@pytest.mark.parametrize("path", [*book.PAGES, *book.FORMS])
@pytest.mark.guarantee("G8")
def test_no_route_answers_without_a_login_or_with_another_s(web: Web, path: str) -> None:
    form = {} if path in book.FORMS else None
    address = "/zhida" + path.format(**PLACES)
    told = [
        web.ask(address, form=form),
        web.ask(address, form=form, cookie="eyJhbGciOiJub25lIn0.e30."),
    ]
    told.append(web.ask(address, form=form, Authorization="Bearer nonsense"))
    for status, _, text in told:
        assert status in (401, 403), (address, status)
        assert "<table" not in text
    status, _, text = web.ask(address, form=form, user="nobody")
    assert (status, "pages.not-allowed" in text) == (403, True)


def test_nothing_else_of_ours_answers(web: Web) -> None:
    for path in (
        "/zhida/docs",
        "/zhida/openapi.json",
        "/zhida/redoc",
        "/zhida/frame.html",
        "/zhida/%2e%2e/",
    ):
        status, _, text = web.ask(path, user="li")
        assert (status, "pages.nothing" in text) == (404, True), path


def test_a_viewer_sees_the_pages(web: Web, cases: dict[str, str]) -> None:
    for path in (
        "cases?state=done",
        "transfers",
        "parked",
        "systems",
        "ledger",
        f"cases/{cases['parked']}",
    ):
        status, headers, text = web.ask(f"/zhida/{path}", user="li")
        assert status == 200, (path, text)
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
    status, headers, _ = web.ask("/zhida/", user="li")
    assert (status, headers["location"]) == (303, "/zhida/cases")


def test_style_and_keys_are_served_as_what_they_are(web: Web) -> None:
    for name, kind in (("style.css", "text/css"), ("keys.js", "text/javascript")):
        status, headers, _ = web.ask(f"/zhida/{name}", user="li")
        assert (status, headers["content-type"].split(";")[0]) == (200, kind)


def test_a_case_is_found_by_its_number_which_stands_in_no_address_and_no_log(
    web: Web, town: Any, cases: dict[str, str], tmp_path_factory: Any
) -> None:
    number = "X320117901"
    form = {"q": number, "token": _token(web, "li", "/zhida/cases")}
    status, headers, text = web.ask("/zhida/find", user="li", form=form)
    assert (status, headers.get("location")) == (303, f"/zhida/cases/{cases['finished']}"), text
    logs = list(tmp_path_factory.getbasetemp().glob("airflow*/**/*.log"))
    assert logs
    assert not [log for log in logs if number in log.read_text("utf-8", "replace")]


def _token(web: Web, user: str, path: str) -> str:
    _, _, text = web.ask(path, user=user)
    found = re.search(r'name="token" value="([^"]+)"', text)
    assert found, text
    return found[1]


@pytest.mark.parametrize("token", ["", "x", "another's"])
def test_a_form_that_our_page_did_not_make_for_this_person_is_refused(
    web: Web, cases: dict[str, str], token: str
) -> None:
    given = _token(web, "wang", "/zhida/cases") if token == "another's" else token
    told = {"q": cases["finished"], "token": given}
    status, _, text = web.ask("/zhida/find", user="li", form=told)
    assert (status, "pages.form" in text) == (403, True)


def test_a_form_of_ten_megabytes_is_not_read(web: Web) -> None:
    told = {"q": "x" * 10_000_000, "token": _token(web, "li", "/zhida/cases")}
    status, _, text = web.ask("/zhida/find", user="li", form=told)
    assert (status, "pages.too-large" in text) == (400, True)


def test_an_address_of_ten_megabytes_kills_nothing(web: Web) -> None:
    try:
        status, _, _ = web.ask("/zhida/cases?matter=" + "x" * 10_000_000, user="li")
        assert status in (400, 414, 431)
    except OSError:
        pass  # it hung up
    assert web.ask("/zhida/cases", user="li")[0] == 200


def test_values_are_shown_to_wang_in_airflow_too_and_to_li_not(web: Web, town: Any) -> None:
    _, _, text = web.ask("/zhida/transfers?unit=public-security", user="wang")
    found = re.search(r'"(/zhida/transfers/[0-9a-f]{32})"', text)
    assert found
    for user, wanted in (("li", 403), ("wang", 200)):
        form = {"reason": "电话核实", "token": _token(web, user, found[1])}
        status, _, text = web.ask(found[1], user=user, form=form)
        assert (status, "•••" not in text) == (wanted, True), text
    town.audit()


def test_airflow_shows_the_pages_in_its_menu_and_beside_each_dag(web: Web) -> None:
    token = web.login("wang")
    status, _, text = web.ask("/api/v2/plugins", Authorization=f"Bearer {token}")
    assert status == 200
    (ours,) = [each for each in json.loads(text)["plugins"] if each["name"] == "zhida"]
    views = {each["url_route"]: each for each in ours["external_views"]}
    assert views["zhida"]["href"] == "/zhida/cases" and views["zhida"]["nav_top_level"]
    assert views["zhida-cases"]["destination"] == "dag"


SOME = """
from types import SimpleNamespace
from exchange.errors import Forbidden
from zhida.airflow import plugin_guard
from zhida.pages.desk import Desk

def seen(dags, asked=()):
    rights = SimpleNamespace(
        is_authorized_dag=lambda method, user: bool(dags),
        batch_is_authorized_dag=lambda told, user: all(
            each["method"] == "GET" and each["details"].id in dags for each in told
        ),
    )
    plugin_guard.get_auth_manager = lambda: rights
    plugin_guard.DagModel = SimpleNamespace(get_dag_id_to_team_name_mapping=lambda names: {})
    try:
        plugin_guard.require_all_dags(Desk(), SimpleNamespace(get_name=lambda: "zhou"))
    except Forbidden as error:
        return error.code
    return "seen"

print(seen([]), seen(["another"]), seen(["newborn"]), seen(["newborn", "another"]))
"""


@pytest.mark.guarantee("G8")
def test_who_may_see_some_of_the_dags_sees_no_page(town: Any, tmp_path: Any) -> None:
    env = settings(tmp_path)
    with town.worker("-c", SOME, env_more=env) as process:
        told, _ = process.communicate(timeout=300)
    assert told.split()[-4:] == ["pages.not-allowed", "pages.not-allowed", "seen", "seen"]
