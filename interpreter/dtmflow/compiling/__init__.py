"""Flow -> core -> Program: sugar rewritten, targets resolved, expressions compiled."""
