"""The queries of the web, one file of `sql/web` each. API and pages read the database by these alone."""
