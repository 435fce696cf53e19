"""The making of a model: what is finished is not done again, and the folder belongs to one recipe."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("reportlab")

from extractors.model_directory import has_second
from extractors.tagger import MODEL_DIRECTORY
from extractors.training import calibrate, course, export, train
from extractors.training.curves import read_log, write_curves
from extractors.training.recipe import Documents, Recipe, SecondNetwork, load_recipe
from schemas.errors import ConfigurationError

ROOT = Path(__file__).parents[3]
RECIPE = Recipe(Documents(3, 1), Documents(2, 900, "exam"), training={"minutes": 1}, workers=1)


class Silent:
    def __init__(self) -> None:
        self.said: list[str] = []

    def begin(self, stage: str, *, unit: str, total: int) -> None:
        self.said.append(f"{stage}: {total} {unit}")

    def advance(self) -> None: ...

    def say(self, message: str) -> None: ...


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Training, export and calibration that only note that they were called and leave the files that the real ones leave."""
    made: list[str] = []

    def fake_train(data: list[Path], out: Path, **_: Any) -> None:
        made.append("train")
        assert list(data[0].glob("shard-*.windows"))
        out.mkdir(exist_ok=True)
        (out / "last.pt").write_text("weights")
        with (out / "log.jsonl").open("a") as log:
            log.write(json.dumps({"step": 1, "minutes": len(made), "tag": 1.0, "word_f1": 0.5}) + "\n")

    def fake_export(_checkpoint: Path, out: Path) -> float:
        made.append("export")
        out.mkdir(exist_ok=True)
        (out / "model.onnx").write_text("network")
        return 1e-6

    def fake_calibrate(model: Path, _shards: list[Path], **_: Any) -> dict[str, float]:
        made.append("calibrate")
        (model / "calibration.json").write_bytes((MODEL_DIRECTORY / "calibration.json").read_bytes())
        return {"ece": 0.02}

    monkeypatch.setattr(train, "train", fake_train)
    monkeypatch.setattr(export, "export", fake_export)
    monkeypatch.setattr(calibrate, "calibrate", fake_calibrate)
    return made


def test_a_finished_stage_is_not_done_again(calls: list[str], tmp_path: Path) -> None:
    record = course.make_model(RECIPE, tmp_path, course=Silent())
    assert calls == ["train", "export", "calibrate"]
    assert record["measured"] == {"ece": 0.02}
    assert json.loads((tmp_path / "training.json").read_text())["sha256"] == record["sha256"]
    again = Silent()
    course.make_model(RECIPE, tmp_path, course=again)
    assert calls == ["train", "export", "calibrate"]
    assert "documents to learn from: 0 shards" in again.said
    longer = replace(RECIPE, training={"minutes": 2})
    course.make_model(longer, tmp_path, course=Silent())
    assert calls == ["train", "export", "calibrate"] * 2
    assert (tmp_path / "f1.svg").read_text().startswith("<svg")


def test_a_second_network_is_trained_beside_the_first_where_the_recipe_asks_for_one(
    calls: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def note(path: Path) -> None:
        calls.append(f"eight bits for {path.parent.name}")

    monkeypatch.setattr(export, "quantise", note)
    recipe = replace(RECIPE, second=SecondNetwork({"seed": 9}, {"hidden_size": 64, "num_attention_heads": 2}))
    course.make_model(recipe, tmp_path, course=Silent())
    assert calls == ["train", "export", "train", "export", "eight bits for second", "calibrate"]
    assert has_second(tmp_path)
    assert not has_second(tmp_path / "second")
    course.make_model(recipe, tmp_path, course=Silent())
    assert calls.count("train") == 2, "what is trained is not trained again"
    with pytest.raises(ConfigurationError, match=r"second\.training\.sede"):
        course.make_model(replace(RECIPE, second=SecondNetwork({"sede": 9})), tmp_path / "other", course=Silent())


def test_a_folder_belongs_to_one_recipe(calls: list[str], tmp_path: Path) -> None:
    course.make_model(RECIPE, tmp_path, course=Silent())
    with pytest.raises(ConfigurationError, match=r"generator\.seed"):
        course.make_model(replace(RECIPE, generator=Documents(3, 2)), tmp_path, course=Silent())


def test_a_model_that_is_never_right_accepts_nothing(calls: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ValueError("0 of 9 documents are right")

    monkeypatch.setattr(calibrate, "calibrate", fail)
    course.make_model(RECIPE, tmp_path, course=Silent())
    assert json.loads((tmp_path / "calibration.json").read_text())["accept_threshold"] == 1.0


def test_a_setting_that_training_does_not_know_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"training\.minuets"):
        course.make_model(replace(RECIPE, training={"minuets": 3}), tmp_path, course=Silent())


@pytest.mark.parametrize("file", [ROOT / "examples/train.toml", ROOT / "extractors/training/shipped.toml"], ids=lambda file: file.name)
def test_the_recipes_that_come_with_the_project_fit_the_training(file: Path) -> None:
    recipe = load_recipe(file)
    train.TrainingConfig(**recipe.training)
    if recipe.second:
        train.TrainingConfig(**{**recipe.training, **recipe.second.training})
    assert recipe.generator.family == "train"
    assert recipe.exam.family == "exam"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[generator", "cannot be read"),
        ("[generator]\ncount = 0\n[exam]\ncount = 1", "generator.count"),
        ("[generator]\ncount = 1\n", "exam.count"),
        ('[generator]\ncount = 1\nfamily = "nice"\n[exam]\ncount = 1', "generator.family"),
        ('[generator]\ncount = 1\n[exam]\ncount = 1\n[training]\nminutes = "long"', "training.minutes"),
        ("[generator]\ncount = 1\n[exam]\ncount = 1\n[trainnig]\n", "trainnig"),
        ("[generator]\ncount = 1\n[exam]\ncount = 1\n[export]\nformat = 1", "export.format"),
        ("[generator]\ncount = 1\n[exam]\ncount = 1\n[second.netwrok]\n", "second.netwrok"),
        ('[generator]\ncount = 1\n[exam]\ncount = 1\n[second.network]\nhidden_size = "large"', "second.network.hidden_size"),
        ("generator = 3", "generator"),
    ],
)
def test_an_unusable_recipe_says_what_and_where(text: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "train.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=expected) as caught:
        load_recipe(path)
    assert str(path) in str(caught.value)


def test_curves_come_from_whole_lines_of_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"minutes": 1, "tag": 2.0, "word_f1": 0.5}\n{"minutes": 2, "tag": 1.0, "word_f1": 0.8}\n{"minutes": 3, "ta')
    assert len(read_log(log)) == 2
    loss, f1 = write_curves(log, tmp_path / "pictures")
    assert "word labels" in loss.read_text()
    assert "F1 of word labels" in f1.read_text()
    assert write_curves(tmp_path / "none.jsonl", tmp_path) == []
