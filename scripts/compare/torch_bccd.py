"""torchvision's side of scripts/compare/bccd.mjs: trains RetinaNet-R50 from nothing and writes what it finds.

Reads PLAN.json (images with boxes, settings). Trains in bfloat16 by autocast and channels_last; saves its state after
each epoch and goes on from there. Writes OUT/detections.json: [{image, label, score, box in pixels of the file}].
"""
import json
import pathlib
import random
import sys
import time

import numpy as np
import torch
import torchvision
from PIL import Image

plan = json.loads(pathlib.Path(sys.argv[1]).read_text())
out = pathlib.Path(sys.argv[2])
settings = plan["settings"]
torch.set_num_threads(plan["threads"])
width, height = settings["width"], settings["height"]
size = settings["batchSize"]


def load(image: dict) -> torch.Tensor:
    """The whole image stretched, 0…1, [3, H, W]; PIL's bilinear filter is antialiased, as ours is."""
    stretched = Image.open(image["file"]).convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
    return torch.from_numpy(np.asarray(stretched).copy()).permute(2, 0, 1).float() / 255


def target(image: dict) -> dict:
    scale = torch.tensor([width / image["width"], height / image["height"]] * 2)
    boxes = torch.tensor(image["boxes"], dtype=torch.float32).reshape(-1, 4) * scale
    return {"boxes": boxes, "labels": torch.tensor(image["labels"], dtype=torch.int64) + 1}


def mirrored(image: torch.Tensor, found: dict) -> tuple[torch.Tensor, dict]:
    boxes = found["boxes"].clone()
    boxes[:, [0, 2]] = width - found["boxes"][:, [2, 0]]
    return image.flip(-1), {**found, "boxes": boxes}


torch.manual_seed(plan["seed"])
model = torchvision.models.detection.retinanet_resnet50_fpn(
    weights=None,
    weights_backbone=None,
    num_classes=plan["numClasses"] + 1,
    min_size=min(width, height),
    max_size=max(width, height),
)
model = model.to(memory_format=torch.channels_last).train()
train = [(load(image), target(image)) for image in plan["train"]]
per_epoch = len(train) // size
total = per_epoch * settings["epochs"]
optimizer = torch.optim.AdamW(model.parameters(), lr=settings["lr"], weight_decay=settings["weightDecay"])
schedule = torch.optim.lr_scheduler.OneCycleLR(
    optimizer, settings["lr"], total_steps=total, pct_start=settings["riseShare"], cycle_momentum=False
)
first, seconds = 0, 0.0
state_file = out / "state.pt"
if state_file.exists():
    state = torch.load(state_file, weights_only=False)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    first, seconds = state["epoch"], state["seconds"]
for epoch in range(first, settings["epochs"]):
    draw = random.Random(f"{plan['seed']}-{epoch}")  # order and flips depend on seed and epoch, so a resume repeats them
    order = draw.sample(range(len(train)), len(train))
    started = time.perf_counter()
    losses = []
    for step in range(per_epoch):
        chosen = [train[i] for i in order[step * size : (step + 1) * size]]
        pairs = [mirrored(*pair) if draw.random() < settings["flip"] else pair for pair in chosen]
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = sum(model([image for image, _ in pairs], [found for _, found in pairs]).values())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings["clipNorm"])
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    seconds += time.perf_counter() - started
    print(f"torchvision seed {plan['seed']}: epoch {epoch + 1}/{settings['epochs']}, loss {np.mean(losses):.4f}", file=sys.stderr)
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
    torch.save({**state, "epoch": epoch + 1, "seconds": seconds}, out / "state.tmp")
    (out / "state.tmp").replace(state_file)

model.eval()
detections = []
with torch.inference_mode():
    for index, image in enumerate(plan["test"]):
        [found] = model([load(image)])
        scale = torch.tensor([image["width"] / width, image["height"] / height] * 2)
        for box, score, label in zip((found["boxes"] * scale).tolist(), found["scores"].tolist(), found["labels"].tolist()):
            detections.append({"image": index, "label": label - 1, "score": score, "box": box})
version = f"torch {torch.__version__}, torchvision {torchvision.__version__}"
(out / "detections.json").write_text(json.dumps({"version": version, "trainingSeconds": seconds, "detections": detections}))
