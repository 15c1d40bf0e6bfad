"""torchvision's RetinaNet-R50: training step, or inference with post-processing; bfloat16 by autocast;
with options["isCompiled"] the backbone with its pyramid goes through torch.compile.

Frozen batch norm and three trainable stages, 20 classes. Inference uses weights by formula
(scripts/parity/formula.py), as ours does, so that both sides have the same boxes to post-process.
"""
import pathlib
import sys

import torch
import torchvision
from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
from torchvision.models.detection.retinanet import RetinaNet
from torchvision.ops import misc
from torchvision.ops.feature_pyramid_network import LastLevelP6P7

from measure import contender_options, measure_steps
from torch_device import chosen_device, wait_for

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "parity"))
import formula  # noqa: E402


def make_model(side: int) -> RetinaNet:
    body = torchvision.models.resnet50(weights=None, norm_layer=misc.FrozenBatchNorm2d)
    backbone = _resnet_fpn_extractor(body, 3, returned_layers=[2, 3, 4], extra_blocks=LastLevelP6P7(256, 256))
    return RetinaNet(backbone, 21, min_size=side, max_size=side)


if "--make-weights" in sys.argv:
    from safetensors.torch import save_file

    model = make_model(512)
    formula.load_formula(model)
    save_file(model.state_dict(), sys.argv[-1])
    sys.exit()

options = contender_options()
device = chosen_device(options)
torch.set_num_threads(options["threads"])
torch.manual_seed(0)
side, count = options["imageSize"], options["batchSize"]
model = make_model(side)
autocast = torch.autocast(device.type, dtype=torch.bfloat16, enabled=options["precision"] == "bfloat16")
images = [formula.image_tensor(index, side, side).to(device) for index in range(count)]
state = {}


def compile_backbone() -> None:
    if options.get("isCompiled"):
        model.backbone = torch.compile(model.backbone)


if options["mode"] == "train":
    model = model.to(device, memory_format=torch.channels_last).train()
    compile_backbone()
    scale = side / 256
    boxes = torch.tensor([[8, 16, 120, 140], [100, 30, 220, 90], [60, 150, 250, 250], [10, 190, 50, 240]]) * scale
    target = {"boxes": boxes.float().to(device), "labels": torch.tensor([1, 5, 9, 20]).to(device)}
    targets = [target] * count
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=0.001, momentum=0.9, weight_decay=1e-4)

    def step(_index: int) -> None:
        optimizer.zero_grad(set_to_none=True)
        with autocast:
            loss = sum(model(images, targets).values())
        loss.backward()
        optimizer.step()
        state["loss"] = loss.item()
        wait_for(device)

else:
    formula.load_formula(model)
    model = model.to(device, memory_format=torch.channels_last).eval()
    compile_backbone()

    def step(_index: int) -> None:
        with torch.inference_mode(), autocast:
            state["detections"] = sum(len(found["scores"]) for found in model(images))
        wait_for(device)


measure_steps(options, step, lambda: {**state, "version": f"torch {torch.__version__}, torchvision {torchvision.__version__}"})
