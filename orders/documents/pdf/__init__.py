"""Draw the PDFs: pages, text in any script, invoices and packing slips."""
