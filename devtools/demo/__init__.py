"""A synthetic fleet to try the product with: realistic errors, reproducible, and with the truth.

The truth (schema `demo`) says whose row each row is; the demo compares the links with it.
"""
