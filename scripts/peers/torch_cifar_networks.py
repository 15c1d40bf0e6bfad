"""The CIFAR networks in PyTorch, with the variable names of packages/backbone-pretrain/src/networks.

Written from the papers: ResNet-20/56/110 (basic blocks, shortcuts without weights), ResNet-164 (pre-activation
bottlenecks), DenseNet-BC-100-12, WRN-28-10, PyramidNet-110 with alpha 270.
"""
import torch
from torch import nn
from torch.nn.functional import avg_pool2d, pad, relu


def conv(inputs: int, outputs: int, size: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)


class BasicBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = conv(outputs, outputs, 3), nn.BatchNorm2d(outputs)
        self.added = (outputs - inputs) // 2

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.bn2(self.conv2(relu(self.bn1(self.conv1(x)))))
        if self.added > 0:
            x = pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.added, self.added))
        return relu(x + y)


class PreactBottleneck(nn.Module):
    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), conv(inputs, width, 1)
        self.bn2, self.conv2 = nn.BatchNorm2d(width), conv(width, width, 3, stride)
        self.bn3, self.conv3 = nn.BatchNorm2d(width), conv(width, 4 * width, 1)
        self.downsample = None if inputs == 4 * width else nn.Sequential(conv(inputs, 4 * width, 1, stride))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv1(relu(self.bn1(x)))
        y = self.conv3(relu(self.bn3(self.conv2(relu(self.bn2(y))))))
        return y + (x if self.downsample is None else self.downsample(x))


class WideBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), conv(inputs, outputs, 3, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(outputs), conv(outputs, outputs, 3)
        self.convShortcut = None if inputs == outputs else conv(inputs, outputs, 1, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        active = relu(self.bn1(x))
        y = self.conv2(relu(self.bn2(self.conv1(active))))
        return y + (x if self.convShortcut is None else self.convShortcut(active))


class PyramidBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), conv(inputs, outputs, 3, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(outputs), conv(outputs, outputs, 3)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.stride, self.added = stride, outputs - inputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.bn3(self.conv2(relu(self.bn2(self.conv1(self.bn1(x))))))
        if self.stride == 2:
            x = avg_pool2d(x, 2)
        return pad(x, (0, 0, 0, 0, 0, self.added)) + y


class DenseLayer(nn.Module):
    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), conv(inputs, 48, 1)
        self.bn2, self.conv2 = nn.BatchNorm2d(48), conv(48, 12, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x, self.conv2(relu(self.bn2(self.conv1(relu(self.bn1(x))))))], 1)


class Transition(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), conv(inputs, outputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return avg_pool2d(self.conv1(relu(self.bn1(x))), 2)


class CifarNetwork(nn.Module):
    """Children in the order in which they run, then pooling and `fc`; `relu_after` names norms that a ReLU follows."""

    def __init__(self, children: dict[str, nn.Module], relu_after: tuple[str, ...], features: int, classes: int) -> None:
        super().__init__()
        for name, module in children.items():
            self.add_module(name, module)
        self.order, self.relu_after = list(children), relu_after
        self.fc = nn.Linear(features, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for name in self.order:
            x = self.get_submodule(name)(x)
            if name in self.relu_after:
                x = relu(x)
        return self.fc(x.mean((2, 3)))


class Wide(nn.Module):
    """A stage of WRN, whose blocks are named `layer.<index>`."""

    def __init__(self, blocks: list[nn.Module]) -> None:
        super().__init__()
        self.layer = nn.Sequential(*blocks)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x)


def residual_stages(widths: list[int], blocks: int, make, first: int, expansion: int = 1) -> list[list[nn.Module]]:
    inputs, stages = first, []
    for stage, width in enumerate(widths):
        layers = []
        for block in range(blocks):
            layers.append(make(inputs, width, 2 if stage > 0 and block == 0 else 1))
            inputs = width * expansion
        stages.append(layers)
    return stages


def cifar_resnet(depth: int, classes: int) -> CifarNetwork:
    stages = residual_stages([16, 32, 64], (depth - 2) // 6, BasicBlock, 16)
    children = {"conv1": conv(3, 16, 3), "bn1": nn.BatchNorm2d(16)}
    children |= {f"layer{i + 1}": nn.Sequential(*blocks) for i, blocks in enumerate(stages)}
    return CifarNetwork(children, ("bn1",), 64, classes)


def preact_resnet164(classes: int) -> CifarNetwork:
    stages = residual_stages([16, 32, 64], 18, PreactBottleneck, 16, expansion=4)
    children = {"conv1": conv(3, 16, 3)} | {f"layer{i + 1}": nn.Sequential(*blocks) for i, blocks in enumerate(stages)}
    return CifarNetwork(children | {"bn": nn.BatchNorm2d(256)}, ("bn",), 256, classes)


def wide_resnet(classes: int) -> CifarNetwork:
    stages = residual_stages([160, 320, 640], 4, WideBlock, 16)
    children = {"conv1": conv(3, 16, 3)} | {f"block{i + 1}": Wide(blocks) for i, blocks in enumerate(stages)}
    return CifarNetwork(children | {"bn1": nn.BatchNorm2d(640)}, ("bn1",), 640, classes)


def pyramidnet(classes: int) -> CifarNetwork:
    children: dict[str, nn.Module] = {"conv1": conv(3, 16, 3), "bn1": nn.BatchNorm2d(16)}
    width = 16
    for stage in range(3):
        blocks = []
        for block in range(18):
            blocks.append(PyramidBlock(width, width + 5, 2 if stage > 0 and block == 0 else 1))
            width += 5
        children[f"layer{stage + 1}"] = nn.Sequential(*blocks)
    return CifarNetwork(children | {"bn_final": nn.BatchNorm2d(width)}, ("bn_final",), width, classes)


def densenet(classes: int) -> CifarNetwork:
    children: dict[str, nn.Module] = {"conv1": conv(3, 24, 3)}
    width = 24
    for stage in (1, 2, 3):
        if stage > 1:
            children[f"trans{stage - 1}"] = Transition(width, width // 2)
            width //= 2
        children[f"dense{stage}"] = nn.Sequential(*[DenseLayer(width + 12 * index) for index in range(16)])
        width += 16 * 12
    return CifarNetwork(children | {"bn": nn.BatchNorm2d(width)}, ("bn",), width, classes)


NETWORKS = {
    "resnet20": lambda classes: cifar_resnet(20, classes),
    "resnet56": lambda classes: cifar_resnet(56, classes),
    "resnet110": lambda classes: cifar_resnet(110, classes),
    "resnet164": preact_resnet164,
    "densenet-bc-100-12": densenet,
    "wrn-28-10": wide_resnet,
    "pyramidnet-110-270": pyramidnet,
}
