"""Who may look: by Airflow's own login and rights, asked before anything of a page is read.

Airflow guards no plugin's route by itself. A person who may see every matter's dag may see the
pages, which show no more of a matter than its dag does; who may see only some of them sees none.
"""

from __future__ import annotations

import hmac
from typing import Annotated
from urllib.parse import parse_qs

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.batch_apis import IsAuthorizedDagRequest
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import get_user
from airflow.configuration import conf
from airflow.models.dag import DagModel
from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from itsdangerous import BadSignature, URLSafeTimedSerializer

from exchange.errors import Forbidden, Invalid, ZhidaError
from zhida.pages.desk import Desk

MOST = 16_384
"""Bytes of a form."""
MINUTES = 60
"""For how long a page's form may be sent."""
_bearer = HTTPBearer(auto_error=False)


async def logged_in(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> BaseUser:
    """Whom Airflow's cookie or token names. ``Forbidden pages.login`` if that is nobody."""
    try:
        return await get_user(request, None, bearer)
    except HTTPException:
        raise Forbidden("pages.login") from None


Person = Annotated[BaseUser, Depends(logged_in)]


def require_all_dags(desk: Desk, user: BaseUser) -> None:
    """``Forbidden pages.not-allowed`` unless this person may see the dags of all matters."""
    manager = get_auth_manager()
    allowed = manager.is_authorized_dag(method="GET", user=user)
    names = _matters(desk)
    if allowed and names:
        teams = DagModel.get_dag_id_to_team_name_mapping(names)
        asked: list[IsAuthorizedDagRequest] = [
            {"method": "GET", "details": DagDetails(id=name, team_name=teams.get(name))}
            for name in names
        ]
        allowed = manager.batch_is_authorized_dag(asked, user=user)
    if not allowed:
        raise Forbidden("pages.not-allowed", user=user.get_name())


def _matters(desk: Desk) -> list[str]:
    """None of a site that can't be read: then the page tells only that."""
    try:
        return list(desk.site.matters)
    except ZhidaError:
        return []


def token(user: BaseUser) -> str:
    """What a form of this person's must give back."""
    return _serializer().dumps(user.get_id())


def require_token(user: BaseUser, form: dict[str, str]) -> None:
    """``Forbidden pages.form`` for a form that none of our pages made for this person lately."""
    try:
        told = _serializer().loads(form.get("token", ""), max_age=MINUTES * 60)
    except BadSignature:
        raise Forbidden("pages.form") from None
    if not hmac.compare_digest(str(told), user.get_id()):
        raise Forbidden("pages.form")


def _serializer() -> URLSafeTimedSerializer:
    """All web servers of one Airflow share its secret."""
    return URLSafeTimedSerializer(conf.get_mandatory_value("api", "secret_key"), salt="zhida.pages")


async def form(request: Request) -> dict[str, str]:
    """The fields of a form, each once. ``Invalid`` for one that is too large; it is not read."""
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > MOST:
            raise Invalid("pages.too-large", most=MOST)
    told = parse_qs(read.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    return {name: values[-1] for name, values in told.items()}
