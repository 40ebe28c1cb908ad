"""The 8 parameter types of the Call reference and the types that they are made of.

One module per family. A type's fields are what a flow writes beside the positional arguments of
its method. This room must not know methods or events.
"""
