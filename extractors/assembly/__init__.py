"""Tags to an invoice: numbers and dates by the document's locale, header, rows and totals."""
