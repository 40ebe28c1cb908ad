"""The interpreter: from YAML text to calls."""
