"""The built wheel: data inside, and the command works from it without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.builders import make_reached

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, as an installation lays it out."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, check=True, capture_output=True)  # noqa: S603  # our own build
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")  # the wheel just built
    return folder / "site"


def run(site: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.path.insert(0, {str(site)!r}); from app.cli import main; main()"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", code, *arguments],
        input=given,
        capture_output=True,
        text=True,
        cwd=site,
        env={**environment, "LANGUAGE": "zh"},
        check=False,
    )


def test_the_wheel_carries_rubrics_workflows_notifications_papers_and_the_catalogue(unpacked: Path) -> None:
    data = unpacked / "app" / "_data"
    assert {path.name for path in data.iterdir()} == {"rubrics", "workflows", "notifications"}
    assert len(list(data.glob("rubrics/*/programme.yaml"))) == 5
    papers = unpacked / "app" / "papers"
    assert len(list(papers.glob("templates/*.typ"))) == 2
    assert {path.name for path in papers.glob("fonts/*.txt")} == {"OFL.txt", "characters.txt"}
    assert len(list(papers.glob("fonts/*.otf"))) == 3
    assert (unpacked / "app" / "locale" / "zh" / "LC_MESSAGES" / "messages.mo").is_file()


@pytest.mark.parametrize("name", ["viewer/viewer.js", "viewer/viewer.css", "charts/charts.js"])
def test_the_wheel_carries_what_is_built_for_the_browser_and_whose_it_is(unpacked: Path, name: str) -> None:
    built = unpacked / "app" / "web" / "static" / name
    assert built.stat().st_size > 10_000
    assert (built.parent / "THIRD_PARTY.txt").is_file()


def test_the_third_parties_of_the_pictures_are_named_with_version_licence_and_notice(unpacked: Path) -> None:
    text = (unpacked / "app" / "web" / "static" / "charts" / "THIRD_PARTY.txt").read_text("utf-8")
    assert "echarts 6.1.0 (Apache-2.0)" in text
    assert "zrender" in text
    assert "Copyright 2017-2026 The Apache Software Foundation" in text, "the NOTICE goes with it"
    assert "Mike Bostock" in text, "whose code ECharts took over"


def test_the_wheel_scores_without_the_checkout(unpacked: Path) -> None:
    facts = json.dumps(make_reached("hongshan-talent-training", "Q1"), default=float)
    done = run(unpacked, "score", "hongshan-talent-training", "Q1", given=facts)
    assert json.loads(done.stdout)["total"] == "25"


def test_the_wheel_checks_its_own_data(unpacked: Path) -> None:
    assert run(unpacked, "rubric", "check").returncode == 0
    done = run(unpacked, "rubric", "list", "--json")
    assert len(json.loads(done.stdout)) == 8
