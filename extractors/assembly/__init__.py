"""Tags to an invoice: numbers and dates by the document's locale, header, rows and totals.

`document.assemble` is where it all comes together; it reads top to bottom in this order:

- words and lines: `page_words`, `lines`, `spans`, `word_groups`, `text_segments`, `glued`, `twin_tables`,
  `captions` (with `caption_words`)
- what the network's labels are corrected by, before rows are built: `begun_names`, `bracketed_codes`, `columns`, `table_charges`,
  `proven_amounts`, `card_amounts`
- rows: `rows`, `parted_rows`, `item_names` (with `name_pieces`, `item_lines`, `item_blocks`, `connected_lines`, `stacked_headings`, `section_headings`,
  `name_columns`, `broken_lines`), `nameless_rows`, `headed_codes`, `labelled_codes`, `headed_numbers`,
  `proven_quantities`, `price_components`, `summed_columns`,
  `line_items` (with `item_readings`), `valid_rows`, `code_columns`, `coded_rates`, `line_rates`
- totals: `totals` (with `total_options`, `adjustments`, `tax_rows`)
- header: `header_reading` (with `numbers_of_header`, `number_parts`, `names`, `name_ends`, `name_lines`, `trade_names`, `parties`, `party_places`, `vat_ids`,
  `legal_forms`, `dates`, `header_dates`, `debited_accounts`, `printed_accounts`, `currency`, `currency_words`, `country`)
- what a reading is worth: `doubt`, `anchors`
"""
