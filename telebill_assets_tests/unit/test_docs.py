"""Pages and README name only what exists: files, names in files, links, make targets, checks, settings."""

import re
from functools import cache
from pathlib import Path

import pytest

import telebill_assets
from telebill_assets.stages.road import STAGES

PACKAGE = Path(telebill_assets.__file__).parent
ROOT = PACKAGE.parent
CHECKED = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs" / "dev").glob("*.md"))]
PAGES = [*CHECKED, ROOT / "CHANGELOG.md", ROOT / "benchmarks" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PLACES = (ROOT, PACKAGE)
"""Paths on the pages are relative to one of these."""

CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w.<>-]+(?:/[\w.<>-]+)*/?")
NAMED = re.compile(r"`([A-Za-z_]\w*)`(?: \([^()`]*\))? (?:in|of)\s+`([\w./<>-]+\.py)`")
LINK = re.compile(r"\]\(([^)#\s]+)")
TARGET = re.compile(r"(?:`|^    )make ([a-z]+(?:-[a-z]+)*)", re.MULTILINE)
ENDS = (".py", ".md", ".typ", ".toml", ".lock")


@cache
def text(page: Path) -> str:
    """A page without its fenced blocks, which hold pictures and examples."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


@cache
def entries() -> frozenset[str]:
    """What the first part of a path of the repository may be."""
    return frozenset(path.name for place in PLACES for path in place.iterdir())


def paths(page: Path) -> list[str]:
    """What stands in backticks and looks like a file or folder of the repository."""
    found = [code for code in CODE.findall(text(page)) if PATH.fullmatch(code)]
    return [each for each in found if each.endswith(ENDS) or ("/" in each and each.split("/")[0] in entries())]


def exists(path: str) -> bool:
    """Whether there is such a file or folder; `<asset>` stands for any name, and a bare name may be in any folder."""
    pattern = re.sub(r"<\w+>", "*", path.rstrip("/"))
    return any(any(place.glob(pattern)) for place in PLACES) or ("/" not in path and any(PACKAGE.rglob(path)))


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", CHECKED, ids=name_of)
def test_every_file_that_a_page_names_exists(page):
    assert [path for path in paths(page) if not exists(path)] == []


def test_a_file_that_does_not_exist_would_be_found():
    assert exists("stages/<asset>/job.py")
    assert exists("common.typ")
    assert not exists("stages/<asset>/jobs.py")
    assert len({path for page in CHECKED for path in paths(page)}) > 100


@pytest.mark.parametrize("page", CHECKED, ids=name_of)
def test_every_name_that_a_page_finds_in_a_file_is_there(page):
    for name, path in NAMED.findall(text(page)):
        pattern = re.sub(r"<\w+>", "*", path)
        files = [file for place in PLACES for file in place.glob(pattern)]
        assert any(re.search(rf"\b{name}\b", file.read_text(encoding="utf-8")) for file in files), (name, path)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_to_a_page_leads_somewhere(page):
    links = [link for link in LINK.findall(text(page)) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_that_a_page_names_exists(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(TARGET.findall(text(page))) <= targets


def test_every_target_of_the_makefile_is_explained():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    explained = re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE)
    assert sorted(explained) == sorted(phony[1].split())


def test_operators_are_told_of_every_check_that_a_stage_makes_itself():
    """Those that follow from a table's model are described in docs/audit.md as a kind."""
    told = {name for page in ("close", "controls") for name in CODE.findall(text(ROOT / "docs" / f"{page}.md"))}
    own = {name for stage in STAGES.values() for name in (*stage.gates, *(each.name for each in stage.controls))}
    assert sorted(own - told) == []


def test_every_setting_that_a_page_names_exists():
    from telebill_assets.settings import Settings

    for page in (page for page in PAGES if page.name != "CHANGELOG.md"):
        named = {name.lower() for name in re.findall(r"TELEBILL_([A-Z_]*[A-Z])\b", text(page))}
        assert named - set(Settings.model_fields) == set(), page
