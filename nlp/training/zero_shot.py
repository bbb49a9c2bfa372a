"""The other opponent: the nearest label's description by the same encoder before any fine-tuning."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from nlp.artefact import base_encoder
from nlp.network import collate
from nlp.taxonomy import Taxonomy
from nlp.windows import Document, Windower, batches

# what a rater would call each sentiment; e5 compares sentences with sentences
SENTIMENT_TEXTS = {
    "negative": "klient jest niezadowolony, zdenerwowany, rozczarowany",
    "neutral": "rzeczowe pytanie lub informacja bez emocji",
    "mixed": "klient jednocześnie chwali i narzeka",
    "positive": "klient jest zadowolony, chwali, dziękuje",
}
# e5 was trained with this prefix on both sides of a symmetric comparison (Wang et al. 2024, model card)
PREFIX = "query: "


class NearestLabel:
    """Cosine similarity between a text and each label's description, by the untrained encoder ``base``."""

    def __init__(self, base: str) -> None:
        self.encoder, tokenizer, self.padding = base_encoder(base)
        self.encoder.eval()
        self.windower = Windower(tokenizer)

    def vectors(self, texts: Sequence[str]) -> Tensor:
        """Normalised mean token vectors (texts, width); of a long text the first window counts."""
        cut = self.windower([Document("customer", (0,), (PREFIX + (text or " "),)) for text in texts])
        windows = [found[0] if found else None for found in cut]
        vectors = torch.zeros(len(texts), self.encoder.config.hidden_size)
        known = [(i, window) for i, window in enumerate(windows) if window is not None]
        with torch.inference_mode():
            for group in batches([window for _, window in known], 4096):
                batch = collate([known[i][1] for i in group], self.padding)
                hidden = self.encoder(input_ids=batch.ids, attention_mask=batch.mask).last_hidden_state
                mask = batch.mask.unsqueeze(-1)
                means = (hidden * mask).sum(1) / mask.sum(1)
                for i, mean in zip(group, means, strict=True):
                    vectors[known[i][0]] = mean
        return torch.nn.functional.normalize(vectors, dim=1)

    def __call__(self, texts: Sequence[str], labels: Sequence[str]) -> list[int]:
        """The index of the nearest of ``labels`` (descriptions) for each text."""
        return [int(i) for i in (self.vectors(texts) @ self.vectors(labels).T).argmax(1)]


def descriptions(taxonomy: Taxonomy) -> list[str]:
    """What each label means, as one sentence."""
    return [f"{label.name}: {label.means}" for label in taxonomy.labels]
