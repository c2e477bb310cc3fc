"""The import contracts of pyproject.toml hold, and each of them would notice a breach."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BREACHES = {
    "layers": ("core/breach.py", "import app.reports"),
    "exhaustive": ("unlisted/__init__.py", ""),
    "feature": ("audit/models.py", "import app.audit.services"),
    "pure-workflow": ("workflow/breach.py", "import sqlalchemy"),
    "web-free-services": ("audit/queries.py", "import flask"),
}


def lint_imports(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [command, "--no-logo", "--no-cache", *options],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_keep_every_contract() -> None:
    checked = lint_imports(ROOT)

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("breach", BREACHES)
def test_contracts_notice_breach(breach: str, tmp_path: Path) -> None:
    contract = "layers" if breach == "exhaustive" else breach
    module, line = BREACHES[breach]
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("templates", "static", "data")
    )
    broken = tmp_path / "app" / module
    broken.parent.mkdir(exist_ok=True)
    with broken.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")

    checked = lint_imports(tmp_path, "--contract", contract)

    assert checked.returncode == 1, checked.stdout
