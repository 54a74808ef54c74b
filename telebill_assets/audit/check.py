"""The verdict of an audit check."""

from pydantic import BaseModel, ConfigDict, Field


class CheckResult(BaseModel):
    """What a check proved or found, ready for the catalogue and the close report."""

    model_config = ConfigDict(frozen=True)

    name: str
    description: str = Field(description="What the check proves: its meaning, in one line")
    passed: bool
    blocking: bool = True
    figure: str = Field(description="What was counted, for people: '0 of 1,204 rows'")
    threshold: str = Field("", description="What the figure may be at most or at least; empty: nothing may differ")
    failures: dict[str, int] = Field(default_factory=dict, description="Failing rows per rule, only rules that failed")
    breakdown: dict[str, str] = Field(default_factory=dict, description="The figure by age, source ..., for people")
    samples: list[str] = Field(default_factory=list, description="Keys of failing rows, masked")
