"""Findings as text for people (`full`, `concise`) and for programs (`json`)."""
