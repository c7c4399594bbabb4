"""Words, numbers and dates of pages and messages, in Spanish and English."""
