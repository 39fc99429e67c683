"""The pages behind Airflow's login: each route asks who looks, then the page itself, which knows no web."""

from __future__ import annotations

from typing import Annotated, Any

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from fastapi import Depends, FastAPI, Request, Response
from starlette.exceptions import HTTPException

from exchange.errors import Rejected, ZhidaError
from zhida.airflow import plugin_guard
from zhida.airflow.plugin_guard import Person
from zhida.pages import book
from zhida.pages.ask import Answer, Ask
from zhida.pages.book import Page
from zhida.pages.desk import Desk

Form = Annotated[dict[str, str], Depends(plugin_guard.form)]


def application(desk: Desk) -> FastAPI:
    """Every page of ``book`` at its address; nothing else answers, no documentation either."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for path, page in book.PAGES.items():
        app.add_api_route(path, _looked_at(desk, page), methods=["GET"])
    for path, page in book.FORMS.items():
        app.add_api_route(path, _sent(desk, page), methods=["POST"])
    app.add_exception_handler(ZhidaError, _refused(desk))
    app.add_exception_handler(HTTPException, _refused(desk))
    return app


def _looked_at(desk: Desk, page: Page) -> Any:
    def get(request: Request, user: Person) -> Response:
        plugin_guard.require_all_dags(desk, user)
        return _response(book.answer(desk, page, _ask(request, user)))

    return get


def _sent(desk: Desk, page: Page) -> Any:
    def post(request: Request, user: Person, form: Form) -> Response:
        plugin_guard.require_all_dags(desk, user)
        plugin_guard.require_token(user, form)
        return _response(book.answer(desk, page, _ask(request, user, form)))

    return post


def _ask(request: Request, user: BaseUser | None = None, form: dict[str, str] | None = None) -> Ask:
    base = request.scope.get("root_path", "").rstrip("/")
    return Ask(
        parts={name: str(value) for name, value in request.path_params.items()},
        query=dict(request.query_params),
        form=form or {},
        user=user.get_name() if user else "",
        base=base,
        path=request.scope["path"].removeprefix(base),
        token=plugin_guard.token(user) if user else "",
    )


def _refused(desk: Desk) -> Any:
    def refuse(request: Request, error: Exception) -> Response:
        ours = error if isinstance(error, ZhidaError) else Rejected("pages.nothing")
        return _response(book.refused(desk, _ask(request), ours))

    return refuse


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)
