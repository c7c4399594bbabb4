"""What a channel needs beyond the package: an Airflow provider or Apprise, which an extra of the package brings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from control_tower.errors import DeliveryFailed


@contextmanager
def extra(name: str, connection_id: str) -> Iterator[None]:
    """Say which extra of the package brings what a channel imports."""
    try:
        yield
    except ImportError as error:
        raise DeliveryFailed(
            f"The Airflow connection `{connection_id}` is there, but {error.name or error} is not installed.",
            f"install it where tasks run: pip install 'control-tower[{name}]'. Nothing is lost, it is sent again.",
        ) from error


def missing(name: str, module: str, connection_id: str) -> str | None:
    """The same as a text, before anything is sent; None: the module is there."""
    try:
        if find_spec(module) is not None:
            return None
    except (ImportError, ValueError):  # a parent that is no package, or a module that was taken away
        pass
    return (
        f"The Airflow connection `{connection_id}` is there, but {module} is not installed where tasks run:"
        f" pip install 'control-tower[{name}]'."
    )
