"""Synthetic invoices, training, calibration and export of the specialist (needs the ``train`` extra)."""
