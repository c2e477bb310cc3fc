"""What the guide says of the product is what the product has (文書)."""

import re
from dataclasses import fields

from config import ROOT, Settings

GUIDE = ROOT / "docs" / "operations.md"


def test_guide_lists_every_setting_and_no_other() -> None:
    rows = re.findall(r"^\| `([A-Z0-9_]+)` \|", GUIDE.read_text("utf-8"), re.MULTILINE)

    assert sorted(rows) == sorted(field.name for field in fields(Settings))


def test_readme_links_lead_to_files() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    targets = re.findall(r"\]\(([^)#:]+)\)", readme)

    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
