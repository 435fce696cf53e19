"""The table of `extractors.word_vectors` from a multilingual encoder: ``python -m extractors.training.distil_word_vectors ENCODER --out FILE``.

ENCODER is a transformers checkpoint with a fast tokenizer whose vocabulary is made of word pieces (the shipped table comes from
multilingual-e5-small, MIT licence). Every Latin-script piece of two letters or more, and every word of our own label vocabularies that is no
single piece, is encoded alone; its token outputs are averaged, and the vectors are reduced to 64 dimensions by principal components, the
strong ones damped. Rare pieces weigh more than common ones.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tqdm import tqdm
from transformers import AutoModel

from extractors.word_vectors import TABLE, VECTOR_SCALE, VECTOR_SIZE

BATCH = 512
WORD = re.compile(r"[^\W\d_]{3,24}")


def latin_pieces(encoder: Path) -> dict[str, str]:
    """Folded pieces of the vocabulary, the commonest first, each with its most usual spelling."""
    vocabulary = json.loads((encoder / "tokenizer.json").read_text())["model"]["vocab"]
    best: dict[str, tuple[float, str]] = {}
    for piece, score in vocabulary:
        spelling = piece.lstrip("\u2581")
        if len(spelling) < 2 or not all(c.isalpha() and unicodedata.name(c, "").startswith("LATIN") for c in spelling):
            continue
        folded = unicodedata.normalize("NFKC", spelling).casefold()
        if folded not in best or score > best[folded][0]:
            best[folded] = (score, spelling)
    return {folded: best[folded][1] for folded in sorted(best, key=lambda k: -best[k][0])}


def label_words() -> dict[str, str]:
    """Folded words of the label vocabularies, each with a spelling of theirs."""
    found: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / "vocabulary").glob("??.yaml")):
        for word in WORD.findall(unicodedata.normalize("NFKC", path.read_text())):
            found.setdefault(word.casefold(), word)
    return found


@torch.no_grad()
def encode(encoder: Path, texts: list[str]) -> NDArray[np.float32]:
    """Mean token output [n, hidden] of each text, encoded alone."""
    tokens = Tokenizer.from_file(str(encoder / "tokenizer.json")).encode_batch(texts)
    model = AutoModel.from_pretrained(encoder, add_pooling_layer=False).eval()
    order = sorted(range(len(texts)), key=lambda i: len(tokens[i].ids))
    out = np.zeros((len(texts), model.config.hidden_size), np.float32)
    for begin in tqdm(range(0, len(order), BATCH), unit="batch"):
        chosen = order[begin : begin + BATCH]
        longest = max(len(tokens[i].ids) for i in chosen)
        ids = torch.full((len(chosen), longest), model.config.pad_token_id)
        mask = torch.zeros((len(chosen), longest))
        for row, i in enumerate(chosen):
            ids[row, : len(tokens[i].ids)] = torch.tensor(tokens[i].ids)
            mask[row, : len(tokens[i].ids)] = 1
        hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
        out[chosen] = ((hidden * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)).numpy()
    return out


def reduce(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Vectors [n, hidden], commonest piece first, to int8 [n, 64] with a mean square of one unit per dimension."""
    centred = vectors - vectors.mean(0)
    weight = np.log(2 + np.arange(len(vectors)))
    strength, axes = np.linalg.eigh(np.cov(centred.T))
    best = np.argsort(strength)[::-1][:VECTOR_SIZE]
    found = centred @ axes[:, best] / strength[best] ** 0.25
    found *= (weight / weight.mean())[:, None]
    found /= np.sqrt((found**2).mean())
    return np.clip(np.round(found * VECTOR_SCALE), -127, 127).astype(np.int8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("--out", type=Path, default=TABLE)
    arguments = parser.parse_args()
    pieces = latin_pieces(arguments.encoder)
    for folded, spelling in label_words().items():
        pieces.setdefault(folded, spelling)
    vectors = reduce(encode(arguments.encoder, list(pieces.values())))
    joined = "\n".join(pieces).encode()
    np.savez_compressed(arguments.out, pieces=np.frombuffer(joined, np.uint8), vectors=vectors)
    print(f"{len(pieces)} pieces, {arguments.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
