"""Batches from JPEG files by torchvision: a DataLoader with worker processes, on PIL or on torchvision.io's decoder with
transforms.v2 on 8-bit tensors (its fast path). 8-bit pixels come out, to be normalised on the device, as on our side."""
import pathlib
import re
import sys

import torch
import torchvision
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision.io import ImageReadMode, decode_jpeg, read_file
from torchvision.transforms import v2

from measure import contender_options, measure_steps, peak_rss_mb


class Photos(Dataset):
    """A path and a class id for each file of two class folders, decoded by `decoder` ("pil" or "io")."""

    def __init__(self, folder: str, decoder: str, transform) -> None:
        self.files = sorted(pathlib.Path(folder).glob("class*/*.jpg"))
        self.labels = [int(file.parent.name[-1]) for file in self.files]
        self.decoder = decoder
        self.transform = transform

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int):
        path = str(self.files[index])
        if self.decoder == "io":
            image = decode_jpeg(read_file(path), mode=ImageReadMode.RGB)
        else:
            image = Image.open(path).convert("RGB")
        return self.transform(image), self.labels[index]


def crops(decoder: str):
    """Random resized crops of 224 pixels with flips."""
    to_tensor = [] if decoder == "io" else [v2.PILToTensor()]
    return v2.Compose([v2.RandomResizedCrop(224, antialias=True), v2.RandomHorizontalFlip(), *to_tensor])


def detector_input(decoder: str, pixels: str):
    """Flips, then 600/1000: with antialiasing on 8 bits, or, as torchvision's detectors do, on floats without."""
    to_tensor = [] if decoder == "io" else [v2.PILToTensor()]
    if pixels == "uint8":
        return v2.Compose([v2.RandomHorizontalFlip(), v2.Resize([600], max_size=1000, antialias=True), *to_tensor])

    def resized(image):
        scale = min(600 / min(image.shape[-2:]), 1000 / max(image.shape[-2:]))
        arguments = {"scale_factor": scale, "mode": "bilinear", "recompute_scale_factor": True, "align_corners": False}
        return torch.nn.functional.interpolate(image[None].float(), **arguments)[0]

    return v2.Compose([v2.RandomHorizontalFlip(), *to_tensor, resized])


def padded(samples):
    """One batch of images that are padded to multiples of 32, as torchvision's detectors stack them."""
    images = [image for image, _ in samples]
    height, width = (-(-max(image.shape[axis] for image in images) // 32) * 32 for axis in (1, 2))
    batch = images[0].new_zeros((len(images), 3, height, width))
    for place, image in zip(batch, images):
        place[:, : image.shape[1], : image.shape[2]].copy_(image)
    return batch, torch.tensor([label for _, label in samples])


def loader(options: dict, dataset: Dataset, per_batch: int, collate=None, is_pinned: bool = False) -> DataLoader:
    return DataLoader(
        dataset,
        batch_size=per_batch,
        shuffle=True,
        drop_last=True,
        num_workers=options["workers"],
        persistent_workers=True,
        collate_fn=collate,
        pin_memory=is_pinned,
    )


def workers_mb(batches: DataLoader) -> float:
    """What the worker processes held at their peak, as scripts/bench/process-memory.mjs counts it: shared pages in parts,
    and what a process held beyond what it holds now."""
    total = 0
    for worker in batches._iterator._workers:
        held = {}
        for file in ("smaps_rollup", "status"):
            text = pathlib.Path(f"/proc/{worker.pid}/{file}").read_text()
            held |= {key: int(size) for key, size in re.findall(r"^(Pss|VmHWM|VmRSS):\s+(\d+)", text, re.MULTILINE)}
        total += (held["Pss"] + held["VmHWM"] - held["VmRSS"]) / 1024
    return total


def main() -> None:
    options = contender_options()
    torch.set_num_threads(options["threads"])
    torch.manual_seed(0)
    decoder = options["decoder"]
    is_crops = options["mode"] == "crops"
    transform = crops(decoder) if is_crops else detector_input(decoder, options["pixels"])
    dataset = Photos(options["folder"], decoder, transform)
    batches = loader(options, dataset, options["perBatch"], None if is_crops else padded)
    state = {"sum": 0}

    def step(_index: int) -> None:
        for images, _labels in batches:
            state["sum"] += float(images[0, 0, 100, 100])
            state["shape"] = list(images.shape)

    def note() -> dict:
        version = f"torchvision {torchvision.__version__}, Pillow {Image.__version__}"
        peak = peak_rss_mb() + workers_mb(batches)
        return {"loss": state["sum"], "shape": state["shape"], "peakRssMb": peak, "version": version}

    measure_steps(options, step, note)


if __name__ == "__main__":
    sys.exit(main())
