"""Airflow's hooks for our connection types: what its *Test* button asks.

The same steps as ``zhida system check``, with what a connection alone tells. Airflow's button is off
unless ``AIRFLOW__CORE__TEST_CONNECTION`` is ``Enabled``; the command needs no such switch.
"""

from __future__ import annotations

from typing import Any, ClassVar

from airflow.sdk import BaseHook

from connectors.connection_fields import connection_type
from exchange.errors import ZhidaError
from exchange.ports import Endpoint, utc_now
from exchange.problems import describe
from zhida import connections, environment
from zhida.airflow.connections import fields
from zhida.system_check import check_connection

_MARKS = {"good": "✓", "bad": "✗", "open": "–"}


class _WireHook(BaseHook):
    """One wire's connections."""

    wire: ClassVar[str]
    conn_name_attr = "zhida_conn_id"

    def __init__(self, zhida_conn_id: str = "", **_: Any) -> None:
        super().__init__()
        self._connection = zhida_conn_id

    def get_conn(self) -> Endpoint:
        """Where the connection leads; adapters open the wire themselves."""
        told = fields(self.get_connection(self._connection))
        name, folder = self._connection, environment.site_folder_if_any()
        return connections.endpoint(name, find=lambda _: told, folder=folder, clock=utc_now)

    def test_connection(self) -> tuple[bool, str]:
        """Whether no step is wrong, and all steps in one text."""
        try:
            rows = check_connection(self.wire, self.get_conn())
        except ZhidaError as error:
            return False, "；".join(describe(error.code, error.facts))
        lines = [
            f"{_MARKS[row['state']]} {row['title']}：{row['what']}{_remedy(row)}" for row in rows
        ]
        return all(row["state"] != "bad" for row in rows), "\n".join(lines)


def _remedy(row: dict[str, Any]) -> str:
    return f" → {row['remedy']}" if row["remedy"] else ""


class RestHook(_WireHook):
    """HTTP: REST and SOAP."""

    wire, conn_type, hook_name = "rest", connection_type("rest"), "直达 HTTP"


class AmqpHook(_WireHook):
    """RabbitMQ."""

    wire, conn_type, hook_name = "amqp", connection_type("amqp"), "直达 AMQP"


class MllpHook(_WireHook):
    """HL7 over MLLP."""

    wire, conn_type, hook_name = "mllp", connection_type("mllp"), "直达 MLLP"


class SftpHook(_WireHook):
    """SFTP."""

    wire, conn_type, hook_name = "sftp", connection_type("sftp"), "直达 SFTP"


class TablesHook(_WireHook):
    """Front-end databases."""

    wire, conn_type, hook_name = "tables", connection_type("tables"), "直达前置机库"


class FilesHook(_WireHook):
    """Folders of this machine."""

    wire, conn_type, hook_name = "files", connection_type("files"), "直达本机目录"


class FtpsHook(_WireHook):
    """FTPS."""

    wire, conn_type, hook_name = "ftps", connection_type("ftps"), "直达 FTPS"


class GateHook(_WireHook):
    """Gates that ferry files."""

    wire, conn_type, hook_name = "gate", connection_type("gate"), "直达网闸"
