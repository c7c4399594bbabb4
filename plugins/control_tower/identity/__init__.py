"""The parts of matching for which SQL is the wrong tool: comparing names, and finding connected accounts."""
