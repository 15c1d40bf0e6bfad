"""A classifier trained from JPEG files in a plain PyTorch loop: DataLoader, 8-bit images normalised in the step, SGD;
channels_last, and bfloat16 autocast and torch.compile when asked. With options["firstStep"] it writes that file after the first step."""
import itertools

import torch
import torchvision

from measure import contender_options, measure_steps, peak_rss_mb
from torch_device import chosen_device, wait_for
from torch_loading import Photos, crops, loader, workers_mb

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1) * 255
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1) * 255


def main() -> None:
    options = contender_options()
    device = chosen_device(options)
    torch.set_num_threads(options["threads"])
    torch.manual_seed(0)
    decoder = options["decoder"]
    dataset = Photos(options["folder"], decoder, crops(decoder))
    batches = loader(options, dataset, options["perBatch"], is_pinned=device.type == "cuda")
    model = torchvision.models.get_model(options["model"], weights=None, num_classes=options["numClasses"])
    model = model.to(device, memory_format=torch.channels_last).train()
    mean, deviation = MEAN.to(device), DEVIATION.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
    forward = torch.compile(model) if options.get("isCompiled") else model
    endless = itertools.chain.from_iterable(itertools.repeat(batches))
    state = {}

    def train_step() -> None:
        images, labels = next(endless)
        images = images.to(device, memory_format=torch.channels_last, non_blocking=True)
        images = images.float().sub_(mean).div_(deviation)
        labels = labels.to(device, non_blocking=True)
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=options["precision"] == "bfloat16"):
            logits = forward(images)
        loss = torch.nn.functional.cross_entropy(logits.float(), labels)
        loss.backward()
        optimizer.step()
        state["loss"] = loss.item()
        wait_for(device)

    if "firstStep" in options:
        train_step()
        with open(options["firstStep"], "w") as sign:
            sign.write(f"{state['loss']}\n")
        return

    def step(_index: int) -> None:
        for _ in range(options["batchSize"] // options["perBatch"]):
            train_step()

    def note() -> dict:
        version = f"torch {torch.__version__}, torchvision {torchvision.__version__}"
        return {**state, "peakRssMb": peak_rss_mb() + workers_mb(batches), "version": version}

    measure_steps(options, step, note)


if __name__ == "__main__":
    main()
