"""Export of a trained specialist to ONNX: ``python -m extractors.training.export CHECKPOINT OUT [--int8]``."""

from __future__ import annotations

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from extractors.features import LAYOUT_FEATURES, NEIGHBOURS, NGRAM_BUCKETS, NGRAMS_PER_WORD, SHAPE_FEATURES
from extractors.labels import DOCUMENT_TYPES, LANGUAGES, TAGS
from extractors.training.network import Specialist
from extractors.word_vectors import VECTOR_SIZE

INPUTS = ("ngrams", "shape", "layout", "neighbours", "position", "meaning", "mask")
OUTPUTS = ("logits", "link_query", "link_key", "type_logits", "language_logits")


class _Outputs(nn.Module):
    def __init__(self, model: Specialist) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, ngrams: Tensor, shape: Tensor, layout: Tensor, neighbours: Tensor, position: Tensor, meaning: Tensor, mask: Tensor
    ) -> tuple[Tensor, ...]:
        out = self.model(ngrams, shape, layout, neighbours, position, meaning, mask)
        return out.logits, out.link_query, out.link_key, out.type_logits, out.language_logits


def example_inputs(batch: int, words: int, *, seed: int = 0) -> dict[str, Tensor]:
    """Random inputs of the network's shapes."""
    g = torch.Generator().manual_seed(seed)
    return {
        "ngrams": torch.randint(0, NGRAM_BUCKETS, (batch, words, NGRAMS_PER_WORD), generator=g),
        "shape": torch.rand(batch, words, SHAPE_FEATURES, generator=g),
        "layout": torch.rand(batch, words, LAYOUT_FEATURES, generator=g),
        "neighbours": torch.randint(0, words, (batch, words, NEIGHBOURS), generator=g),
        "position": torch.rand(batch, words, 3, generator=g) * 600,
        "meaning": torch.randn(batch, words, VECTOR_SIZE, generator=g),
        "mask": torch.ones(batch, words),
    }


def export(checkpoint: Path, out: Path) -> float:
    """Write ``model.onnx`` and ``specialist.json`` to ``out``; return the largest difference of logits between torch and ONNX Runtime."""
    out.mkdir(parents=True, exist_ok=True)
    model = Specialist.from_pretrained(checkpoint).eval()
    inputs = example_inputs(2, 37)
    batch, words = torch.export.Dim("batch", min=1, max=256), torch.export.Dim("words", min=2, max=4096)
    target = out / "model.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            _Outputs(model),
            tuple(inputs[name] for name in INPUTS),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_shapes=tuple({0: batch, 1: words} for _ in INPUTS),
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch.onnx.export returned no program")
    program.save(str(target), external_data=False)
    strip_traces(target)
    (out / "specialist.json").write_text(
        json.dumps(
            {
                "format": 1,
                "tags": list(TAGS),
                "document_types": list(DOCUMENT_TYPES),
                "languages": list(LANGUAGES),
                "parameters": sum(p.numel() for p in model.parameters()),
                "config": {k: v for k, v in model.config.to_dict().items() if isinstance(v, (int, float, str)) and not k.startswith("_")},
            },
            indent=1,
        )
        + "\n"
    )
    return compare(model, target)


def quantise(onnx_file: Path) -> None:
    """Replace the weights of the file's matrix products by eight-bit ones, a scale for each column; the rest stays as it is.

    The range is reduced by a bit: processors without VNNI instructions would overflow in sums of products.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model = onnx.load(str(onnx_file))
    del model.graph.value_info[:]  # shapes that the exporter wrote down, which the quantiser takes for others
    whole = onnx_file.with_suffix(".whole")
    onnx.save(model, str(whole))
    quantize_dynamic(
        whole, onnx_file, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm"]
    )
    whole.unlink()
    strip_traces(onnx_file)


def strip_traces(onnx_file: Path) -> None:
    """Take out of the file where on this machine each node came from: the exporter writes stack traces with paths into it."""
    import onnx

    model = onnx.load(str(onnx_file))
    del model.metadata_props[:]
    model.doc_string = ""
    graph = model.graph
    del graph.metadata_props[:]
    graph.doc_string = ""
    for part in (*graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        part.doc_string = ""
        del part.metadata_props[:]
    for function in model.functions:
        function.doc_string = ""
        del function.metadata_props[:]
        for node in function.node:
            node.doc_string = ""
            del node.metadata_props[:]
    onnx.save(model, str(onnx_file))


def compare(model: Specialist, onnx_file: Path) -> float:
    """Largest absolute difference of tag logits between torch and ONNX Runtime on other shapes than the exported ones."""
    session = onnxruntime.InferenceSession(str(onnx_file), providers=["CPUExecutionProvider"])
    worst = 0.0
    for batch, words in ((1, 5), (3, 101)):
        inputs = example_inputs(batch, words, seed=words)
        with torch.no_grad():
            expected = model(**inputs).logits.numpy()
        (found,) = session.run(["logits"], {name: value.numpy() for name, value in inputs.items()})
        worst = max(worst, float(np.abs(expected - found).max()))
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--int8", action="store_true", help="eight-bit weights: a third smaller and a third faster on one core")
    arguments = parser.parse_args()
    worst = export(arguments.checkpoint, arguments.out)
    if arguments.int8:
        quantise(arguments.out / "model.onnx")
    print(f"largest difference of logits to torch: {worst:.2e}, {(arguments.out / 'model.onnx').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
