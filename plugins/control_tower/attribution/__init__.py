"""Scout attribution: audited backfills in bounded batches, and the lead ledger."""
