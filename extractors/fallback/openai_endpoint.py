"""Any endpoint that speaks OpenAI's chat protocol, through OpenAI's own library: OpenAI, Azure, vLLM, Ollama, llama.cpp, ``transformers serve``."""

from __future__ import annotations

from typing import Any

from extractors.fallback.provider import EndpointTimeoutError, RefusedError, Reply, Request, TransientError
from extractors.fallback.transport import bounded_client, retry_after_s
from schemas.errors import ConfigurationError

NO_KEY = "none"  # servers on one's own machine want no key, the library does


class OpenAIEndpoint:
    """One endpoint. ``structured``: how an answer is held to its schema: ``json_schema`` (constrained decoding), ``json_object`` or ``none``;
    an endpoint that refuses one is asked with the next."""

    def __init__(self, *, url: str, key: str | None, timeout_s: float, structured: str = "json_schema") -> None:
        try:
            import openai
        except ImportError as exc:
            raise ConfigurationError(
                "The foundation model needs the library openai, which is not installed: pip install 'lineitem[fallback]'."
            ) from exc
        self._openai = openai
        self._structured = structured
        self._client = openai.OpenAI(
            base_url=url, api_key=key or NO_KEY, max_retries=0, timeout=timeout_s, http_client=bounded_client(url, timeout_s=timeout_s)
        )

    def ask(self, request: Request) -> Reply:
        """One chat completion. Raises `TransientError` or `RefusedError`."""
        openai = self._openai
        try:
            completion: Any = self._client.chat.completions.create(
                model=request.model,
                messages=[{"role": m.role, "content": m.content} for m in request.messages],  # type: ignore[misc]
                max_tokens=request.max_tokens,
                temperature=request.temperature,
                timeout=request.timeout_s,
                **self._format(request),
            )
        except openai.APITimeoutError as exc:
            raise EndpointTimeoutError(f"no answer within {request.timeout_s:g} s") from exc
        except openai.APIConnectionError as exc:
            raise TransientError(f"no connection to the endpoint ({type(exc.__cause__ or exc).__name__})") from exc
        except openai.APIStatusError as exc:
            if exc.status_code == 400 and self._structured != "none" and "response_format" in str(exc.message):
                self._structured = "json_object" if self._structured == "json_schema" else "none"
                return self.ask(request)
            if exc.status_code in (408, 409, 429) or exc.status_code >= 500:
                raise TransientError(f"the endpoint answered {exc.status_code}", wait_s=retry_after_s(exc.response)) from exc
            raise RefusedError(f"the endpoint answered {exc.status_code}") from exc
        except (openai.OpenAIError, ValueError) as exc:
            raise TransientError(f"the endpoint's answer cannot be used ({type(exc).__name__})", billed=True) from exc
        choice = completion.choices[0] if getattr(completion, "choices", None) else None
        text = getattr(getattr(choice, "message", None), "content", None)
        if choice is not None and (getattr(choice.message, "refusal", None) or choice.finish_reason == "content_filter"):
            raise RefusedError("the model refused to answer")
        if not isinstance(text, str):
            raise TransientError("the endpoint's answer holds no text", billed=True)
        usage = completion.usage
        return Reply(text, int(getattr(usage, "prompt_tokens", 0) or 0), int(getattr(usage, "completion_tokens", 0) or 0))

    def _format(self, request: Request) -> dict[str, Any]:
        if self._structured == "json_schema":
            shape = {"name": "invoice_values", "strict": True, "schema": dict(request.schema)}
            return {"response_format": {"type": "json_schema", "json_schema": shape}}
        return {"response_format": {"type": "json_object"}} if self._structured == "json_object" else {}
