"""Documents to words: one module per kind of document."""
