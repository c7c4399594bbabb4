"""A made-up fleet to try the product with: as untidy as the field, the same every time, and with the truth.

The truth (schema `demo`) says whose row each row is, so that what the pipeline finds can be compared with it.
"""
