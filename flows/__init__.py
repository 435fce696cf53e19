"""Composition root: settings, the Prefect flow, the command line."""
