"""Who brought this driver: audited backfills in bounded batches, and the daily picture of how well it is known."""
