"""Channels of alerts, and the outbox from which they are sent."""
