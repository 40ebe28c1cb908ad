"""What the rules stand on, so that a rule's file holds little more than its message.

A `Core` comes in; facts about its paths, conditions and names go out. Only `expressions` knows the
source text (where an expression stands and how its quotes read) and only `derived` and
`expressions` know a rule's `Subject`. Nothing here makes a finding or knows a code.
"""
