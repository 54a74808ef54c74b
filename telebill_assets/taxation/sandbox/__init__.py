"""The sandbox: a server that speaks SureTax's protocol and taxes by an illustrative table. Not tax advice.

Here belongs what stands in for the vendor; the rest of telebill knows it by its URL only.
"""
