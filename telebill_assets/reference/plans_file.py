"""plans.yaml: each plan with its decks, bands and month rules, flattened into the rows of tables.

Scalars are taken as their texts, so that no price ever becomes a float.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from telebill_assets.reference.findings import Finding
from telebill_assets.reference.month_rule_cells import MONTH_RULES, TIER_STEP, rule_cells
from telebill_assets.reference.texts import TextRow
from telebill_assets.tables.reference.month_rules import PlanTiers
from telebill_assets.tables.reference.plans import PlanBands, PlanDecks, Plans
from telebill_assets.tables.table import TableModel

PRICING_FIELDS = ("band_policy", "min_charge", "min_on_free", "max_charge", "max_policy", "inbound_on")
PLAN_FIELDS = {
    *("plan", "name", "currency", "rate_deck", "default_decks", "rounding", "bands"),
    *PRICING_FIELDS,
    *MONTH_RULES,
}
ROUNDING_FIELDS = {"method", "decimals", "point"}
LISTS: dict[str, tuple[TableModel, set[str]]] = {
    "bands": (PlanBands, {"band", "days", "dates", "from", "to", "weight"}),
}


class PlansFile:
    """Reads the file and collects its rows and what is wrong with its structure."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self.findings: list[Finding] = []
        models: list[TableModel] = [Plans, PlanDecks, PlanBands, *(rule.model for rule in MONTH_RULES.values())]
        self.rows: dict[TableModel, list[TextRow]] = {model: [] for model in models}
        try:
            root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self._wrong(line, "line", "", f"YAML ({error.problem})")
            return
        for plan in self._plans(root):
            self._read_plan(plan)

    def _plans(self, root: yaml.Node | None) -> Iterator[yaml.MappingNode]:
        plans = self._fields(root, {"plans"}).get("plans") if isinstance(root, yaml.MappingNode) else None
        if not isinstance(plans, yaml.SequenceNode):
            self._wrong(1, "plans", "", "a list of plans under the key plans")
            return
        yield from self._mappings(plans, "plans")

    def _mappings(self, node: yaml.Node, field: str) -> Iterator[yaml.MappingNode]:
        if not isinstance(node, yaml.SequenceNode):
            self._wrong(_line(node), field, "", "a list")
            return
        for item in node.value:
            if isinstance(item, yaml.MappingNode):
                yield item
            else:
                self._wrong(_line(item), field, str(item.value), "fields with values")

    def _read_plan(self, node: yaml.MappingNode) -> None:
        fields = self._fields(node, PLAN_FIELDS)
        plan = {"plan_id": self._text(fields, "plan")}
        plan |= {name: self._text(fields, name) for name in ("name", "currency", "rate_deck", *PRICING_FIELDS)}
        rounding = fields.get("rounding")
        details = self._fields(rounding, ROUNDING_FIELDS) if isinstance(rounding, yaml.MappingNode) else {}
        plan |= {f"rounding_{name}": self._text(details, name) for name in ROUNDING_FIELDS}
        self.rows[Plans].append(TextRow(_line(node), plan))
        for position, deck in enumerate(self._texts(fields, "default_decks"), start=1):
            row = {"plan_id": plan["plan_id"], "position": str(position), "rate_deck": deck}
            self.rows[PlanDecks].append(TextRow(_line(fields["default_decks"]), row))
        for name, (model, known) in LISTS.items():
            for item in self._mappings(fields[name], name) if name in fields else ():
                cells = self._fields(item, known)
                texts = {key: self._text(cells, key) for key in cells if key != "dates"}
                if "dates" in cells:
                    texts["dates"] = " ".join(self._texts(cells, "dates"))
                self.rows[model].append(
                    TextRow(_line(item), self._converted(texts, _line(item)) | {"plan_id": plan["plan_id"]})
                )
        for name in MONTH_RULES:
            for position, item in enumerate(self._mappings(fields[name], name) if name in fields else (), start=1):
                self._read_rule(name, item, {"plan_id": plan["plan_id"], "position": str(position)})

    def _read_rule(self, name: str, node: yaml.MappingNode, known: dict[str, str]) -> None:
        """A rule of the month; each step of tiers is a row."""
        fields = self._fields(node, MONTH_RULES[name].fields)
        texts = {key: self._joined(fields, key) for key in fields if key != "steps"}
        cells, wrong = rule_cells(name, texts)
        for field, value, expected in wrong:
            self._wrong(_line(node), field, value, expected)
        model = MONTH_RULES[name].model
        if model is not PlanTiers:
            self.rows[model].append(TextRow(_line(node), cells | known))
            return
        steps = list(self._mappings(fields["steps"], "steps")) if "steps" in fields else []
        if not steps:
            self._wrong(_line(node), "steps", "", "a list of tiers")
        for number, step in enumerate(steps, start=1):
            prices = self._fields(step, TIER_STEP)
            row = {key: self._nullable(prices, key) for key in prices}
            self.rows[model].append(TextRow(_line(step), cells | known | row | {"tier": str(number)}))

    def _converted(self, cells: dict[str, str], line: int) -> dict[str, str]:
        """Times of day as seconds."""
        converted = dict(cells)
        for name, column in (("from", "start_s"), ("to", "end_s")):
            if name in cells:
                converted[column] = self._second_of_day(line, name, converted.pop(name))
        return converted

    def _second_of_day(self, line: int, field: str, text: str) -> str:
        found = re.fullmatch(r"([01][0-9]|2[0-4]):([0-5][0-9])", text)
        second = int(found[1]) * 3600 + int(found[2]) * 60 if found else 86_401
        if second > 86_400:
            self._wrong(line, field, text, 'a time of day such as "08:30", at most "24:00"')
            return "1"
        return str(second)

    def _fields(self, node: yaml.MappingNode, known: set[str]) -> dict[str, yaml.Node]:
        for key, _ in node.value:
            if key.value not in known:
                self._wrong(_line(key), str(key.value), str(key.value), f"one of the fields {', '.join(sorted(known))}")
        return {str(key.value): value for key, value in node.value}

    def _text(self, fields: dict[str, yaml.Node], name: str) -> str:
        node = fields.get(name)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self._wrong(_line(node), name, "", "a single value")
            return ""
        return str(node.value)

    def _texts(self, fields: dict[str, yaml.Node], name: str) -> list[str]:
        """The items of a list; a single value is a list of one."""
        node = fields.get(name)
        items = node.value if isinstance(node, yaml.SequenceNode) else [node] if node is not None else []
        return [self._text({name: item}, name) for item in items]

    def _joined(self, fields: dict[str, yaml.Node], name: str) -> str:
        """A single value, or a list of them with commas between."""
        texts = self._texts(fields, name)
        if len(texts) > 1 and any("," in text for text in texts):
            self._wrong(_line(fields[name]), name, ", ".join(texts), "a list of values without commas")
        return ",".join(texts)

    def _nullable(self, fields: dict[str, yaml.Node], name: str) -> str:
        text = self._text(fields, name)
        return "" if text in {"null", "~"} else text

    def _wrong(self, line: int, field: str, value: str, expected: str) -> None:
        self.findings.append(Finding(self.file, line, field, value, expected))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
