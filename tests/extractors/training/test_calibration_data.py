"""Outcomes of documents for the confidence model, put together from several processes."""

from datetime import date
from pathlib import Path

from extractors.tagger import MODEL_DIRECTORY
from extractors.training.calibration_data import Outcomes, collect
from extractors.training.generate import write_shard


def test_outcomes_are_appended_with_the_numbers_of_their_documents() -> None:
    one = Outcomes(
        signals=[[1.0]], right=[True], flagged=[False], layout=["a"], values={"price": [(0, 0.9, True)]}, differing={"price": [True]}
    )
    two = Outcomes(
        signals=[[2.0]], right=[False], flagged=[True], layout=["b"], values={"price": [(0, 0.4, False)]}, differing={"date": [False]}
    )
    for outcome, flag in ((one, True), (two, False)):
        for flags in outcome.right_parts.values():
            flags.append(flag)
    one.add(two)
    assert (one.signals, one.right, one.flagged, one.layout) == ([[1.0], [2.0]], [True, False], [False, True], ["a", "b"])
    assert all(flags == [True, False] for flags in one.right_parts.values())
    assert one.values == {"price": [(0, 0.9, True), (1, 0.4, False)]}
    assert one.differing == {"price": [True], "date": [False]}


def test_several_processes_find_what_one_finds(tmp_path: Path) -> None:
    shards = [tmp_path / f"shard-{k}.pkl" for k in range(2)]
    for k, shard in enumerate(shards):
        write_shard(range(5 + 2 * k, 7 + 2 * k), "train", shard)
    alone = collect(MODEL_DIRECTORY, shards, today=date(2026, 1, 1))
    together = collect(MODEL_DIRECTORY, shards, today=date(2026, 1, 1), workers=2)
    assert alone.right and alone == together
