"""Control Tower: which lead is which driver, and which scout earned the bonus."""

__version__ = "0.1.0"
