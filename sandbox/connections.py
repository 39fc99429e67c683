"""How the hub is told about the district: environment variables, Airflow's connections as JSON."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox import sms, tax_form
from sandbox.health_sign import APPLICATION, SECRET
from sandbox.layout import ACCEPTANCE, DISPUTES, FINANCE, FURTHER, Ports
from sandbox.oa_workflow import HUB
from sandbox.sharing_gate import APP_KEY, SID


def exports(environment: Mapping[str, str]) -> bytes:
    """A file that a shell reads (``. FILE``)."""
    lines = (f"export {name}={shlex.quote(text)}\n" for name, text in environment.items())
    return "".join(lines).encode()


def hub_environment(directory: Path, *, ports: Ports, secrets: Mapping[str, str]) -> dict[str, str]:
    """All of it; the signer's and the hospital's secrets are not in it."""
    environment = {
        "ZHIDA_SITE": str(directory / "site"),
        "ZHIDA_VAR": str(directory / "hub"),
        "ZHIDA_KEY_PASSWORD": secrets["hub"],
    }
    for name, connection in _connections(directory, ports, secrets).items():
        told = {"conn_type": "http", "host": "127.0.0.1", **connection}
        environment[f"AIRFLOW_CONN_{name.upper()}"] = json.dumps(told)
    return environment


def operator_environment(directory: Path, name: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """What makes a shell that of one operator: the name, his or her own key, its password."""
    return {
        "ZHIDA_OPERATOR": name,
        "ZHIDA_OPERATOR_KEY": str(directory / "operators" / f"{name}.key"),
        "ZHIDA_OPERATOR_PASSWORD": secrets[name],
    }


def _connections(
    directory: Path, ports: Ports, secrets: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    secret = {"secret": secrets["insurance"]}
    tls = {name: str(directory / "tls" / file) for name, file in _TLS_FILES.items()}
    return {
        "oa": _http(ports["oa"], login=str(HUB)),
        "police": _http(ports["police"], login="hub"),
        "insurance": _http(ports["insurance"], login="hub") | {"extra": secret},
        "social_security": _http(ports["social_security"], login="hub"),
        "bank": _http(ports["bank"], login="hub"),
        "health": _http(ports["health"], login=APPLICATION) | {"password": SECRET},
        "civil": _http(ports["civil"], login=SID) | {"password": APP_KEY},
        **{name: _http(ports[name], login="hub") for name in _BY_ADDRESS},
        "portal": _http(ports["portal"], login="hub"),
        "seals": _http(ports["seals"], login="hub"),
        "registry": _http(ports["registry"], login="hub"),
        "sms": _http(ports["sms"], login=sms.ACCOUNT) | {"password": sms.SECRET},
        "sms_replies": {"conn_type": "zhida_files", "host": str(directory / "sms")},
        "treasury": {"conn_type": "zhida_files", "host": str(directory / "treasury")},
        "unemployment_fund": {
            "conn_type": "zhida_files",
            "host": str(directory / "unemployment_fund"),
        },
        "seal_filing": {"conn_type": "zhida_files", "host": str(directory / "seal_studio")},
        "tax": _http(ports["tax"], login=tax_form.APP_KEY) | {"password": tax_form.SECRET},
        "hospital": {
            "schema": "https",
            "port": ports["signer"]["https"],
            "login": "hub",
            "password": "",
            "extra": tls | {"key_password": secrets["tls_hub"]},
        },
    }


_BY_ADDRESS = (*FURTHER, *DISPUTES, *ACCEPTANCE, *FINANCE, "licences")
_TLS_FILES = {"ca": "server-ca.crt", "cert": "hub.crt", "key": "hub.key"}


def _http(ports: Mapping[str, int], *, login: str) -> dict[str, Any]:
    """These systems know their callers by address, not by password (dossier C1)."""
    return {"schema": "http", "port": ports["port"], "login": login, "password": ""}
