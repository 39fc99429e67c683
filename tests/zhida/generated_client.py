"""A client of the bank's interface that a public generator has made of its description (`openapi-python-client`)."""

from __future__ import annotations

import importlib
import json
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from typer.testing import CliRunner

from crypto import jws, keys
from sandbox.lender import Tls
from zhida.cli import app

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "var" / "peers" / "openapi" / "bin" / "openapi-python-client"
NAME = "generated_bank_client"
CONFIG = f"post_hooks: []\nproject_name_override: bank\npackage_name_override: {NAME}\n"


def generate(folder: Path) -> Path:
    """Into ``folder``, from what ``zhida finance openapi`` writes; the description."""
    assert GENERATOR.is_file(), "run: tests/peers/install.sh"
    document, config = folder / "bank.json", folder / "config.yaml"
    assert CliRunner().invoke(app, ["finance", "openapi", "-o", str(document)]).exit_code == 0
    config.write_text(CONFIG, "utf-8")
    command = [GENERATOR, "generate", "--path", document, "--config", config, "--meta", "none"]
    command += ["--output-path", folder / NAME, "--fail-on-warning"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return document


class Generated:
    """The generated modules, over mutual TLS; what is sent is signed on its way out, as a bank's own code would."""

    def __init__(self, folder: Path, url: str, tls: Tls, key: keys.PrivateKey) -> None:
        sys.path.insert(0, str(folder))
        try:
            self.models: Any = importlib.import_module(f"{NAME}.models")
            made: Any = importlib.import_module(f"{NAME}.client")
        finally:
            sys.path.remove(str(folder))
        self._folder, self._key = folder, key
        context = ssl.create_default_context(cafile=str(tls.ca))
        context.load_cert_chain(tls.cert, tls.key)
        hooks = {"request": [self._sign]}
        self.client = made.Client(
            base_url=url,
            verify_ssl=context,
            timeout=httpx.Timeout(60),
            httpx_args={"event_hooks": hooks, "trust_env": False},
        )

    def close(self) -> None:
        self.client.get_httpx_client().close()

    def call(self, operation: str, *path: str, **told: Any) -> Any:
        """The generated function of that name; its parsed answer, with the status."""
        sys.path.insert(0, str(self._folder))
        try:
            module: Any = importlib.import_module(f"{NAME}.api.order_finance.{operation}")
        finally:
            sys.path.remove(str(self._folder))
        return module.sync_detailed(*path, client=self.client, **told)

    def _sign(self, request: httpx.Request) -> None:
        if request.method != "GET":
            target = request.url.raw_path.decode()
            header = {"typ": "zhida-request+jws", "htm": request.method, "htu": target}
            token = jws.sign(request.read(), self._key, {**header, "iat": int(time.time())})
            first, _, last = token.split(".")
            request.headers["Zhida-Signature"] = f"{first}..{last}"


def operations(document: Path) -> set[str]:
    """Names of the operations that it describes."""
    told = json.loads(document.read_text("utf-8"))
    return {
        each["operationId"]
        for path in told["paths"].values()
        for each in path.values()
        if "operationId" in each
    }
