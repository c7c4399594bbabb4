"""The weights of evidence estimated from an installation's own data (ADR 24).

`estimate_weights` is a human decision: it shows what other weights would change, and writes a version of them that the
next run of identity_ingestion takes up.
"""

from control_tower.weights.estimate import Estimate, check_estimate, estimate_weights

__all__ = ["Estimate", "check_estimate", "estimate_weights"]
