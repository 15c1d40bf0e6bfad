"""Where a peer on PyTorch computes: the processor, or an NVIDIA GPU in its fastest mode (TF32, tuned convolutions)."""
import sys

import torch


def chosen_device(options: dict) -> torch.device:
    """The device that options["device"] names, `cpu` or `gpu`; ends the process where there is no GPU."""
    if options.get("device", "cpu") == "cpu":
        return torch.device("cpu")
    if not torch.cuda.is_available():
        sys.exit(f"torch {torch.__version__} finds no NVIDIA GPU: see nvidia-smi, and whether its CUDA suits the driver")
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = True
    return torch.device("cuda")


def wait_for(device: torch.device) -> None:
    """Waits until all that was given to the device is done: what a step leaves behind belongs to it."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
