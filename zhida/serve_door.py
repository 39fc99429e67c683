"""The hub's door: who is it, may it, what does it want; and one line in the log for each answer.

The line tells who asked by which route and how it ended, and never what was asked about.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from connectors.http_message import Request, Response
from exchange import canonical
from exchange.document import new_id
from exchange.errors import Forbidden, ZhidaError
from zhida import serve_problem, serve_route
from zhida.serve_clients import Clients
from zhida.serve_file import Client
from zhida.serve_notes import Notes
from zhida.serve_route import Call, Route, Told

HEALTH = "/health"
_log = logging.getLogger(__name__)


class HubDoor:
    """Answers requests (``connectors.http_message.Door``). Thread-safe.

    ``is_well`` raises what is wrong; it is asked for ``/health``, which needs no client's right. ``notes``: where it
    is written whose certificates were used, and who was turned away here.
    """

    def __init__(
        self,
        clients: Clients,
        routes: Sequence[Route],
        is_well: Callable[[], object],
        notes: Notes | None = None,
    ) -> None:
        self._clients, self._routes, self._is_well = clients, routes, is_well
        self._notes = notes

    def answer(self, request: Request) -> Response:
        """One request, whatever comes of it."""
        began, number, told = time.monotonic(), new_id(), ["-", "-"]
        code = ""
        try:
            found = self._answered(request, number, told)
        except ZhidaError as error:
            found, code = serve_problem.response(error, number), error.code
        spent = round((time.monotonic() - began) * 1000)
        line = "request=%s client=%s route=%s status=%d code=%s ms=%d"
        _log.info(line, number, *told, found.status, code or "-", spent)
        return found

    def refuse(self, error: ZhidaError) -> Response:
        """What is no request, or can't be answered."""
        number = new_id()
        _log.warning("request=%s refused code=%s", number, error.code)
        return serve_problem.response(error, number)

    def _answered(self, request: Request, number: str, told: list[str]) -> Response:
        """``told`` learns of client and route as soon as they are known."""
        if request.target == HEALTH and request.method == "GET":
            told[1] = HEALTH
            self._is_well()
            return _response(Told({"status": "ok"}), number)
        client = self._known(request)
        told[0] = client.name
        self._clients.take(client)
        route, names, query = serve_route.find(self._routes, request)
        told[1] = f"{route.method} {route.pattern}"
        self._let_in(client, route, request)
        call = Call(number, client, names, query, request.body, request.headers)
        return _response(route.answer(call), number)

    def _known(self, request: Request) -> Client:
        try:
            return self._clients.known(request)
        except Forbidden:
            if self._notes and request.common_name:
                self._notes.unknown(request)
            raise

    def _let_in(self, client: Client, route: Route, request: Request) -> None:
        """By right and signature; both ways it is noted."""
        try:
            if route.right not in client.may:
                raise Forbidden("serve.right", client=client.name, right=route.right)
            kid = self._clients.require_signed(client, request)
        except Forbidden as error:
            if self._notes:
                self._notes.refused(client, f"{route.method} {route.pattern}", error.code)
            raise
        if self._notes:
            self._notes.used(client, request, kid)


def _response(told: Told, number: str) -> Response:
    headers = {"X-Request-Id": number, **told.headers}
    body = b"" if told.value is None else canonical.dumps(told.value)
    return Response(told.status, body, told.content_type, headers, told.stream)
