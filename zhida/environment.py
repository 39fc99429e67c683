"""Where this process finds its site, its data and its secret: environment variables.

A secret may lie in a file whose path the variable with ``_FILE`` at its end tells, as containers and
systemd (``LoadCredential``) hand secrets over: an environment is inherited by every child.
"""

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


def own_site() -> Path | None:
    """``ZHIDA_SITE``, for who can do without one."""
    told = os.environ.get("ZHIDA_SITE", "")
    return Path(told) if told else None


def var_folder() -> Path:
    """``ZHIDA_VAR``: where the hub keeps its store, locks and wrapped keys; made if absent."""
    folder = Path(_variable("ZHIDA_VAR"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def store_url() -> str:
    """``ZHIDA_STORE_URL``: the store's address with its password, which no file of the site holds.

    Empty: as ``site.yaml`` says.
    """
    return _told("ZHIDA_STORE_URL")


def log_form() -> str:
    """``ZHIDA_LOG``: ``text`` or ``json``; empty: nobody said."""
    return os.environ.get("ZHIDA_LOG", "")


def log_file() -> Path | None:
    """``ZHIDA_LOG_FILE``: where the log goes as JSON beside standard error."""
    told = os.environ.get("ZHIDA_LOG_FILE", "")
    return Path(told) if told else None


def secret() -> bytes:
    """``ZHIDA_KEY_PASSWORD``: opens the hub's key and its vault."""
    return _variable("ZHIDA_KEY_PASSWORD").encode()


def connections_file() -> Path | None:
    """``ZHIDA_CONNECTIONS``: the file with the connections' logins, if they lie in one."""
    told = os.environ.get("ZHIDA_CONNECTIONS", "")
    return Path(told) if told else None


def secret_files() -> list[Path]:
    """The files that the environment names for its secrets."""
    named = [os.environ.get(f"{name}_FILE", "") for name in _SECRETS]
    connections = connections_file()
    return [*(Path(each) for each in named if each), *([connections] if connections else [])]


def other_secret() -> bytes:
    """``ZHIDA_KEY_PASSWORD_OTHER``: opens them too, while one password is exchanged for the other."""
    return _told("ZHIDA_KEY_PASSWORD_OTHER").encode()


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


_SECRETS = ("ZHIDA_KEY_PASSWORD", "ZHIDA_KEY_PASSWORD_OTHER", "ZHIDA_STORE_URL")


def _told(name: str) -> str:
    """``Fatal site.no-secret-file`` if it is said to lie in a file that can't be read."""
    value, file = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if value or not file:
        return value
    try:
        return Path(file).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        facts = {"variable": f"{name}_FILE", "reason": type(error).__name__}
        raise Fatal("site.no-secret-file", **facts) from None


def _variable(name: str) -> str:
    value = _told(name)
    if not value:
        raise Fatal("site.no-variable", variable=name)
    return value
