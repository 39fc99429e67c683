"""What the hub adds to Airflow's web pages (entry point ``airflow.plugins``).

Every program of Airflow's loads its plugins, tasks too, so this imports nothing that they do not
need: the pages are imported when somebody first asks for one.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send

PREFIX = "/zhida"


async def pages(scope: Scope, receive: Receive, send: Send) -> None:
    """The pages as an ASGI application."""
    await _app()(scope, receive, send)


@cache
def _app() -> FastAPI:
    from zhida.airflow.plugin_pages import application
    from zhida.pages.desk import Desk

    return application(Desk())


def _address(rest: str) -> str:
    """Below where Airflow itself lies (``[api] base_url``)."""
    return urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/") + PREFIX + rest


class ZhidaPlugin(AirflowPlugin):
    """One entry in the menu, and the cases of a matter beside its dag."""

    name = "zhida"
    fastapi_apps: list[Any] = [{"app": pages, "url_prefix": PREFIX, "name": "Zhida 直达"}]  # noqa: RUF012 (as Airflow declares it)
    external_views: list[Any] = [  # noqa: RUF012
        {
            "name": "直达",
            "href": _address("/cases"),
            "url_route": "zhida",
            "destination": "nav",
            "nav_top_level": True,
        },
        {
            "name": "办件",
            "href": _address("/cases?matter={DAG_ID}"),
            "url_route": "zhida-cases",
            "destination": "dag",
        },
    ]
