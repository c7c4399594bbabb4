"""The web application below `/control-tower`: its API, and what its pages read. Imported by the API server alone."""
