"""Running flows: pure step and context, the session shell, the supervisor and the journal.

In comes a Program and what happens on calls; out go commands on `ports.Call` objects and journal
lines. Nothing here knows a concrete line, YAML or CEL.
"""
