"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="机器可读输出 machine-readable")]
Reason = Annotated[
    str, typer.Option(help="理由，写进账本，不得含个人信息 why; no personal data, it is kept")
]
