"""What the detector itself says about some images, and how far a runtime's answer is from it.

The file is written by main.mjs: for image i `input_i` [1, H, W, 3] (padded with the mean), `image_i` [h, w, 3] without
padding, `size_i` [2], `logits_i`, `deltas_i`, and the detections `boxes_i`, `scores_i`, `labels_i` in resized pixels.
"""
import json
import sys

import numpy as np
from safetensors.numpy import load_file


def images(path: str) -> list[dict[str, np.ndarray]]:
    stored = load_file(path)
    count = sum(name.startswith("input_") for name in stored)
    return [
        {name.rsplit("_", 1)[0]: value for name, value in stored.items() if name.rsplit("_", 1)[1] == str(i)}
        for i in range(count)
    ]


def overlap(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    area = lambda b: (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    return shared / np.maximum(area(box) + area(others) - shared, 1e-9)


class Comparison:
    """The largest differences over all images."""

    def __init__(self) -> None:
        self.result = {"paired": 0, "unpaired": 0, "score": 0.0, "boxPx": 0.0}

    def raw(self, image: dict[str, np.ndarray], logits: np.ndarray, deltas: np.ndarray) -> None:
        for name, found in (("logits", logits), ("deltas", deltas)):
            expected = image[name].reshape(found.shape)
            self.result[name] = max(self.result.get(name, 0.0), float(np.abs(found - expected).max()))

    def detections(self, image: dict[str, np.ndarray], boxes, scores, labels) -> None:
        """Each expected detection with the nearest one of its class."""
        boxes, scores, labels = (np.asarray(values) for values in (boxes, scores, labels))
        free = np.ones(len(scores), dtype=bool)
        for box, score, label in zip(image["boxes"], image["scores"], image["labels"]):
            distances = np.where(free & (labels == label), np.abs(boxes - box).max(axis=1), np.inf)
            best = int(distances.argmin()) if len(scores) else -1
            # Boxes without an area overlap nothing.
            if best < 0 or not (distances[best] < 1 or overlap(box, boxes[best : best + 1])[0] >= 0.5):
                self.result["unpaired"] += int(score > 0.051)
                continue
            free[best] = False
            self.result["paired"] += 1
            self.result["score"] = max(self.result["score"], abs(float(scores[best] - score)))
            self.result["boxPx"] = max(self.result["boxPx"], float(distances[best]))
        self.result["unpaired"] += int((free & (scores > 0.051)).sum())

    def print(self, **more) -> None:
        json.dump({**self.result, **more}, sys.stdout)
