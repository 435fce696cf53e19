"""The providers against their own wire formats: Anthropic's messages on a server of this machine, and weights in a folder."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from extractors.fallback.provider import EndpointTimeoutError, RefusedError, Request, TransientError
from extractors.fallback.question import Message
from schemas.errors import ConfigurationError

SCHEMA = {
    "type": "object",
    "properties": {"currency": {"type": ["string", "null"]}},
    "required": ["currency"],
    "additionalProperties": False,
}
REQUEST = Request("a-model", [Message("system", "Read."), Message("user", "<page>\nTotal EUR\n</page>")], SCHEMA, 300, 2.0)


@contextmanager
def anthropic_service(answer: Any, *, status: int = 200, latency_s: float = 0.0, headers: dict[str, str] | None = None) -> Iterator[Any]:
    """A server that speaks Anthropic's protocol: (its URL, what it received)."""
    received: list[tuple[str, dict[str, str], dict[str, Any]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(latency_s)
            payload = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()


def message(text: str, *, stop_reason: str = "end_turn") -> dict[str, Any]:
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "a-model", "content": [{"type": "text", "text": text}],
        "stop_reason": stop_reason, "stop_sequence": None, "usage": {"input_tokens": 41, "output_tokens": 7},
    }  # fmt: skip


def ask(url: str, *, timeout_s: float = 10.0) -> Any:
    pytest.importorskip("anthropic")
    from extractors.fallback.anthropic_endpoint import AnthropicEndpoint

    return AnthropicEndpoint(url=url, key="a-key", timeout_s=timeout_s).ask(REQUEST)


def test_anthropic_gets_the_page_as_data_and_the_schema_as_a_duty() -> None:
    with anthropic_service(message('{"currency": "EUR"}')) as (url, received):
        reply = ask(url)
    assert (reply.text, reply.input_tokens, reply.output_tokens) == ('{"currency": "EUR"}', 41, 7)
    (path, headers, body) = received[0]
    assert path == "/v1/messages"
    assert headers["authorization"] == "Bearer a-key"
    assert (body["model"], body["max_tokens"], body["system"]) == ("a-model", 300, "Read.")
    assert body["messages"] == [{"role": "user", "content": "<page>\nTotal EUR\n</page>"}]
    assert body["output_config"]["format"] == {"type": "json_schema", "schema": SCHEMA}
    assert "tools" not in body


@pytest.mark.parametrize(("status", "kind"), [(429, TransientError), (529, TransientError), (500, TransientError), (401, RefusedError)])
def test_anthropic_s_errors_are_told_apart_and_asked_once(status: int, kind: type[Exception]) -> None:
    error = {"type": "error", "error": {"type": "x", "message": "no"}}
    with anthropic_service(error, status=status, headers={"retry-after": "7"}) as (url, received):
        with pytest.raises(kind, match=str(status)) as raised:
            ask(url)
        assert len(received) == 1  # trying again is the asker's business, which reserves money for it
    assert getattr(raised.value, "wait_s", 7.0) == 7.0


def test_anthropic_s_refusal_is_no_answer() -> None:
    with anthropic_service(message("I would rather not.", stop_reason="refusal")) as (url, _), pytest.raises(RefusedError, match="refused"):
        ask(url)


def test_an_answer_of_anthropic_s_that_is_none_counts_as_paid() -> None:
    with anthropic_service(b"<html>proxy</html>") as (url, _), pytest.raises(TransientError) as raised:
        ask(url)
    assert raised.value.billed


def test_anthropic_is_not_waited_for_longer_than_allowed() -> None:
    begun = time.monotonic()
    with anthropic_service(message("{}"), latency_s=3.0) as (url, _), pytest.raises(EndpointTimeoutError):
        ask(url, timeout_s=0.5)
    assert time.monotonic() - begun < 30


def test_weights_in_a_folder_answer_within_their_limits(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    from extractors.fallback.local_model import LocalModel

    words = {word: number for number, word in enumerate(["<unk>", "<eos>", "Read.", "Total", "EUR", "answer:"])}
    plain = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=plain, unk_token="<unk>", eos_token="<eos>")
    tokenizer.chat_template = "{% for m in messages %}{{ m.content }} {% endfor %}answer:"
    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=len(words),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        eos_token_id=1,
        bos_token_id=None,
    )
    LlamaForCausalLM(shape).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)

    reply = LocalModel(str(tmp_path)).ask(Request("", REQUEST.messages, SCHEMA, 5, 20.0))

    assert 1 <= reply.output_tokens <= 5
    assert reply.input_tokens == 6  # both messages and the turn to answer
    assert set(reply.text.split()) <= set(words)


def test_weights_that_are_nowhere_are_explained() -> None:
    from extractors.fallback.local_model import LocalModel

    with pytest.raises(ConfigurationError, match="no_such_package"):
        LocalModel("no_such_package")
