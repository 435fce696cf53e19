"""Document in, invoice out: readers, token classifier, assembly, strategy and fallback."""
