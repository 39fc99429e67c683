"""Where this process finds its site, its data and its secret: environment variables."""

from __future__ import annotations

import os
from pathlib import Path

from exchange.errors import Fatal, Forbidden


def site_folder() -> Path:
    """``ZHIDA_SITE``."""
    return Path(_variable("ZHIDA_SITE"))


def site_folder_if_any() -> Path:
    """``ZHIDA_SITE``, or the folder of this process for who needs none of the site's files."""
    return Path(os.environ.get("ZHIDA_SITE", "."))


def var_folder() -> Path:
    """``ZHIDA_VAR``: where the hub keeps its store, locks and wrapped keys; made if absent."""
    folder = Path(_variable("ZHIDA_VAR"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def store_url() -> str:
    """``ZHIDA_STORE_URL``: the store's address with its password, which no file of the site holds.

    Empty: as ``site.yaml`` says.
    """
    return os.environ.get("ZHIDA_STORE_URL", "")


def secret() -> bytes:
    """``ZHIDA_KEY_PASSWORD``: opens the hub's key and its vault."""
    return _variable("ZHIDA_KEY_PASSWORD").encode()


def other_secret() -> bytes:
    """``ZHIDA_KEY_PASSWORD_OTHER``: opens them too, while one password is exchanged for the other."""
    return os.environ.get("ZHIDA_KEY_PASSWORD_OTHER", "").encode()


def operator() -> tuple[str, Path, bytes]:
    """``ZHIDA_OPERATOR``, ``ZHIDA_OPERATOR_KEY``, ``ZHIDA_OPERATOR_PASSWORD``: who acts, the file
    of that person's own key, and what opens it. Only commands that change something ask.
    """
    names = ("ZHIDA_OPERATOR", "ZHIDA_OPERATOR_KEY", "ZHIDA_OPERATOR_PASSWORD")
    missing = [each for each in names if not os.environ.get(each)]
    if missing:
        raise Forbidden("operator.not-named", variable=missing[0])
    name, key, password = (os.environ[each] for each in names)
    return name, Path(key), password.encode()


def _variable(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise Fatal("site.no-variable", variable=name)
    return value
