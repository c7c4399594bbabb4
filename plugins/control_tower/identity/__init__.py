"""Entity resolution steps in Python: name comparison, account clustering, shared values and new persons."""
