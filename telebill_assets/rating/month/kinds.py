"""The registry of charges: every kind of charge of a month, in the order in which they are worked out.

Each file of the package declares its own kind. A kind sees the lines of all kinds before it, so discounts look at usage
and fees, maximums at what discounts have left, and minimums at what is left of all that.
"""

from telebill_assets.rating.month.allowance_lines import ALLOWANCE
from telebill_assets.rating.month.charge_kind import ChargeKind
from telebill_assets.rating.month.discounts import DISCOUNT
from telebill_assets.rating.month.maximums import MAXIMUM
from telebill_assets.rating.month.minimums import MINIMUM
from telebill_assets.rating.month.one_off import ONE_OFF
from telebill_assets.rating.month.recurring import RECURRING
from telebill_assets.rating.month.tier_lines import TIER
from telebill_assets.rating.month.usage_lines import USAGE

CHARGE_KINDS: tuple[ChargeKind, ...] = (USAGE, ALLOWANCE, TIER, RECURRING, ONE_OFF, DISCOUNT, MAXIMUM, MINIMUM)
