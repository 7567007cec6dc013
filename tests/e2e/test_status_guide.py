"""docs/status-hvert-kvartal.md, followed word for word: its YAML, and each command in its order."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from beskplan.params.models import Status
from beskplan.publish.mailing import PASSWORD_VARIABLE
from tests.conftest import ROOT
from tests.e2e.document_commands import command_faults, commands_in
from tests.publish import mail_samples as samples
from tests.publish.conftest import certificates, server
from tests.publish.mail_server import PASSWORD, MailServer
from tests.publish.test_packet import CASE
from tests.runner.small_copy import append, store_rows, third_quarter, write_copy

__all__ = ["certificates", "server"]

PAGE = "docs/status-hvert-kvartal.md"
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")
COMMANDS = list(commands_in(TEXT, PAGE))
TO_RUN = [one for one in COMMANDS if not one.inline]


def test_every_command_is_written_as_the_command_line_takes_it() -> None:
    ours = [one for one in COMMANDS if one.words[0] == "beskplan"]
    wrong = {
        one.text: found
        for one in ours
        if (found := command_faults(one.words[1:], named_only=one.inline))
    }
    assert wrong == {}
    assert len(TO_RUN) >= 9


@pytest.fixture
def place(server: MailServer, tmp_path: Path) -> Path:
    """Rudersdal's plan of 2027 has what the page tells to write, and the third quarter is there."""
    root = write_copy(tmp_path / "kopi")
    shutil.copy(ROOT / "notebooks" / "status.ipynb", root / "notebooks")
    told, remarks = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert Status.model_validate(yaml.safe_load(remarks)["status"]).bemaerkninger["2026K3"]
    assert yaml.safe_load(told)["status"] == {"hver": "kvartal"}
    own = root / "params" / "rudersdal" / "2027.yaml"
    own.write_text(
        re.sub(r"(?m)^bilag: .*\n", told, own.read_text(encoding="utf-8")), encoding="utf-8"
    )
    append(own, CASE)
    store_rows(root, also=third_quarter("a_dagpenge", "sygedagpenge"), on="2026-11-01")
    samples.write_params(root, server.port)
    return root


@pytest.mark.thorough
def test_the_page_leads_from_the_params_to_the_committee(place: Path, server: MailServer) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BESKPLAN_")},
        PASSWORD_VARIABLE: PASSWORD,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    said = {}
    # The packet wants the plan's own Bilag too.
    first = [["beskplan", "build"], ["beskplan", "approve", "2027/rudersdal", "--by", "Mette Holm"]]
    for words in (*first, *(one.words for one in TO_RUN)):
        done = subprocess.run(
            words, cwd=place, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
        said[" ".join(words)] = done.stdout
    assert "status-2026K4 venter på" in said["beskplan build --bilag status"]
    page = place / "web" / "udgaver" / "status-2026K3.html"
    assert "Rudersdal" in page.read_text(encoding="utf-8")
    assert sorted(server.recipients()) == sorted(samples.ADDRESSES)
    with_edition = said["beskplan packet --kommune Rudersdal --aar 2027"].strip()
    assert (place / with_edition).with_suffix("").joinpath("bilag-2-status-2026K3.pdf").is_file()
