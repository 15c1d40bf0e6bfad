"""Loads exported weights into torchvision's RetinaNet, strict, and detects: run_torchvision.py WEIGHTS EXPECTED.

torchvision's own transform normalises and pads, its own post-processing decodes. Prints one JSON object.
"""
import json
import pathlib
import sys
from functools import partial

import numpy as np
import torch
import torchvision
from safetensors import safe_open
from safetensors.torch import load_file
from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
from torchvision.models.detection.retinanet import RetinaNet, RetinaNetHead, _default_anchorgen
from torchvision.ops.feature_pyramid_network import LastLevelP6P7

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import expected

weights, path = sys.argv[1:]
with safe_open(weights, "pt") as file:
    metadata = json.loads(file.metadata()["metadata"])
architecture = metadata["provenance"]["architecture"]
classes = len(metadata["classNames"]) + 1  # torchvision counts the background
body = getattr(torchvision.models, architecture["backbone"])(weights=None)
from_c5 = architecture["p6From"] == "c5"
extra = LastLevelP6P7(body.fc.in_features if from_c5 else 256, 256)
backbone = _resnet_fpn_extractor(body, 5, returned_layers=[2, 3, 4], extra_blocks=extra)
anchors = _default_anchorgen()
norm = {"norm_layer": partial(torch.nn.GroupNorm, 32)} if architecture["hasHeadNorm"] else {}
head = RetinaNetHead(256, anchors.num_anchors_per_location()[0], classes, **norm)
model = RetinaNet(backbone, classes, anchor_generator=anchors, head=head)
model.load_state_dict(load_file(weights), strict=True)
model.eval()

torch.set_num_threads(2)
comparison = expected.Comparison()
with torch.no_grad():
    for image in expected.images(path):
        pixels = torch.from_numpy(image["image"].transpose(2, 0, 1)) / 255
        height, width = pixels.shape[1:]
        # The images are resized already; padded they are to the size that the detector saw.
        model.transform.min_size, model.transform.max_size = (min(height, width),), max(height, width)
        model.transform.size_divisible = image["input"].shape[1]
        found = model([pixels])[0]
        boxes, scores, labels = (found[name].numpy() for name in ("boxes", "scores", "labels"))
        comparison.detections(image, boxes, scores, labels - 1)
comparison.print(runtime=f"torchvision {torchvision.__version__}", classNames=metadata["classNames"])
