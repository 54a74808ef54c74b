"""Every final invoice of a month becomes a document, rendered from its frozen rows."""
