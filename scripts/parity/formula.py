"""Weights and images by formula, bit for bit those of packages/backbone-pretrain/test/formula-weights.ts.

A value depends on the tensor's name and the index in PyTorch's layout only, so both sides of a comparison can make the
same network without a file of weights.
"""
import numpy as np
import torch

PROJECTIONS = 16
SALT = 14  # chosen so that no ReLU input of the fixtures is near 0: one flipped unit moves a gradient by about 0.3 %


def mixed(name: str, count: int) -> np.ndarray:
    """uint32 [count]: a well-mixed word for each index of the tensor of this name."""
    seed = 2166136261 ^ SALT  # FNV-1a
    for byte in name.encode("utf8"):
        seed = ((seed ^ byte) * 16777619) & 0xFFFFFFFF
    with np.errstate(over="ignore"):
        word = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(seed)
        word ^= word >> np.uint32(16)  # the finaliser of MurmurHash3
        word *= np.uint32(0x85EBCA6B)
        word ^= word >> np.uint32(13)
        word *= np.uint32(0xC2B2AE35)
        word ^= word >> np.uint32(16)
    return word


def centre_and_spread(name: str, shape: tuple[int, ...]) -> tuple[float, float]:
    """Values are centre + spread * (uniform in [-1, 1))."""
    if name.endswith(".running_var"):
        return 1.0, 0.25
    if name.endswith(".running_mean"):
        return 0.0, 0.1
    if name.endswith("bn3.weight"):
        return 0.2, 0.05
    if len(shape) == 1 and name.endswith(".weight"):
        return 0.75, 0.25
    if name.endswith("cls_logits.bias"):
        return -4.0, 0.1
    if len(shape) == 1:
        return 0.0, 0.1
    fan_out = shape[0] * int(np.prod(shape[2:]))
    scale = 0.26 if name.endswith("cls_logits.weight") else 0.25 if name.endswith("bbox_reg.weight") else 1.0
    return 0.0, scale * float(np.sqrt(6 / fan_out))


def formula_tensor(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """float32 in PyTorch's layout; weights have the deviation of Kaiming's fan-out rule."""
    centre, spread = centre_and_spread(name, shape)
    unit = mixed(name, int(np.prod(shape))).astype(np.float64) / 2147483648.0 - 1.0
    return (centre + spread * unit).astype(np.float32).reshape(shape)


def load_formula(model: torch.nn.Module) -> None:
    """Gives every parameter and buffer of the model its formula's values; batch counters become 0."""
    state = {}
    for name, value in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            state[name] = torch.zeros_like(value)
        else:
            state[name] = torch.from_numpy(formula_tensor(name, tuple(value.shape)))
    model.load_state_dict(state, strict=True)


def formula_image(index: int, height: int, width: int) -> np.ndarray:
    """uint8 [height, width, 3]: overlapping ramps and squares, with a little noise."""
    y = np.arange(height, dtype=np.int64)[:, None, None]
    x = np.arange(width, dtype=np.int64)[None, :, None]
    c = np.arange(3, dtype=np.int64)[None, None, :]
    ramp = (x * (3 + index) + y * (2 + c) + 60 * c) % 192
    square = 48 * (((x // 24) + (y // 24) + c + index) % 2)
    noise = (mixed(f"image{index}", height * width * 3) >> np.uint32(28)).astype(np.int64).reshape(height, width, 3)
    return (ramp + square + noise).astype(np.uint8)


def image_tensor(index: int, height: int, width: int) -> torch.Tensor:
    """float32 [3, height, width] in [0, 1], as torchvision's detectors take it."""
    return torch.from_numpy(formula_image(index, height, width)).permute(2, 0, 1).float() / 255


def projections(name: str, values: np.ndarray) -> np.ndarray:
    """float64 [1 + PROJECTIONS]: the L2 norm, and sums with random signs.

    The mean square difference of two tensors' signed sums estimates their squared L2 distance without bias, so a
    fixture of a few numbers is enough to compare a large tensor.
    """
    flat = values.reshape(-1).astype(np.float64)
    word = mixed(f"signs of {name}", flat.size)
    sums = [np.sqrt(np.sum(flat * flat))]
    for bit in range(PROJECTIONS):
        sums.append(np.sum(np.where((word >> np.uint32(bit)) & np.uint32(1), flat, -flat)))
    return np.array(sums, dtype=np.float64)


def samples(values: np.ndarray, count: int = 4096) -> np.ndarray:
    """Every k-th value, row-major in PyTorch's layout, with k = max(1, floor(size / count)), made odd."""
    flat = np.ascontiguousarray(values).reshape(-1)
    return flat[:: max(1, flat.size // count) | 1].copy()
