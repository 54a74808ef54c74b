"""Documents: a final invoice as the PDF the customer gets, rendered from its frozen rows and nothing else."""
