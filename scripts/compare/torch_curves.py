"""torchvision's side of scripts/compare/curves.mjs: trains from the same weights on the same batches at the same rates.

Reads FOLDER/start.safetensors, FOLDER/batches.safetensors (uint8 images [steps * batch, H, W, 3]) and
FOLDER/plan.json; prints a line of JSON with both losses after each step. With --perturb, every weight is moved by about
one part in 10^7 before: what rounding alone does to the losses.
"""
import json
import pathlib
import sys

import torch
import torchvision
from safetensors.torch import load_file

folder = pathlib.Path(sys.argv[1])
plan = json.loads((folder / "plan.json").read_text())
torch.set_num_threads(plan["threads"])
height, width = plan["height"], plan["width"]
model = torchvision.models.detection.retinanet_resnet50_fpn(
    weights=None,
    weights_backbone=None,
    trainable_backbone_layers=5,
    num_classes=plan["numClasses"] + 1,
    min_size=min(height, width),
    max_size=max(height, width),
)
model.load_state_dict(load_file(folder / "start.safetensors"), strict=True)
if "--perturb" in sys.argv:
    noise = torch.Generator().manual_seed(1)
    for parameter in model.parameters():
        parameter.data *= 1 + 1e-7 * torch.randn(parameter.shape, generator=noise)
model.train()
optimizer = torch.optim.SGD(model.parameters(), lr=0.0, momentum=plan["momentum"], weight_decay=plan["weightDecay"])
images = load_file(folder / "batches.safetensors")["images"]
size = plan["batchSize"]
for step, rate in enumerate(plan["rates"]):
    chosen = range(step * size, (step + 1) * size)
    batch = [images[i].permute(2, 0, 1).float() / 255 for i in chosen]
    targets = [
        {
            "boxes": torch.tensor(plan["boxes"][i], dtype=torch.float32).reshape(-1, 4),
            "labels": torch.tensor(plan["labels"][i], dtype=torch.int64) + 1,
        }
        for i in chosen
    ]
    for group in optimizer.param_groups:
        group["lr"] = rate
    losses = model(batch, targets)
    optimizer.zero_grad()
    sum(losses.values()).backward()
    if plan["clipNorm"] is not None:
        torch.nn.utils.clip_grad_norm_(model.parameters(), plan["clipNorm"])
    optimizer.step()
    found = {"classificationLoss": losses["classification"].item(), "boxLoss": losses["bbox_regression"].item()}
    print(json.dumps(found), flush=True)
print(json.dumps({"version": f"torch {torch.__version__}, torchvision {torchvision.__version__}"}), flush=True)
