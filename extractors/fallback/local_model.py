"""A small model inside this process: weights of an installed package or a folder, through transformers. Nothing is downloaded.

It answers slowly and seldom well (SmolLM2-135M reads no line item right): it shows that the way works without any endpoint. Answers are not constrained
to the schema, so the judge sees whatever the model writes.
"""

from __future__ import annotations

import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from extractors.fallback.provider import RefusedError, Reply, Request
from schemas.errors import ConfigurationError


class LocalModel:
    """``where``: a folder with weights, a GGUF file, or the name of an installed package that carries one. One call at a time."""

    def __init__(self, where: str) -> None:
        self._path = _weights(where)
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def ask(self, request: Request) -> Reply:
        """One answer, at most ``max_tokens`` long and ``timeout_s`` late. Raises `RefusedError` when the model cannot be loaded."""
        with self._lock:
            tokenizer, model = self._model()
            messages = [{"role": m.role, "content": m.content} for m in request.messages]
            inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)
            length = int(inputs["input_ids"].shape[1])
            found = model.generate(
                **inputs,
                max_new_tokens=request.max_tokens,
                max_time=request.timeout_s,
                do_sample=False,
                pad_token_id=tokenizer.eos_token_id,
            )
            answer = found[0][length:]
            return Reply(tokenizer.decode(answer, skip_special_tokens=True), length, len(answer))

    def _model(self) -> tuple[Any, Any]:
        if self._loaded is None:
            try:
                from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

                if self._path.is_dir():
                    place, given = str(self._path), {}
                else:
                    place, given = str(self._path.parent), {"gguf_file": self._path.name}
                tokenizer: Any = AutoTokenizer.from_pretrained(place, local_files_only=True, **given)
                extra = {"quantization_config": GgufConfig(dequantize=True)} if given else {}
                model: Any = AutoModelForCausalLM.from_pretrained(place, local_files_only=True, **given, **extra)
            except (ImportError, OSError, ValueError, RuntimeError) as exc:
                raise RefusedError(f"the local model cannot be loaded ({type(exc).__name__}: {exc})"[:300]) from exc
            self._loaded = tokenizer, model
        return self._loaded


def _weights(where: str) -> Path:
    path = Path(where)
    if path.exists():
        return path
    spec = find_spec(where) if where.isidentifier() else None
    for folder in spec.submodule_search_locations or () if spec else ():
        found = sorted(Path(folder).rglob("*.gguf"))
        if found:
            return found[0]
    raise ConfigurationError(
        f"fallback_model: expected a folder with weights, a GGUF file, or the name of an installed package that carries one, found {where!r}."
    )
