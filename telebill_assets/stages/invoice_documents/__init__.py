"""Every final invoice of a month becomes a document, rendered from its frozen rows.

Here belongs bringing the itemised calls to the task that renders their invoice. Layouts are `invoicing.documents`.
"""
