"""S9: reading an OA form through our SOAP connector, against a bare zeep client.

The stand-in OA is slower than any client, so its answer is recorded once and then given by a
peer that does nothing else. Plain POSTs of the same bytes show how fast that peer is.
"""

from __future__ import annotations

import http.client
import tempfile
from pathlib import Path
from typing import Any

import requests
import zeep
import zeep.transports

from benchmarks.canned_peer import canned_peer
from benchmarks.measure import Result, Work, compared, in_turn, rates, timed
from connectors.soap import Soap
from sandbox.births import birth
from sandbox.clerk import Clerk
from sandbox.district import District

_COUNT = 400
_WSDL = Path(__file__).parents[1] / "sandbox" / "wsdl" / "WorkflowService.wsdl"
_PATH = "/services/WorkflowService"
_HUB = 900


def run() -> Result:
    """``getWorkflowRequest`` of a filled-in form."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        request, answer = _recorded(folder / "district")
        (folder / "answer.xml").write_bytes(answer)
        with canned_peer(folder / "answer.xml") as address:
            wire = Soap(_WSDL, address + _PATH)
            samples = in_turn(_ours(wire, request), _bare(address, request))
            wire.close()
            peer = timed(lambda: _posts(address, len(answer)))
    rate, cpu = rates([mine for mine, _ in samples])
    result = Result("S9", "SOAP 调用 OA call", "次", "≥ 0.95 ×", rate, cpu)
    result.reference = "bare zeep call"
    result.notes = [f"far side answers {peer.rate:.0f} plain POSTs a second"]
    if peer.rate < 5 * rate.median:
        result.invalid = "the far side is less than five times faster than we are"
    return compared(result, samples, 0.95)


def _recorded(folder: Path) -> tuple[int, bytes]:
    """A form at the stand-in OA, and the bytes with which the OA tells it."""
    with District(folder, systems=["oa"], signer=False) as district:
        address = district.system("oa").address
        request = Clerk(address).fill_in(birth(1).form)
        wire = Soap(_WSDL, address + _PATH)
        told = wire.call("getWorkflowRequest", {"in0": request, "in1": _HUB, "in2": 0})
        wire.close()
    return request, told.raw


def _ours(wire: Soap, request: int) -> Work:
    def work() -> int:
        for _ in range(_COUNT):
            wire.call("getWorkflowRequest", {"in0": request, "in1": _HUB, "in2": 0})
        return _COUNT

    return work


def _bare(address: str, request: int) -> Work:
    session = requests.Session()
    session.trust_env = False
    transport: Any = zeep.transports.Transport(session=session)  # type: ignore[no-untyped-call]
    client: Any = zeep.Client(str(_WSDL), transport=transport)  # type: ignore[no-untyped-call]
    service = client.create_service(str(next(iter(client.wsdl.bindings))), address + _PATH)

    def work() -> int:
        for _ in range(_COUNT):
            service.getWorkflowRequest(in0=request, in1=_HUB, in2=0)
        return _COUNT

    return work


def _posts(address: str, size: int) -> int:
    connection = http.client.HTTPConnection(address.removeprefix("http://"))
    for _ in range(2000):
        connection.request("POST", _PATH, b"x" * 600)
        if len(connection.getresponse().read()) != size:
            raise RuntimeError("short answer")
    connection.close()
    return 2000
