"""Errors of running Control Tower on one's own machine."""

from control_tower.errors import ControlTowerError


class LocalError(ControlTowerError):
    """Something of the local installation failed."""


class ServerError(LocalError):
    """The embedded PostgreSQL server cannot be run, started or stopped."""
