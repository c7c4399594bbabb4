"""Choose a loopback port that no other project, starting at the same moment, chooses as well."""

import socket
import sys
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class PortClaim:
    """A port that is reserved among the Control Towers on this machine.

    Between choosing a port and listening on it, Airflow needs ten seconds. The claim bridges them: a name in
    Linux's abstract socket space that the API server inherits, and that vanishes with it.

    Attributes:
        port: the port.
    """

    port: int
    _name: socket.socket | None

    @property
    def descriptors(self) -> list[int]:
        """What a process must inherit to keep the claim alive."""
        return [self._name.fileno()] if self._name else []

    def release(self) -> None:
        """Close this process's hold; a process that inherited the claim keeps it."""
        if self._name:
            self._name.close()


def is_free(port: int) -> bool:
    """Return whether a server could listen on a loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def claim(port: int) -> PortClaim | None:
    """Claim a port, or return None where it is taken."""
    name = None
    if sys.platform == "linux":
        name = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            name.bind(f"\0control-tower-port-{port}")
        except OSError:
            name.close()
            return None
    if is_free(port):
        return PortClaim(port, name)
    if name:
        name.close()
    return None
