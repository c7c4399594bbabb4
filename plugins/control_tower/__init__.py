"""Control Tower: which lead is which driver, and which scout earned the bonus."""
