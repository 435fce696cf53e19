"""Anthropic's models, through Anthropic's own library. The answer is held to its schema by the service's structured output."""

from __future__ import annotations

from typing import Any

from extractors.fallback.provider import EndpointTimeoutError, RefusedError, Reply, Request, TransientError
from extractors.fallback.transport import bounded_client, retry_after_s
from schemas.errors import ConfigurationError

URL = "https://api.anthropic.com"


class AnthropicEndpoint:
    """The service at ``url``."""

    def __init__(self, *, url: str | None, key: str | None, timeout_s: float) -> None:
        try:
            import anthropic
        except ImportError as exc:
            raise ConfigurationError(
                "The foundation model needs the library anthropic, which is not installed: pip install 'lineitem[fallback]'."
            ) from exc
        self._anthropic = anthropic
        self._client = anthropic.Anthropic(
            base_url=url or URL,
            api_key=key or "none",
            max_retries=0,
            timeout=timeout_s,
            http_client=bounded_client(url or URL, timeout_s=timeout_s),
        )

    def ask(self, request: Request) -> Reply:
        """One message. Raises `TransientError` or `RefusedError`."""
        anthropic = self._anthropic
        try:
            message: Any = self._client.messages.create(
                model=request.model,
                system="\n".join(m.content for m in request.messages if m.role == "system"),
                messages=[{"role": m.role, "content": m.content} for m in request.messages if m.role != "system"],  # type: ignore[misc]
                max_tokens=request.max_tokens,
                timeout=request.timeout_s,
                output_config={"format": {"type": "json_schema", "schema": dict(request.schema)}},
            )
        except anthropic.APITimeoutError as exc:
            raise EndpointTimeoutError(f"no answer within {request.timeout_s:g} s") from exc
        except anthropic.APIConnectionError as exc:
            raise TransientError(f"no connection to the endpoint ({type(exc.__cause__ or exc).__name__})") from exc
        except anthropic.APIStatusError as exc:
            if exc.status_code in (408, 409, 429) or exc.status_code >= 500:
                raise TransientError(f"the endpoint answered {exc.status_code}", wait_s=retry_after_s(exc.response)) from exc
            raise RefusedError(f"the endpoint answered {exc.status_code}") from exc
        except (anthropic.AnthropicError, ValueError) as exc:
            raise TransientError(f"the endpoint's answer cannot be used ({type(exc).__name__})", billed=True) from exc
        if message.stop_reason == "refusal":
            raise RefusedError("the model refused to answer")
        text = "".join(block.text for block in message.content if block.type == "text")
        return Reply(text, int(message.usage.input_tokens), int(message.usage.output_tokens))
