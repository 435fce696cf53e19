"""What OCR costs in accuracy and time: ``python -m benchmarks.scans FOLDER [--dpi 150 200 300] [--count 25] [--engine rapidocr]``.

FOLDER holds PDF invoices with their truth beside them. Each is read as it is, then as a picture of its pages: drawn at each resolution,
turned by up to two degrees, blurred, and sprinkled with noise. The same model reads both; the difference is what scanning costs.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from extractors.pipeline import ExtractOptions, SourceFile, extract
from extractors.readers.ocr_engines import OcrName
from extractors.readers.scanned_documents import OcrOptions
from extractors.scoring import score

MAX_SKEW_DEGREES = 2.0
NOISE_OF_255 = 12.0


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.scans", description="Measure what OCR costs in accuracy and time.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dpi", type=int, nargs="+", default=[150, 200, 300])
    parser.add_argument("--count", type=int, default=25, help="documents (default 25)")
    parser.add_argument("--max-pages", type=int, default=2, help="leave out longer documents (default 2 pages)")
    parser.add_argument("--engine", choices=("rapidocr", "tesseract"), default="rapidocr")
    options = parser.parse_args(arguments)
    chosen = _documents(options.folder, options.count, options.max_pages)
    texts = [(truth, _extracted(path.read_bytes(), path.stem, "none", 200)[0]) for path, truth in chosen]
    print(_figures("text layer", texts, 0, 0.0, 0.0), flush=True)
    for dpi in options.dpi:
        scans: list[tuple[dict[str, Any], dict[str, Any]]] = []
        wall = cpu = 0.0
        pages = 0
        for number, (path, truth) in enumerate(chosen):
            picture, count = scan_of(path.read_bytes(), dpi=dpi, seed=number)
            begun, begun_cpu = time.perf_counter(), time.process_time()
            scans.append((truth, _extracted(picture, path.stem, options.engine, dpi)[0]))
            wall, cpu, pages = wall + time.perf_counter() - begun, cpu + time.process_time() - begun_cpu, pages + count
            print(_figures(f"{options.engine} {dpi} dpi ({number + 1})", scans, pages, wall, cpu), flush=True)
        print(_figures("  the same as text", texts[: len(scans)], 0, 0.0, 0.0), flush=True)


def scan_of(data: bytes, *, dpi: int, seed: int) -> tuple[bytes, int]:
    """A TIFF of the PDF's pages as a scanner might give them, and how many there are."""
    import pypdfium2
    from PIL import Image, ImageFilter

    rng, noise = random.Random(seed), np.random.default_rng(seed)
    frames: list[Any] = []
    for page in pypdfium2.PdfDocument(data):
        image = page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
        image = image.rotate(rng.uniform(-MAX_SKEW_DEGREES, MAX_SKEW_DEGREES), resample=Image.Resampling.BICUBIC, fillcolor=255)
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.7)))
        grey = np.asarray(image, np.float32) * rng.uniform(0.9, 1.0) + noise.normal(0, NOISE_OF_255, (image.height, image.width))
        frames.append(Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)))
    buffer = io.BytesIO()
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:], dpi=(dpi, dpi), compression="tiff_deflate")
    return buffer.getvalue(), len(frames)


def _documents(folder: Path, count: int, max_pages: int) -> list[tuple[Path, dict[str, Any]]]:
    import pypdfium2

    found: list[tuple[Path, dict[str, Any]]] = []
    for path in sorted(folder.glob("*.pdf")):
        beside = path.with_suffix(".json")
        if beside.exists() and len(pypdfium2.PdfDocument(path)) <= max_pages:
            found.append((path, {"id": path.stem, **json.loads(beside.read_text(encoding="utf-8"))}))
        if len(found) == count:
            break
    return found


def _extracted(data: bytes, name: str, engine: OcrName, dpi: int) -> tuple[dict[str, Any], int]:
    options = ExtractOptions(today=date.today(), ignore_xml=True, ocr=OcrOptions(engine, dpi))
    invoice = extract(SourceFile(name, name, data), options=options)
    return invoice.to_json(), invoice.pages


def _figures(name: str, pairs: Sequence[tuple[dict[str, Any], dict[str, Any]]], pages: int, wall_s: float, cpu_s: float) -> str:
    result = score(list(pairs))
    cost = f", {wall_s / pages:.1f} s and {cpu_s / pages:.1f} s of processor time per page" if pages else ""
    accepted = f"accepted {result.accepted}, wrong among them {result.accepted_wrong}"
    return f"{name}: {result.documents} documents, header F1 {result.header_f1:.4f}, line-field F1 {result.line_f1:.4f}, {accepted}{cost}"


if __name__ == "__main__":
    main()
