"""Expressions: CEL text and `${...}` templates in, typed callables out.

In: text and a scope (qualified name -> type). Out: compiled expressions that turn flat values into
plain Python values. This room must not know states, handlers or documents: places are offsets in
the text, and whoever knows the text's place adds them up.
"""
