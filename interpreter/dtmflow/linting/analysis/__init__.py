"""What the rules stand on: the graph of configurations, cycles, phases of legs, enabled events.

A `Core` comes in; facts about its paths go out. Nothing here knows the source text, a finding or
a rule: a rule turns facts into findings.
"""
