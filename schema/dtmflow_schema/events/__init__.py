"""The 41 CallEvents with their payloads, one module per family.

Every field has a default, the empty value of its type, because a payload field that the reference
may leave out reads as empty in a flow. `Sometimes` marks those. This room must not know methods.
"""
