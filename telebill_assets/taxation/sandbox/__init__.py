"""The sandbox: a server that speaks SureTax's protocol and taxes by an illustrative table. Not tax advice."""
