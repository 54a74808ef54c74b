"""The close report: the evidence of a month on one page, and the same numbers as JSON.

Here belongs collecting what the month's runs have found and showing it. Nothing is proved here: identities and their
recount are in `proof`, verdicts of controls come from the job reports, and `stages/close_report` writes the page.
"""
