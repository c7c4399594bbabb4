"""How long ingestion takes against the floor of plain inserts."""
