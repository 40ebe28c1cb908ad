"""What several test categories share; nothing here is a test."""
