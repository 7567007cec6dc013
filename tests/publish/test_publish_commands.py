from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from beskplan.cli.app import app
from beskplan.core.errors import InputError
from beskplan.params import read
from beskplan.params.jobs import Job, Workplace
from beskplan.publish import approval
from beskplan.publish.trail import Trail
from tests.publish.synthetic import put_report, put_set_report, table
from tests.render import sample_notebook as samples

JOB = Job(2021, "rudersdal", "maalgrupper")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.setattr(approval, "prove", lambda *_: None)
    place = Workplace(tmp_path / "kopi")
    put_set_report(place, JOB, samples.sample_notebook())
    return place


def run(place: Workplace, *words: str) -> str:
    done = CliRunner().invoke(app, [*words, "--root", str(place.root)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_from_draft_to_readers_and_back(place: Workplace, tmp_path: Path) -> None:
    out = str(tmp_path / "ude")
    assert "1 rapporter" in run(place, "catalogue")
    assert "godkendt af Mette Holm" in run(place, "approve", JOB.id, "--by", "Mette Holm")
    assert "offentliggjort" in run(place, "publish", "--to", out)
    assert "0 nye filer, 0 erstattet, 0 fjernet." in run(place, "publish", "--to", out)
    run(place, "withdraw", JOB.id, "--by", "Mette Holm", "--reason", "Forkert tal")
    run(place, "publish", "--to", out)
    pages = [path.read_text(encoding="utf-8") for path in Path(out).rglob("maalgrupper.html")]
    assert len([page for page in pages if "Grund: Forkert tal." in page]) == 1
    assert not [page for page in pages if "Godkendt" in page]
    *trail, last = run(place, "approvals").splitlines()
    assert last.startswith("Godkendelsessporet slutter med nr. 3, ")
    assert [line.split()[2] for line in trail] == ["godkendt", "offentliggjort", "trukket"]


def test_changes_are_told_in_full_or_in_a_sentence(place: Workplace) -> None:
    assert "første udgave" in run(place, "changes", JOB.id)
    other = Job(2021, "rudersdal", "varighed")
    put_report(place, other)
    put_report(place, other, tables=[table(711)])
    assert "703 -> 711  Ukendt" in run(place, "changes", other.id)
    assert run(place, "changes", other.id, "--summary").startswith("1 tal er ændret siden")


def test_a_whole_plan_is_approved_at_once_and_what_may_not_be_is_told(
    place: Workplace, root: Path
) -> None:
    (place.root / "params").symlink_to(root / "params")
    with pytest.raises(InputError) as refused:
        run(place, "approve", "2021/Rudersdal", "--by", "Mette Holm")
    wanted = read("rudersdal", 2021, place.root).bilag
    assert len(wanted) > 1
    # Only the first Bilag of the plan was built here.
    assert [one.where for one in refused.value.problems] == [
        f"2021/rudersdal/{one}" for one in wanted if one != JOB.bilag
    ]
    assert [one.job for one in Trail(place.reports).events()] == [JOB.id]
