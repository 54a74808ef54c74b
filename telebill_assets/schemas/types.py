"""Column types shared by the tables. Money is Decimal everywhere; no type here is a float."""

from typing import Annotated

import pyspark.sql.types as T

Money = Annotated[T.DecimalType, 18, 2]
"""An amount rounded to the currency's minor unit."""

Exact = Annotated[T.DecimalType, 18, 10]
"""An amount before it is rounded to the minor unit, for one call, one aggregate or one line."""

Total = Annotated[T.DecimalType, 28, 10]
"""A sum of exact amounts over a file, a day or a month."""

TaxAmount = Annotated[T.DecimalType, 18, 6]
"""A tax amount as SureTax returns it with ResponseType D6."""

Rate = Annotated[T.DecimalType, 18, 8]
"""A price per unit, a connect fee, or a tax rate as a fraction."""

Quantity = Annotated[T.DecimalType, 18, 6]
"""A number of units; recurring quantities may be prorated."""
