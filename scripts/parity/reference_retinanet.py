"""torchvision's RetinaNet with weights and images by formula, and everything that a comparison needs of it.

Imported by scripts/fixtures/retinanet-parity.py (a small committed file) and scripts/parity/reference.py (all numbers).
"""
from functools import partial

import numpy as np
import torch
from torchvision.models import resnet50
from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
from torchvision.models.detection.retinanet import RetinaNet, RetinaNetHead, _default_anchorgen
from torchvision.ops import box_iou, misc
from torchvision.ops.feature_pyramid_network import LastLevelP6P7

import formula

CLASSES = 20  # without the background
MIN_SIZE, MAX_SIZE = 96, 140
FIRST_IMAGE = 0  # the images' numbers in the formula start here
SIZES = [(203, 157), (128, 160), (111, 99)]  # height, width
BOXES = [[[20, 30, 90, 120], [60, 100, 150, 190], [5, 5, 40, 37]], [[10.5, 20.25, 60, 100], [80, 40, 158, 126]], []]
LABELS = [[0, 11, 19], [6, 6], []]  # our class ids; torchvision's are one higher


def make_model(
    is_frozen: bool, dtype: torch.dtype = torch.float32, version: int = 1, network=resnet50
) -> RetinaNet:
    """As `retinanet_resnet50_fpn` (or `_v2`) builds it; frozen: FrozenBatchNorm and three trainable stages."""
    body = network(norm_layer=misc.FrozenBatchNorm2d if is_frozen else torch.nn.BatchNorm2d)
    backbone = _resnet_fpn_extractor(
        body,
        3 if is_frozen else 5,
        returned_layers=[2, 3, 4],
        extra_blocks=LastLevelP6P7(256 if version == 1 else body.fc.in_features, 256),
    )
    parts = {}
    if version == 2:
        anchors = _default_anchorgen()
        per_cell = anchors.num_anchors_per_location()[0]
        head = RetinaNetHead(256, per_cell, CLASSES + 1, norm_layer=partial(torch.nn.GroupNorm, 32))
        head.regression_head._loss_type = "giou"
        parts = {"anchor_generator": anchors, "head": head}
    model = RetinaNet(backbone, CLASSES + 1, min_size=MIN_SIZE, max_size=MAX_SIZE, **parts)
    formula.load_formula(model)
    if version == 2:  # group norm makes the logits narrower: spread them, so that there is something to detect
        model.head.classification_head.cls_logits.weight.data *= 1.5
    return model.to(dtype)


def inputs(dtype: torch.dtype = torch.float32) -> tuple[list[torch.Tensor], list[dict[str, torch.Tensor]]]:
    images = [formula.image_tensor(FIRST_IMAGE + i, *size).to(dtype) for i, size in enumerate(SIZES)]
    targets = [
        {"boxes": torch.tensor(boxes, dtype=dtype).reshape(-1, 4), "labels": torch.tensor(labels, dtype=torch.int64) + 1}
        for boxes, labels in zip(BOXES, LABELS)
    ]
    return images, targets


def split_levels(values: torch.Tensor, features: list[torch.Tensor]) -> list[np.ndarray]:
    """[N, R, …] → the five levels' parts."""
    counts = [f.shape[2] * f.shape[3] * 9 for f in features]
    return [part.detach().numpy() for part in values.split(counts, dim=1)]


def forward(model: RetinaNet, dtype: torch.dtype = torch.float32) -> dict[str, np.ndarray]:
    """Transform, features, head outputs, anchors, matches and encoded targets."""
    images, targets = inputs(dtype)
    result = {}
    batch, resized = model.transform(images, targets)
    result["sizes"] = np.array(batch.image_sizes, dtype=np.int32)
    result["batch"] = batch.tensors.numpy()
    with torch.no_grad():
        features = list(model.backbone(batch.tensors).values())
        heads = model.head(features)
    for level, feature in enumerate(features):
        result[f"p{level + 3}"] = feature.numpy()
    for key, name in (("cls_logits", "logits"), ("bbox_regression", "deltas")):
        for level, part in enumerate(split_levels(heads[key], features)):
            result[f"{name}{level}"] = part
    anchors = model.anchor_generator(batch, features)[0]
    result["anchors"] = anchors.numpy()
    matches = []
    encoded = []
    for target in resized:
        if target["boxes"].numel() == 0:
            matches.append(torch.full((anchors.shape[0],), -1, dtype=torch.int64))
            continue
        found = model.proposal_matcher(box_iou(target["boxes"], anchors))
        matches.append(found)
        chosen = found >= 0
        encoded.append(model.box_coder.encode_single(target["boxes"][found[chosen]], anchors[chosen]))
    result["matches"] = torch.stack(matches).to(torch.int32).numpy()
    result["encoded"] = torch.cat(encoded).numpy()
    return result


def training(model: RetinaNet, dtype: torch.dtype = torch.float32) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Losses and gradients of one training step."""
    model.train()
    model.zero_grad()
    losses = model(*inputs(dtype))
    sum(losses.values()).backward()
    gradients = {n: p.grad.numpy() for n, p in model.named_parameters() if p.grad is not None}
    return {name: value.item() for name, value in losses.items()}, gradients


def detections(model: RetinaNet, dtype: torch.dtype = torch.float32) -> list[dict[str, np.ndarray]]:
    """Boxes in original pixels, scores, and our class ids."""
    model.eval()
    with torch.no_grad():
        found = model(inputs(dtype)[0])
    return [
        {"boxes": d["boxes"].numpy(), "scores": d["scores"].numpy(), "classIds": (d["labels"] - 1).to(torch.int32).numpy()}
        for d in found
    ]
