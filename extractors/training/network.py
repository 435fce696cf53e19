"""The specialist's network: a transformer over words with two-dimensional rotary positions.

Reads top to bottom. B = documents (windows) in the batch, N = words, D = hidden width, H = heads. Positions enter twice: as features of
each word and as rotations of queries and keys by x and y, so that attention sees offsets ("left of me, on my line") whatever the page.
Registered with transformers: ``AutoModelForTokenClassification.from_pretrained(directory)`` loads it after this module is imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForTokenClassification, PretrainedConfig, PreTrainedModel
from transformers.utils.generic import ModelOutput

from extractors.features import LAYOUT_FEATURES, NEIGHBOURS, NGRAM_BUCKETS, SHAPE_FEATURES
from extractors.labels import DOCUMENT_TYPES, LANGUAGES, TAGS
from extractors.word_vectors import VECTOR_SIZE


class SpecialistConfig(PretrainedConfig):
    """Sizes of the network. ``hidden_size`` must be ``num_attention_heads`` × a multiple of 4 (x and y rotations)."""

    model_type = "lineitem-specialist"

    def __init__(
        self,
        hidden_size: int = 192,
        num_hidden_layers: int = 4,
        num_attention_heads: int = 6,
        intermediate_size: int = 640,
        ngram_size: int = 64,
        link_size: int = 48,
        dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        self.hidden_size = hidden_size
        self.num_hidden_layers = num_hidden_layers
        self.num_attention_heads = num_attention_heads
        self.intermediate_size = intermediate_size
        self.ngram_size = ngram_size
        self.link_size = link_size
        self.dropout = dropout
        kwargs.setdefault("id2label", dict(enumerate(TAGS)))
        kwargs.setdefault("label2id", {tag: i for i, tag in enumerate(TAGS)})
        super().__init__(**kwargs)


def rotation(coordinate: Tensor, pairs: int) -> tuple[Tensor, Tensor]:
    """Cosine and sine [B, N, pairs] of a coordinate [B, N] in points, wavelengths from 12 points (a line) to 6,000 (several pages)."""
    exponent = torch.arange(pairs, dtype=torch.float32, device=coordinate.device) / max(pairs - 1, 1)
    wavelength = 12.0 * (500.0**exponent)
    angle = coordinate.unsqueeze(-1) * (2 * torch.pi / wavelength)
    return angle.cos(), angle.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate the two halves of the last dimension against each other; x [..., 2 × pairs], cos and sin [..., pairs]."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, a * sin + b * cos), dim=-1)


class Rotations(nn.Module):
    """Cosines and sines [B, H, N, head/2] for all heads: half of each head follows y; the other half x, by the word's left edge in even
    heads and by its right edge in odd ones (numbers align right, words left)."""

    def __init__(self, heads: int, head_size: int) -> None:
        super().__init__()
        self.heads, self.pairs = heads, head_size // 4

    def forward(self, position: Tensor) -> tuple[Tensor, Tensor]:
        left = rotation(position[..., 0], self.pairs)
        right = rotation(position[..., 1], self.pairs)
        vertical = rotation(position[..., 2], self.pairs)
        parts: list[tuple[Tensor, Tensor]] = []
        for head in range(self.heads):
            x = left if head % 2 == 0 else right
            parts.append((torch.cat((x[0], vertical[0]), -1), torch.cat((x[1], vertical[1]), -1)))
        return torch.stack([p[0] for p in parts], 1), torch.stack([p[1] for p in parts], 1)


class Block(nn.Module):
    """Pre-norm transformer block."""

    def __init__(self, config: SpecialistConfig) -> None:
        super().__init__()
        d = config.hidden_size
        self.heads = config.num_attention_heads
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv = nn.Linear(d, 3 * d)
        self.out = nn.Linear(d, d)
        self.up, self.down = nn.Linear(d, config.intermediate_size), nn.Linear(config.intermediate_size, d)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, bias: Tensor) -> Tensor:
        b, n, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)  # [B, H, N, d/H]
        attended = nn.functional.scaled_dot_product_attention(rotate(q, cos, sin), rotate(k, cos, sin), v, attn_mask=bias)
        x = x + self.dropout(self.out(attended.transpose(1, 2).reshape(b, n, d)))
        return x + self.dropout(self.down(nn.functional.gelu(self.up(self.norm2(x)), approximate="tanh")))


@dataclass
class SpecialistOutput(ModelOutput):
    """``logits`` [B, N, tags]; ``link_query``, ``link_key`` [B, N, link]: a word's row anchor is the key of highest product;
    ``type_logits`` [B, document types]; ``language_logits`` [B, languages]."""

    logits: Tensor | None = None
    link_query: Tensor | None = None
    link_key: Tensor | None = None
    type_logits: Tensor | None = None
    language_logits: Tensor | None = None


class Specialist(PreTrainedModel):
    """Word-level token classifier with a row-link head, a document-type head and a language head."""

    config_class = SpecialistConfig
    base_model_prefix = "specialist"
    _tied_weights_keys: Any = None

    def __init__(self, config: SpecialistConfig) -> None:
        super().__init__(config)
        d, g = config.hidden_size, config.ngram_size
        self.ngrams = nn.Embedding(NGRAM_BUCKETS, g, padding_idx=0)
        self.from_word = nn.Linear(g, d)
        self.from_neighbours = nn.Linear(NEIGHBOURS * g, d, bias=False)
        self.from_shape = nn.Linear(SHAPE_FEATURES * (1 + NEIGHBOURS), d)
        self.from_layout = nn.Sequential(nn.Linear(LAYOUT_FEATURES, d), nn.GELU(approximate="tanh"), nn.Linear(d, d))
        self.from_meaning = nn.Linear(VECTOR_SIZE, d, bias=False)
        self.from_near_meaning = nn.Linear(NEIGHBOURS * VECTOR_SIZE, d, bias=False)
        self.norm_in = nn.LayerNorm(d)
        self.rotations = Rotations(config.num_attention_heads, d // config.num_attention_heads)
        self.link_rotations = Rotations(1, config.link_size)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.num_hidden_layers))
        self.norm_out = nn.LayerNorm(d)
        self.tags = nn.Linear(d, len(TAGS))
        self.link_query = nn.Linear(d, config.link_size)
        self.link_key = nn.Linear(d, config.link_size)
        self.pool = nn.Linear(d, 1)
        self.document = nn.Linear(2 * d, len(DOCUMENT_TYPES) + len(LANGUAGES))
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.trunc_normal_(module.weight, std=module.in_features**-0.5)
            if getattr(module, "bias", None) is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.3)
            if module.padding_idx is not None:
                with torch.no_grad():
                    module.weight[module.padding_idx].zero_()
        elif isinstance(module, nn.LayerNorm):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)

    def forward(
        self, ngrams: Tensor, shape: Tensor, layout: Tensor, neighbours: Tensor, position: Tensor, meaning: Tensor, mask: Tensor
    ) -> SpecialistOutput:
        """``ngrams`` [B, N, K] int64, ``shape`` [B, N, S], ``layout`` [B, N, L], ``neighbours`` [B, N, 4] int64 (index within the window,
        own index = none), ``position`` [B, N, 3] points, ``meaning`` [B, N, 64], ``mask`` [B, N] float (1 = word, 0 = padding)."""
        b, n, _ = ngrams.shape
        count = (ngrams > 0).sum(2, keepdim=True).clamp(min=1).to(shape.dtype).sqrt()
        if self.training:  # the same sum without the [B, N, K, g] tensor between; ONNX has no operator for it
            summed = nn.functional.embedding_bag(ngrams.flatten(0, 1), self.ngrams.weight, mode="sum", padding_idx=0).view(b, n, -1)
        else:
            summed = self.ngrams(ngrams).sum(2)  # the padding's vector is zero
        word = summed / count  # [B, N, g]
        real = (neighbours != torch.arange(n, device=neighbours.device).view(1, n, 1)).to(shape.dtype).unsqueeze(-1)  # [B, N, 4, 1]

        def near(values: Tensor) -> Tensor:  # [B, N, f] -> [B, N, 4 f], zero where there is no neighbour
            f = values.shape[-1]
            index = neighbours.reshape(b, n * NEIGHBOURS, 1).expand(b, n * NEIGHBOURS, f)
            return (values.gather(1, index).view(b, n, NEIGHBOURS, f) * real).reshape(b, n, NEIGHBOURS * f)

        x = self.from_word(word) + self.from_neighbours(near(word))
        x = x + self.from_shape(torch.cat((shape, near(shape)), -1)) + self.from_layout(layout)
        x = x + self.from_meaning(meaning) + self.from_near_meaning(near(meaning))
        x = self.norm_in(x)
        cos, sin = self.rotations(position)
        bias = ((mask - 1) * 1e4).view(b, 1, 1, n)
        for block in self.blocks:
            x = block(x, cos, sin, bias)
        x = self.norm_out(x)
        link_cos, link_sin = (t.squeeze(1) for t in self.link_rotations(position))
        weight = torch.softmax(self.pool(x).squeeze(-1) + (mask - 1) * 1e4, dim=-1).unsqueeze(-1)
        mean = (x * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
        document = self.document(torch.cat(((x * weight).sum(1), mean), -1))
        return SpecialistOutput(
            logits=self.tags(x),
            link_query=rotate(self.link_query(x), link_cos, link_sin),
            link_key=rotate(self.link_key(x), link_cos, link_sin),
            type_logits=document[:, : len(DOCUMENT_TYPES)],
            language_logits=document[:, len(DOCUMENT_TYPES) :],
        )


AutoConfig.register("lineitem-specialist", SpecialistConfig, exist_ok=True)
AutoModelForTokenClassification.register(SpecialistConfig, Specialist, exist_ok=True)
