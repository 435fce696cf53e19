"""Invoice types, errors, rules and tax tables: pure, no input or output, no clock, no environment."""
