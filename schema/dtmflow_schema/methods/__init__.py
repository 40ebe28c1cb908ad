"""The 38 Call methods as commands, one module per family.

A method's class holds its arguments; its keywords say what it needs, raises and enables. What
carries a method out stands in the lines, never here.
"""
