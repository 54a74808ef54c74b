"""The demo operator: its reference files, its landing files with all faults a sender makes, and one month of billing.

Here belongs what `telebill demo` and `telebill generate` make and show; tests and benchmarks use the same generator.
Nothing else imports it: production code never depends on the demo.
"""
