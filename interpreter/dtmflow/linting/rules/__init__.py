"""One file per rule, named after its code and name; the module's docstring is the rule's page."""
