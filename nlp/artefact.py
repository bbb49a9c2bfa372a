"""The tagger on disk: a manifest, heads, and the fine-tuned encoder as differences to its base.

``encoder.safetensors`` holds, for each trained tensor, its difference to the base model: matrices as
int8 with one scale for each row, vectors as float16. The evaluated artefact is what :func:`load` returns,
so what rounding costs is in the figures. ``surface.safetensors`` holds the surface heads, ``adapter.safetensors``
what was taught by adapters on top of the differences, if there are any.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
import transformers
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from safetensors.torch import save as serialise
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertModel

from models.manifest import MANIFEST, ModelError
from models.store import resolve
from nlp.adapters import Adapter, added
from nlp.network import ContactNetwork
from nlp.rounding import packed, unpacked
from nlp.surface import SurfaceHeads
from nlp.windows import WINDOW_TOKENS

FORMAT = 1
ENCODER = "encoder.safetensors"
SURFACE = "surface.safetensors"
ADAPTER = "adapter.safetensors"
TINY = 1e-9
# The kinds of encoder that have the same parts by the same names as BERT, and so can be trained and shipped alike.
KINDS: Mapping[str, str] = {
    "bert": "BertModel",
    "roberta": "RobertaModel",
    "xlm-roberta": "XLMRobertaModel",
    "camembert": "CamembertModel",
}
WORDS = (
    "vocab.json",
    "vocab.txt",
    "sentencepiece.bpe.model",
)  # a vocabulary that is not yet a tokenizer.json


class ArtefactError(RuntimeError):
    """A tagger folder that cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How logits become probabilities: softmax heads divide by ``temperature``, sigmoid heads use a*x+b
    with one slope a and for each class its own shift b (or one for all)."""

    temperature: Mapping[str, float] = field(default_factory=dict)
    slope: Mapping[str, float] = field(default_factory=dict)
    shift: Mapping[str, float | Sequence[float]] = field(default_factory=dict)

    def softmax(self, head: str, logits: Tensor) -> Tensor:
        """Calibrated probabilities (rows, classes) that sum to one."""
        return (logits / self.temperature.get(head, 1.0)).softmax(-1)

    def sigmoid(self, head: str, logits: Tensor) -> Tensor:
        """Calibrated independent probabilities (rows, classes)."""
        return (logits * self.slope.get(head, 1.0) + torch.tensor(self.shift.get(head, 0.0))).sigmoid()

    def primary(self, primary: Tensor, leaf: Tensor) -> Tensor:
        """Probabilities of the primary reason (rows, classes) from the logits of both heads for reasons.

        A reason is primary when it is the one among all *and* is raised at all: the product of both, with a
        temperature of its own, since the heads are not independent (ADR 8). Without that, the softmax alone.
        """
        if "joint" not in self.temperature:
            return self.softmax("primary", primary)
        joint = (
            self.softmax("primary", primary).clamp(min=TINY).log()
            + self.sigmoid("leaf", leaf).clamp(min=TINY).log()
        )
        return self.softmax("joint", joint)


@dataclass(frozen=True, slots=True)
class Artefact:
    """A loaded tagger."""

    network: ContactNetwork
    tokenizer: Tokenizer
    padding: int
    reasons: tuple[str, ...]
    behaviours: tuple[str, ...]
    calibration: Calibration
    thresholds: Mapping[str, float]
    version: str
    base: str
    surface: SurfaceHeads | None = None
    surface_weights: Mapping[str, float] = field(default_factory=dict)

    def logits(self, heads: Sequence[str], pooled: Tensor, texts: Sequence[str]) -> list[Tensor]:
        """Logits (rows, classes) of each head: the encoder's, and the weighted ones of the surface head if any.

        Args:
            pooled: token vectors, pooled over what each row reads (rows, width).
            texts: what each row reads.
        """
        found = [self.network.logits(head, pooled) for head in heads]
        if self.surface is None or not any(self.surface_weights.get(head) for head in heads):
            return found
        features = self.surface.features(texts)
        for position, head in enumerate(heads):
            if weight := self.surface_weights.get(head, 0.0):
                found[position] = found[position] + weight * self.surface.logits(head, features)
        return found


def base_encoder(name: str) -> tuple[BertModel, Tokenizer, int]:
    """The base model by its store name: encoder, tokenizer, padding token's id.

    Raises:
        ModelError: unknown, not an encoder of one of :data:`KINDS`, without its tokenizer, or incomplete.
    """
    path = resolve(name).path
    kind = KINDS[_kind(path, name)]
    tokenizer = _tokenizer(path, name)
    encoder = _weights(path, name, kind)
    padding = encoder.config.pad_token_id
    if padding is None:
        padding = tokenizer.token_to_id("<pad>") or tokenizer.token_to_id("[PAD]") or 0
    _check_sizes(encoder, tokenizer, int(padding), name, kind)
    return encoder, tokenizer, int(padding)


def _kind(path: Path, name: str) -> str:
    if _of_tagger(path):
        raise ModelError(
            f"{name} to tagger, nie koder: podaj go w --start-from, a w --base koder, np. e5-small-pl."
        )
    try:
        kind = json.loads((path / "config.json").read_text(encoding="utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(
            f"Koder {name} nie ma poprawnego pliku config.json: skopiuj jego folder ponownie."
        ) from error
    if kind not in KINDS:
        named = f"rodzaj {kind}" if isinstance(kind, str) else "nieznany rodzaj"
        raise ModelError(f"{name} ({named}) nie może być koderem: działają rodzaje {', '.join(KINDS)}.")
    return str(kind)


def _of_tagger(path: Path) -> bool:
    """Whether the folder holds a tagger, as its manifest says."""
    try:
        return "tagger" in json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def _tokenizer(path: Path, name: str) -> Tokenizer:
    """``tokenizer.json``, or what transformers makes of an older vocabulary."""
    try:
        if (path / "tokenizer.json").is_file():
            tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        elif any((path / words).is_file() for words in WORDS):
            tokenizer = transformers.AutoTokenizer.from_pretrained(
                path, local_files_only=True
            ).backend_tokenizer
        else:
            raise FileNotFoundError(path / "tokenizer.json")
    except Exception as error:  # the library raises bare Exception for a damaged file
        remedy = "dodaj plik tokenizer.json, który należy do tego modelu"
        raise ModelError(f"Koder {name} nie ma działającego tokenizera: {remedy}.") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _weights(path: Path, name: str, kind: str) -> BertModel:
    """The encoder with every weight from its file: what transformers leaves random is refused."""
    options = {"add_pooling_layer": False, "local_files_only": True, "output_loading_info": True}
    try:
        with _quiet():
            encoder, info = getattr(transformers, kind).from_pretrained(path, **options)
    except (OSError, RuntimeError, ValueError, SafetensorError) as error:
        remedy = "skopiuj folder modelu ponownie ze źródła"
        raise ModelError(f"Wag kodera {name} brakuje lub nie pasują do config.json: {remedy}.") from error
    missing = [*info["missing_keys"], *info["mismatched_keys"]]
    if missing:
        raise ModelError(
            f"Koder {name} jest niekompletny: brakuje {len(missing)} tensorów wag; skopiuj folder modelu ponownie."
        )
    return cast(BertModel, encoder)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's own English report and bar; what matters of it is checked."""
    logs = transformers.utils.logging
    level, bars = logs.get_verbosity(), logs.is_progress_bar_enabled()
    logs.set_verbosity_error()
    logs.disable_progress_bar()
    try:
        yield
    finally:
        logs.set_verbosity(level)
        if bars:
            logs.enable_progress_bar()


def _check_sizes(encoder: BertModel, tokenizer: Tokenizer, padding: int, name: str, kind: str) -> None:
    """Tokens and positions must be among those that the encoder knows."""
    config = encoder.config
    if tokenizer.get_vocab_size() > config.vocab_size:
        raise ModelError(
            f"Tokenizer kodera {name} zna więcej słów niż koder: dodaj ten, z którym koder uczono."
        )
    first = 0 if kind == "BertModel" else padding + 1  # RoBERTa counts positions from behind the padding's id
    if config.max_position_embeddings - first < WINDOW_TOKENS:
        raise ModelError(
            f"Koder {name} czyta za krótkie teksty: wybierz taki, który czyta {WINDOW_TOKENS} tokenów."
        )


def save(
    folder: Path,
    network: ContactNetwork,
    base: Mapping[str, Tensor],
    manifest: Mapping[str, Any],
    surface: SurfaceHeads | None = None,
    encoder: bytes | None = None,
    adapter: Adapter | None = None,
) -> None:
    """Write the artefact: differences of the encoder to ``base``, heads, manifest.

    Args:
        encoder: differences as packed before, to be written instead; ``adapter`` holds what was added to them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    deltas = {
        name: value.float() - base[name].float() for name, value in network.encoder.state_dict().items()
    }
    changed = {name: delta for name, delta in deltas.items() if bool(delta.abs().max() > 0)}
    (folder / ENCODER).write_bytes(encoder or serialise(packed(changed)))
    heads = {name: value.contiguous() for name, value in network.heads.state_dict().items()}
    save_file(heads, folder / "heads.safetensors")
    (folder / SURFACE).unlink(missing_ok=True)
    (folder / ADAPTER).unlink(missing_ok=True)
    if surface:
        save_file(surface.state(), folder / SURFACE)
    if encoder and adapter:
        save_file({name: tensor.contiguous() for name, tensor in adapter.items()}, folder / ADAPTER)
    write_manifest(folder, manifest)


def packed_encoder(model: str) -> bytes:
    """The encoder's file of a tagger, to go into another one: rounded once more, the same weights would drift."""
    return (resolve(model).path / ENCODER).read_bytes()


def packed_adapter(model: str) -> Adapter:
    """The adapter of a tagger, empty if it has none."""
    return _adapter(resolve(model).path)


def _adapter(folder: Path) -> Adapter:
    return load_file(folder / ADAPTER) if (folder / ADAPTER).exists() else {}


def nothing_packed() -> bytes:
    """The encoder's file of a tagger whose encoder is its base."""
    return bytes(serialise({}))


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest with size and sha256 of the weight files."""
    files = {}
    for name in sorted(path.name for path in folder.glob("*.safetensors")):
        content = (folder / name).read_bytes()
        files[name] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    text = json.dumps({"format": FORMAT, **manifest, "files": files}, ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def load(name: str) -> Artefact:
    """Load a tagger by its store name or folder.

    Raises:
        ArtefactError: the folder is not a tagger or does not fit its base model.
    """
    folder = resolve(name).path
    if not _of_tagger(folder) and (folder / "config.json").is_file():
        raise ArtefactError(
            f"{name} nie jest taggerem: podaj tagger, np. contact-tagger (koder podaje się w --base)."
        )
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        tagger = manifest["tagger"]
        encoder, tokenizer, padding = base_encoder(manifest["base"])
        network = ContactNetwork(encoder, tagger["sizes"])
        _apply(network, folder)
        return Artefact(
            network.eval(),
            tokenizer,
            padding,
            tuple(tagger["reasons"]),
            tuple(tagger["behaviours"]),
            Calibration(**tagger["calibration"]),
            tagger["thresholds"],
            f"{manifest['name']}@{manifest['version']}",
            manifest["base"],
            SurfaceHeads.of(load_file(folder / SURFACE)) if (folder / SURFACE).exists() else None,
            tagger.get("surface", {}),
        )
    except ModelError:
        raise
    except (OSError, KeyError, TypeError, RuntimeError, json.JSONDecodeError) as error:
        raise ArtefactError(
            f"Model {name} jest niekompletny lub nie pasuje do bazy ({type(error).__name__}): "
            "przywróć go z repozytorium albo wytrenuj poleceniem `odsluch models train`."
        ) from error


def _apply(network: ContactNetwork, folder: Path) -> None:
    state = network.encoder.state_dict()
    for name, delta in unpacked(load_file(folder / ENCODER)).items():
        state[name] += delta
    for name, more in added(_adapter(folder)):
        state[name] += more
    network.encoder.load_state_dict(state)
    network.heads.load_state_dict(load_file(folder / "heads.safetensors"))
