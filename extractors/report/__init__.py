"""An evaluation as a page for the browser."""
