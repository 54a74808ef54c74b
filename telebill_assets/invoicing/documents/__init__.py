"""Documents: a final invoice as the PDF the customer gets, rendered from its frozen rows.

Here belong the words, formats and templates of the layouts. A template neither calculates nor formats: it prints the
view that `view` makes. Which invoices are rendered, and where they are kept, is the stage `invoice_documents`.
"""
