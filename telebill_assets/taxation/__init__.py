"""Taxation: the SureTax API, its exchange log, and the sandbox server that speaks the same protocol."""
