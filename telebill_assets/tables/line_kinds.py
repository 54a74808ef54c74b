"""The kinds of charge lines: their names, in the order of the invoice, and what every part of the house asks of them.

The charges themselves are made by `rating.month.kinds` (and `adjustment` by `rating.adjustments`). Tables, tax,
invoices, ledger and reports know a kind only by what stands here. The words of a kind in each language are
`kind_<name>` and `total_<name>` in `invoicing.documents.words`.
"""

from typing import NamedTuple

import polars as pl


class LineKind(NamedTuple):
    """A kind of charge line."""

    name: str
    plural: str
    """How its lines are called in messages."""

    charged: bool = True
    """Its lines may be above zero."""

    credited: bool = False
    """Its lines may be below zero."""

    taxed: bool = True
    """Its lines bear the tax of their product; they belong to the net of an invoice."""

    of_calls: bool = False
    """An invoice shows the calls and minutes of its lines, not days and a quantity."""


KINDS = (
    LineKind("usage", "usage", of_calls=True),
    LineKind("allowance", "allowances", charged=False, credited=True, of_calls=True),
    LineKind("tier", "calls priced by tiers", credited=True),
    LineKind("adjustment", "adjustments", credited=True),
    LineKind("recurring", "fees billed in advance", credited=True),
    LineKind("one_off", "one-off charges"),
    LineKind("discount", "discounts", charged=False, credited=True),
    LineKind("maximum", "maximum spends", charged=False, credited=True),
    LineKind("minimum", "minimum commitments"),
    LineKind("pass_through", "pass-through items", taxed=False),
)
"""All kinds, in the order in which an invoice shows them."""

LINE_KINDS = tuple(kind.name for kind in KINDS)
CREDITED = tuple(kind.name for kind in KINDS if kind.credited)
NEVER_CHARGED = tuple(kind.name for kind in KINDS if not kind.charged)
UNTAXED = tuple(kind.name for kind in KINDS if not kind.taxed)
OF_CALLS = tuple(kind.name for kind in KINDS if kind.of_calls)


def plurals(names: tuple[str, ...]) -> str:
    """Kinds as a message calls them: `allowances and discounts`."""
    *first, last = [kind.plural for kind in KINDS if kind.name in names]
    return f"{', '.join(first)} and {last}" if first else last


def in_invoice_order(line_kind: pl.Expr) -> pl.Expr:
    """The place of a line's kind on the invoice, from 0."""
    return line_kind.replace_strict(list(LINE_KINDS), list(range(len(LINE_KINDS))), return_dtype=pl.Int8)


def bears_tax(line_kind: pl.Expr) -> pl.Expr:
    """Whether lines of a kind are taxed: all but pass-through items are."""
    return ~line_kind.is_in(list(UNTAXED))
