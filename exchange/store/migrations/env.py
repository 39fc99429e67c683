"""Alembic runs this; the connection comes from ``exchange.store.schema``."""

from alembic import context

from exchange.store import (  # noqa: F401 (their tables join the metadata)
    acceptance_tables,
    award_tables,
    dataset_tables,
    dispute_tables,
    finance_loan_tables,
    finance_tables,
    operating_tables,
    prune_tables,
    subject_tables,
    sync_tables,
    trust_tables,
)
from exchange.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # schema.upgrade already holds the one transaction
)
context.run_migrations()
