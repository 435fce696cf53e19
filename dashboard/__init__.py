"""Web application over the warehouse."""
