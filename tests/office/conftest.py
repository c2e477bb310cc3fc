"""LibreOffice, as the people who fill in the form may use it."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from tests.factories import World, make_world

SOFFICE = "soffice"
XLSX = "xlsx:Calc MS Excel 2007 XML"
CONVERSION_SECONDS = 120

Convert = Callable[[Path, str], Path]


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(clock.jst(2024, 8, 20, 10)):
        world = make_world(
            opens_at=clock.jst(2024, 8, 5), closes_at=clock.jst(2024, 8, 27, 23, 59, 59)
        )
        db_session.commit()
        yield world


@pytest.fixture(scope="session")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Open a file in LibreOffice without a screen, and save it in another format."""
    program = shutil.which(SOFFICE)
    if program is None:
        packages = "libreoffice-calc-nogui libreoffice-writer-nogui"
        pytest.fail(f"LibreOffice is missing: apt-get install {packages}")
    profile = tmp_path_factory.mktemp("profile")

    def run(path: Path, form: str) -> Path:
        folder = tmp_path_factory.mktemp("converted")
        subprocess.run(
            [
                program,
                f"-env:UserInstallation={profile.as_uri()}",
                "--headless",
                "--convert-to",
                form,
                "--outdir",
                str(folder),
                str(path),
            ],
            check=True,
            capture_output=True,
            timeout=CONVERSION_SECONDS,
        )
        return folder / f"{path.stem}.{form.partition(':')[0]}"

    return run
