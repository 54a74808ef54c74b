"""controls.yaml: thresholds of the controls, holidays, and the files expected of each source. The file is optional.

thresholds: {volume_percent: 40}
sources:
  sbc-east: {files_per_day: 24}
holidays: [2020-12-25]
"""

from pathlib import Path

import yaml
from pydantic import ValidationError

from telebill_assets.audit.controls.thresholds import FILES_PER_DAY, HOLIDAY, PARAMETERS, Thresholds
from telebill_assets.reference.findings import Finding
from telebill_assets.reference.texts import TextRow

SECTIONS = ("thresholds", "sources", "holidays")


class ControlsFile:
    """Reads the file; collects the rows of the table `controls` and what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self.findings: list[Finding] = []
        self.rows: list[TextRow] = []
        try:
            root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            self._wrong(error.problem_mark.line + 1 if error.problem_mark else 1, "line", "", f"YAML ({error.problem})")
            return
        sections = self._fields(root, SECTIONS) if root else {}
        for name, node in self._fields(sections.get("thresholds"), PARAMETERS).items():
            self._add(node, name, None)
        for source, node in self._fields(sections.get("sources")).items():
            for name, value in self._fields(node, (FILES_PER_DAY,)).items():
                self._add(value, name, source)
        for node in self._list(sections.get("holidays")):
            self._add(node, HOLIDAY, None)

    def _add(self, node: yaml.Node, parameter: str, source: str | None) -> None:
        value = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
        try:
            Thresholds.of([{"parameter": parameter, "source": source, "value": value}])
        except ValidationError as error:
            expected = error.errors()[0]["msg"].removeprefix("Input should be ")
            self._wrong(_line(node), parameter, value, expected)
            return
        self.rows.append(TextRow(_line(node), {"parameter": parameter, "source": source or "", "value": value}))

    def _fields(self, node: yaml.Node | None, known: tuple[str, ...] | None = None) -> dict[str, yaml.Node]:
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self._wrong(_line(node), "field", str(node.value), "fields with values")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if known and key.value not in known:
                self._wrong(_line(key), "field", str(key.value), f"one of {', '.join(known)}")
            elif key.value in found:
                self._wrong(_line(key), "field", str(key.value), "each field once")
            else:
                found[str(key.value)] = value
        return found

    def _list(self, node: yaml.Node | None) -> list[yaml.Node]:
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self._wrong(_line(node), "holidays", str(node.value), "a list of dates such as 2020-12-25")
            return []
        return list(node.value)

    def _wrong(self, line: int, field: str, value: str, expected: str) -> None:
        self.findings.append(Finding(self.file, line, field, value, expected))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
