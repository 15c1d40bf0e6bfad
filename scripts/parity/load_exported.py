"""Loads weights that were exported here into torchvision's models with strict=True, and compares the outputs.

Called by scripts/parity/run.mjs: load_exported.py FOLDER. Prints one JSON object: max|a−b| / max|b| by model.
"""
import json
import pathlib
import sys

import torch
import torchvision
from safetensors.torch import load_file

import reference
import reference_retinanet as retinanet


def distance(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    return float((ours - theirs).abs().max() / theirs.abs().max())


torch.set_num_threads(2)
folder = pathlib.Path(sys.argv[1])
result = {}
with torch.no_grad():
    model = torchvision.models.resnet50(weights=None)
    model.load_state_dict(load_file(folder / "resnet50-exported.safetensors"), strict=True)
    images = load_file(folder / "resnet50-expected.safetensors")["images"].numpy()
    ours = load_file(folder / "resnet50-outputs.safetensors")
    result["resnet50"] = distance(ours["logits"], model.eval()(reference.normalised(images)))
    for version in (1, 2):
        name = f"retinanet-v{version}"
        model = retinanet.make_model(True, version=version)
        model.load_state_dict(load_file(folder / f"{name}-exported.safetensors"), strict=True)
        theirs = retinanet.forward(model)
        ours = load_file(folder / f"{name}-outputs.safetensors")
        result[name] = max(distance(value, torch.from_numpy(theirs[key])) for key, value in ours.items())
print(json.dumps(result))
