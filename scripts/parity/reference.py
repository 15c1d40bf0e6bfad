"""Writes torchvision's side of the comparison into a folder: weights, images, and every number that is compared.

Called by scripts/parity/run.mjs: reference.py FOLDER
"""
import json
import pathlib
import sys

import numpy as np
import torch
import torchvision
from PIL import Image
from safetensors.numpy import save_file

import formula
import reference_retinanet as retinanet

HEIGHT, WIDTH, FIRST_IMAGE, LABELS = 45, 61, 5, [3, 141, 592]  # as in scripts/fixtures/resnet-parity.py


def classifier(folder: pathlib.Path) -> None:
    model = torchvision.models.resnet50(weights=None)
    formula.load_formula(model)
    torch.save(model.state_dict(), folder / "resnet50.pth")
    pixels = np.stack([formula.formula_image(FIRST_IMAGE + i, HEIGHT, WIDTH) for i in range(len(LABELS))])
    images = normalised(pixels)
    labels = torch.tensor(LABELS)
    numbers = {"images": pixels, "labels": labels.to(torch.int32).numpy()}
    maps = {}
    for number in (1, 2, 3, 4):
        getattr(model, f"layer{number}").register_forward_hook(
            lambda _m, _i, out, number=number: maps.__setitem__(f"eval/c{number + 1}", out.numpy())
        )
    with torch.no_grad():
        numbers["eval/logits"] = model.eval()(images).numpy()
    numbers |= {name: np.ascontiguousarray(value.transpose(0, 2, 3, 1)) for name, value in maps.items()}
    for number in (1, 2, 3, 4):
        getattr(model, f"layer{number}")._forward_hooks.clear()
    logits = model.train()(images)
    loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward()
    numbers["train/logits"] = logits.detach().numpy()
    numbers["train/loss"] = loss.detach().numpy()
    numbers |= {f"gradient/{name}": p.grad.numpy() for name, p in model.named_parameters()}
    numbers |= {f"state/{name}": value.numpy() for name, value in model.state_dict().items() if "running_" in name}
    write(folder / "resnet50-expected.safetensors", numbers)


def detector(folder: pathlib.Path, version: int) -> None:
    name = f"retinanet-v{version}"
    model = retinanet.make_model(True, version=version)
    save_file({key: value.numpy() for key, value in model.state_dict().items()}, folder / f"{name}.safetensors")
    for index, size in enumerate(retinanet.SIZES):
        pixels = formula.formula_image(retinanet.FIRST_IMAGE + index, *size)
        Image.fromarray(pixels).save(folder / f"image{index}.png")
    numbers = {key: value for key, value in retinanet.forward(model).items() if not key.startswith("p")}
    numbers["batch"] = numbers["batch"].transpose(0, 2, 3, 1)
    losses, gradients = retinanet.training(model)
    numbers["classificationLoss"] = np.float32(losses["classification"]).reshape(())
    numbers["boxLoss"] = np.float32(losses["bbox_regression"]).reshape(())
    numbers |= {f"gradient/{key}": value for key, value in gradients.items()}
    for index, found in enumerate(retinanet.detections(model)):
        numbers |= {f"detections{index}/{key}": value for key, value in found.items()}
    about = {"sizes": retinanet.SIZES, "boxes": retinanet.BOXES, "labels": retinanet.LABELS, "classes": retinanet.CLASSES}
    about |= {"minSize": retinanet.MIN_SIZE, "maxSize": retinanet.MAX_SIZE}
    write(folder / f"{name}-expected.safetensors", numbers, {"about": json.dumps(about)})


def normalised(pixels: np.ndarray) -> torch.Tensor:
    """uint8 [N, H, W, 3] → float32 [N, 3, H, W] with ImageNet's mean and deviation."""
    mean = torch.tensor([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1)
    return (torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255 - mean) / std


def write(path: pathlib.Path, numbers: dict[str, np.ndarray], metadata: dict[str, str] | None = None) -> None:
    versions = {"torch": torch.__version__, "torchvision": torchvision.__version__}
    save_file({key: np.ascontiguousarray(value) for key, value in numbers.items()}, path, versions | (metadata or {}))


if __name__ == "__main__":
    torch.set_num_threads(2)
    target = pathlib.Path(sys.argv[1])
    classifier(target)
    detector(target, 1)
    detector(target, 2)
