"""``zhida serve``: the long-running process that answers those who wait."""

from __future__ import annotations


def serve() -> None:
    """中枢接口：当场答复各单位的程序 (answer units' programs). SIGTERM 答完手上的请求后结束。"""
    import logging
    import signal
    from threading import Event

    from zhida import logs
    from zhida.hub import open_hub
    from zhida.serve import open_server

    logs.configure(logging.INFO)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_hub() as hub, open_server(hub) as server:
        logging.getLogger(__name__).info("port=%d", server.port)
        stop.wait()
