"""A stock transformers checkpoint in the specialist's place: tiny random models, tokenizers made here, nothing downloaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handmade_pages import document, page

from extractors.geometric_links import geometric_links
from extractors.labels import FIELDS, TAGS
from extractors.model_directory import calibration_of, model_digest, open_tagger
from extractors.signals import SIGNALS
from extractors.words import Document
from schemas.errors import ModelError

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
tokenizers = pytest.importorskip("tokenizers")

SIZES: dict[str, Any] = {
    "hidden_size": 24,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 130,
    "initializer_range": 0.5,
}


def word_pieces() -> Any:
    """A WordPiece tokenizer over single characters."""
    letters = [chr(c) for c in range(33, 127)]
    vocabulary = {t: i for i, t in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters)])}
    core = tokenizers.Tokenizer(tokenizers.models.WordPiece(vocabulary, unk_token="[UNK]"))
    core.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    return transformers.PreTrainedTokenizerFast(tokenizer_object=core, **special)


def byte_pieces() -> Any:
    """A byte-level tokenizer, as RoBERTa and LiLT have."""
    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {t: i for i, t in enumerate(["<s>", "<pad>", "</s>", "<unk>", *alphabet])}
    core = tokenizers.Tokenizer(tokenizers.models.BPE(vocabulary, [], unk_token="<unk>"))
    core.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=True)
    special = {"pad_token": "<pad>", "unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}
    return transformers.PreTrainedTokenizerFast(tokenizer_object=core, **special)


def save(folder: Path, kind: str, tags: tuple[str, ...] = TAGS) -> Path:
    torch.manual_seed(3)
    tokenizer = byte_pieces() if kind == "lilt" else word_pieces()
    labels = {"id2label": dict(enumerate(tags)), "label2id": {tag: i for i, tag in enumerate(tags)}}
    sizes = {**SIZES, **labels, "vocab_size": len(tokenizer), "pad_token_id": tokenizer.pad_token_id}
    make = {
        "bert": ("BertConfig", "BertForTokenClassification", {}),
        "layoutlm": ("LayoutLMConfig", "LayoutLMForTokenClassification", {"max_2d_position_embeddings": 1024}),
        "lilt": ("LiltConfig", "LiltForTokenClassification", {"max_2d_position_embeddings": 1024, "channel_shrink_ratio": 2}),
    }
    config, model, more = make[kind]
    getattr(transformers, model)(getattr(transformers, config)(**sizes, **more)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def table(rows: int, pages: int = 1) -> Document:
    made = []
    for number in range(pages):
        words = [
            word
            for i in range(rows)
            for word in ((f"Thing-{number}-{i}", 60, 100 + 14 * i), ("2", 300, 100 + 14 * i), ("10,00", 440, 100 + 14 * i))
        ]
        made.append(page(("Invoice", 60, 60), ("Nr.", 60, 80), ("R-17", 120, 80), *words))
    return document(*made)


@pytest.mark.parametrize("kind", ["bert", "layoutlm", "lilt"])
def test_every_word_of_many_windows_gets_probabilities(kind: str, tmp_path: Path) -> None:
    tagger = open_tagger(save(tmp_path, kind))
    documents = [table(40, pages=2), document(page()), table(2)]
    found = tagger.tag_many(documents)
    for asked, tagged in zip(documents, found, strict=True):
        assert tagged.labels.shape == (len(asked), 1 + len(FIELDS))
        np.testing.assert_allclose(tagged.labels.sum(1), 1, atol=1e-4)
        assert tagged.link_query.shape == tagged.link_key.shape
        assert ((tagged.starts >= 0) & (tagged.starts <= 1 + 1e-6)).all()
        assert tagged.type_probabilities.sum() == pytest.approx(1, abs=1e-4)
    (alone,) = tagger.tag_many([documents[2]])
    np.testing.assert_allclose(alone.labels, found[2].labels, atol=1e-5)


def test_boxes_matter_to_a_layout_model_and_not_to_a_text_model(tmp_path: Path) -> None:
    here, there = document(page(("total", 60, 60), ("12,00", 120, 60))), document(page(("total", 400, 600), ("12,00", 460, 600)))
    for kind, differs in (("lilt", True), ("layoutlm", True), ("bert", False)):
        a, b = open_tagger(save(tmp_path / kind, kind)).tag_many([here, there])
        assert (np.abs(a.labels - b.labels).max() > 1e-6) == differs


def test_labels_without_begin_and_inside_are_understood(tmp_path: Path) -> None:
    tagger = open_tagger(save(tmp_path, "bert", ("O", "line.description", "line.net_amount")))
    (tagged,) = tagger.tag_many([table(3)])
    known = [0, FIELDS.index("line.description") + 1, FIELDS.index("line.net_amount") + 1]
    np.testing.assert_allclose(tagged.labels[:, known].sum(1), 1, atol=1e-4)


def test_foreign_labels_and_foreign_models_are_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="LABEL_0"):
        open_tagger(save(tmp_path / "a", "bert", ("LABEL_0", "LABEL_1")))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "config.json").write_text(json.dumps({"model_type": "lineitem-specialist"}))
    with pytest.raises(ModelError, match="export it"):
        open_tagger(tmp_path / "b")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="cannot be loaded"):
        open_tagger(tmp_path / "c")
    with pytest.raises(ModelError, match="no folder"):
        open_tagger(tmp_path / "nowhere")


def test_without_a_calibration_nothing_is_accepted_unseen(tmp_path: Path) -> None:
    calibration = calibration_of(save(tmp_path, "bert"))
    assert calibration.probability([100.0] * len(SIGNALS)) < calibration.accept_threshold


def test_other_weights_have_another_digest(tmp_path: Path) -> None:
    before = model_digest(save(tmp_path, "bert"))
    (tmp_path / "model.safetensors").write_bytes((tmp_path / "model.safetensors").read_bytes()[:-1] + b"\1")
    assert model_digest(tmp_path) != before


@pytest.mark.parametrize("name_line", [-14, 0, 14])
def test_rows_follow_the_lines_of_their_amounts(name_line: int) -> None:
    words = [
        word
        for i in range(4)
        for word in ((f"Thing-{i}", 60, 100 + 40 * i + name_line), ("2", 300, 100 + 40 * i), ("9,00", 440, 100 + 40 * i))
    ]
    asked = document(page(*words))
    kinds = {"T": "line.description", "2": "line.quantity", "9": "line.net_amount"}
    labels = np.zeros((len(asked), 1 + len(FIELDS)), np.float32)
    for i, text in enumerate(asked.pages[0].texts):
        labels[i, FIELDS.index(kinds[text[0]]) + 1] = 1
    query, key = geometric_links(asked, labels)
    texts = asked.pages[0].texts
    anchor = (query @ key.T).argmax(1)
    assert all(texts[a] == "9,00" for a in anchor)
    names = [int(anchor[texts.index(f"Thing-{i}")]) for i in range(4)]
    assert names == sorted(set(names)) == [i for i, text in enumerate(texts) if text == "9,00"]
