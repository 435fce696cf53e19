"""The commands round the model: generate documents, train, measure, tell which model is in use."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.cli_options import IgnoreXml, Model, Out, settings_in_force, shown_progress
from schemas.errors import ConfigurationError, LineitemError


class Family(StrEnum):
    TRAIN = "train"
    EXAM = "exam"


class EvaluatedStrategy(StrEnum):
    SPECIALIST = "specialist"
    FOUNDATION = "foundation"
    COMBINED = "combined"


def synth(
    count: Annotated[int, typer.Option(min=1, help="How many documents.", metavar="N")],
    out: Out,
    seed: Annotated[int, typer.Option(min=0, help="First seed; the same seed gives the same document.", metavar="N")] = 0,
    family: Annotated[
        Family, typer.Option(help="train: what the model learns from; exam: wordings, fonts and layouts that it never sees.")
    ] = Family.TRAIN,
    language: Annotated[str | None, typer.Option(help="Only this language (ISO 639-1). Default: all.", metavar="CODE")] = None,
    rows: Annotated[int | None, typer.Option(min=1, help="Line items of every document. Default: varied.", metavar="N")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes. Default: one per core.", metavar="N")] = None,
) -> None:
    """Generate invoices: PDF files, each with its truth beside it as JSON, in the form that `lineitem evaluate` reads."""
    need_train_extra("Generating documents", "extractors.training.synthesis")
    from extractors.training.synthesis import write_documents

    _make_folder(out)
    documents = write_documents(
        out, count=count, seed=seed, family=family, language=language, rows=rows, workers=workers or os.cpu_count() or 1
    )
    with shown_progress(waiting="starting") as progress:
        progress.begin(count, 0)
        for kind in documents:
            progress.advance(kind.replace("_", " "))
    typer.echo(f"{count} documents with their truth written to {out}.")


def train(
    config: Annotated[Path, typer.Option(help="The training's configuration; examples/train.toml explains it.", metavar="FILE")],
    out: Out,
) -> None:
    """Train a model from nothing but generated documents. Run it again to go on where it stopped."""
    need_train_extra("Training", "torch", "onnx", "onnxscript", "sklearn", "extractors.training.course")
    from extractors.training.course import STAGES, make_model
    from extractors.training.recipe import load_recipe
    from flows.stages import Stages

    recipe = load_recipe(config)
    _make_folder(out)
    stages = Stages(STAGES)
    try:
        make_model(recipe, out, course=stages)
    except KeyboardInterrupt:
        stages.say("Stopped. Run the same command again to go on.")
        raise typer.Exit(130) from None
    finally:
        stages.close()
    typer.echo(f"The model is in {out}: lineitem run FOLDER --model {out}")


def evaluate(
    folder: Annotated[Path, typer.Argument(help="Folder with NAME.pdf and its truth NAME.json.", metavar="DIR")],
    ignore_xml: IgnoreXml = False,
    model: Model = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write all measures and wrong values here.", metavar="FILE")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Also write a page for the browser: measures, calibration, mistakes with pictures.", metavar="FILE")
    ] = None,
    mistakes: Annotated[int, typer.Option(min=0, help="Show this many wrong values.", metavar="N")] = 0,
    strategy: Annotated[
        list[EvaluatedStrategy] | None,
        typer.Option(help="Compare: the specialist, a foundation model alone, both combined; give it once for each. Prints their table."),
    ] = None,
) -> None:
    """Measure the extraction against known truth: F1 of fields and rows, touchless rate, wrong among accepted, calibration."""
    import json

    from extractors.scoring import score
    from flows.composition import batch_options
    from flows.evaluate import as_json, render, truth_pairs
    from flows.extraction import extract_files
    from flows.originals import of_file
    from flows.terminal import console

    pairs = truth_pairs(folder)
    settings = settings_in_force(ignore_xml=ignore_xml or None, model_dir=model)
    options = batch_options(settings)
    if strategy:
        _compare(strategy, pairs, settings, options)
        return
    invoices = extract_files([of_file(path) for path, _ in pairs], options=options)
    with shown_progress() as progress:
        progress.begin(len(pairs), 0)
        found: list[dict[str, Any]] = []
        for invoice in invoices:
            found.append(invoice.to_json())
            progress.advance(invoice.status)
    result = score(zip((truth for _, truth in pairs), found, strict=True))
    console().print(render(result, mistakes=mistakes))
    if json_file is not None:
        _write(json_file, json.dumps(as_json(result), indent=1, default=str))
    if report is not None:
        from extractors.report.evaluated import Evaluated
        from extractors.report.page import report_page

        documents = [Evaluated(path, truth, got) for (path, truth), got in zip(pairs, found, strict=True)]
        heading = {"Documents": folder.name, "Model": options.pipeline_version, "E-invoice XML": "ignored" if ignore_xml else "used"}
        with shown_progress("pictures", waiting="") as progress:
            _write(report, report_page(documents, result, heading=heading, threshold=options.judge.accept_threshold, progress=progress))
        typer.echo(f"Report: {report}", err=True)


def _compare(strategies: list[EvaluatedStrategy], pairs: list[tuple[Path, dict[str, Any]]], settings: Any, options: Any) -> None:
    from flows.comparing import EvaluatedStrategy as Known
    from flows.comparing import compare, read_all, render_comparison
    from flows.terminal import console

    with shown_progress() as progress:
        progress.begin(len(pairs), 0)
        results, seconds = read_all([path for path, _ in pairs], options, advance=progress.advance)
        found = compare(
            [Known(strategy.value) for strategy in strategies],
            results,
            [truth for _, truth in pairs],
            seconds=seconds,
            settings=settings,
            options=options,
            threshold=options.judge.accept_threshold,
            say=progress.say,
        )
    console().print(render_comparison(found))


def info(model: Model = None) -> None:
    """Show which model is in use: sizes, labels, how it was trained, what was measured, checksum."""
    from flows.model_info import model_facts

    for what, value in model_facts(settings_in_force(model_dir=model)):
        typer.echo(f"{what:<24}{value}".rstrip())


def need_train_extra(what: str, *modules: str) -> None:
    """Import modules that stand on libraries of the train extra, now rather than after an hour's work; a missing one is told as such."""
    from importlib import import_module

    for module in modules:
        try:
            import_module(module)
        except ModuleNotFoundError as exc:
            name = (exc.name or "").partition(".")[0]
            if name in ("extractors", "flows", "schemas", ""):
                raise
            raise ConfigurationError(
                f"{what} needs {name}, which is not installed: pip install 'lineitem[train]', or make train-setup in a checkout."
            ) from exc


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise ConfigurationError(f"The folder {out} cannot be written: {exc.strerror or exc}.") from exc


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise LineitemError(f"{path} cannot be written: {exc.strerror or exc}.") from exc
