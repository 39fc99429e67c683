"""A real Chromium without a screen, told what to do by its own protocol (CDP)."""

from __future__ import annotations

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from sandbox.layout import free_port

PROGRAM = "/usr/bin/chromium"


class Tab:
    """One tab. ``problems``: what its console has complained of."""

    def __init__(self, wire: ClientConnection) -> None:
        self._wire, self._number = wire, 0
        self.problems: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.tell(f"{domain}.enable")

    def tell(self, method: str, **params: Any) -> Any:
        self._number += 1
        self._wire.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            told = json.loads(self._wire.recv(timeout=60))
            self._note(told)
            if told.get("id") == self._number:
                assert "error" not in told, told
                return told["result"]

    def _note(self, told: dict[str, Any]) -> None:
        method, params = told.get("method"), told.get("params", {})
        if method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.problems.append(params["entry"]["text"])
        if method == "Runtime.exceptionThrown":
            self.problems.append(str(params["exceptionDetails"]))

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        told = self.tell(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def until(self, script: str, seconds: float = 60.0) -> Any:
        """Wait until the expression is true."""
        end = time.monotonic() + seconds
        while True:
            try:
                found = self.run(script)
            except AssertionError:  # the page is just changing
                found = None
            if found:
                return found
            assert time.monotonic() < end, (script, self.run("document.body.innerText")[:2000])
            time.sleep(0.05)

    def log_in(self, address: str, token: str) -> None:
        self.tell("Network.setCookie", name="_token", value=token, url=address, path="/")

    def go(self, address: str) -> None:
        self.run("document.documentElement.dataset.left = 'yes'")
        self.tell("Page.navigate", url=address)
        self.loaded()

    def loaded(self) -> None:
        """The page that was left is gone, and the new one is whole."""
        self.until("document.readyState === 'complete' && !document.documentElement.dataset.left")

    def press(self, key: str, *, leaves: bool = False) -> None:
        """A key, as a person presses it; ``leaves``: it goes to another page."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27}
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        if leaves:
            self.run("document.documentElement.dataset.left = 'yes'")
        told = {"key": key, "windowsVirtualKeyCode": codes.get(key, ord(key[0].upper()))}
        self.tell("Input.dispatchKeyEvent", type="keyDown", text=text, **told)
        self.tell("Input.dispatchKeyEvent", type="keyUp", **told)
        if leaves:
            self.loaded()

    def window(self, width: int, height: int, *, dark: bool = False) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.tell("Emulation.setDeviceMetricsOverride", **size)
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.tell("Emulation.setEmulatedMedia", features=[feature])

    def picture(self, file: Path) -> None:
        told = self.tell("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(told["data"]))


@contextmanager
def opened(home: Path) -> Iterator[Tab]:
    """Started for one test, with a profile of its own, and ended by its pid."""
    port = free_port()
    words = [
        PROGRAM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--lang=zh-CN",
        f"--user-data-dir={home}", f"--remote-debugging-port={port}", "about:blank",
    ]  # fmt: skip
    with (home / "chromium.log").open("w") as log:
        program = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT)
        try:
            with connect(_address(port, program, home), max_size=None) as wire:
                yield Tab(wire)
        finally:
            program.terminate()
            program.wait(30)


def _address(port: int, program: Any, home: Path) -> str:
    """Of its first tab."""
    end = time.monotonic() + 60
    while True:
        assert program.poll() is None and time.monotonic() < end, (
            home / "chromium.log"
        ).read_text()
        page = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            page.request("GET", "/json/list")
            tabs = json.loads(page.getresponse().read())
            return next(str(t["webSocketDebuggerUrl"]) for t in tabs if t["type"] == "page")
        except (OSError, StopIteration, ValueError):
            time.sleep(0.1)
        finally:
            page.close()
