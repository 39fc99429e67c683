"""Airflow's settings as this machine has them, without importing Airflow (which takes seconds).

In its own order: an environment variable ``AIRFLOW__SECTION__KEY``, what a command tells (``_CMD``, run
as Airflow runs it), then the same in ``airflow.cfg``, then its default. What a secrets backend tells
(``_SECRET``) is not read.
"""

from __future__ import annotations

import configparser
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from exchange.errors import Fatal

_PATIENCE = 5.0
"""Seconds that a command has."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Of one Airflow, by what the environment says of it."""

    environ: Mapping[str, str]
    written: Mapping[str, Mapping[str, str]]

    def get(self, section: str, key: str, default: str = "") -> str | None:
        """The value; None: a secrets backend tells it, or a command that came to nothing."""
        name = f"AIRFLOW__{section}__{key}".upper()
        places = ((self.environ, name, str.upper), (self.written.get(section, {}), key, str.lower))
        for known, own, spelt in places:
            if own in known:
                return known[own]
            if f"{own}{spelt('_CMD')}" in known:
                return _told_by(known[f"{own}{spelt('_CMD')}"])
            if f"{own}{spelt('_SECRET')}" in known:
                return None
        return default

    @property
    def home(self) -> Path:
        """``AIRFLOW_HOME``."""
        return Path(self.environ.get("AIRFLOW_HOME", "") or Path.home() / "airflow")


def of(environ: Mapping[str, str]) -> Settings | None:
    """None: there is no Airflow here. ``Fatal doctor.airflow-file`` for a file that can't be read."""
    if not any(n == "AIRFLOW_HOME" or n.startswith("AIRFLOW__") for n in environ):
        return None
    found = Settings(environ, {})
    file = Path(environ.get("AIRFLOW_CONFIG", "") or found.home / "airflow.cfg")
    return Settings(environ, _written(file)) if file.is_file() else found


def _told_by(command: str) -> str | None:
    words = shlex.split(command)
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace").strip() or None


def _written(file: Path) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        facts = {"file": str(file), "reason": type(error).__name__}
        raise Fatal("doctor.airflow-file", **facts) from None
    return {name: _section(parser, name) for name in parser.sections()}


def _section(parser: configparser.ConfigParser, name: str) -> dict[str, str]:
    """Airflow doubles each ``%`` in its file."""
    return {key: value.replace("%%", "%") for key, value in parser.items(name)}
