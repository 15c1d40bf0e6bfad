"""A classifier's training step in PyTorch, in its best known mode: channels_last, and bfloat16 autocast and torch.compile when
asked."""
import torch
import torchvision

from measure import contender_options, measure_steps
from torch_cifar_networks import NETWORKS
from torch_device import chosen_device, wait_for

options = contender_options()
device = chosen_device(options)
torch.set_num_threads(options["threads"])
torch.manual_seed(0)

if options["model"] in NETWORKS:
    model = NETWORKS[options["model"]](options["numClasses"])
else:
    model = torchvision.models.get_model(options["model"], weights=None, num_classes=options["numClasses"])
model = model.to(device, memory_format=torch.channels_last).train()
side = options["imageSize"]
images = torch.randn(options["batchSize"], 3, side, side).to(device, memory_format=torch.channels_last)
labels = torch.randint(0, options["numClasses"], (options["batchSize"],)).to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
forward = torch.compile(model) if options.get("isCompiled") else model
state = {}


def step(_index: int) -> None:
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=options["precision"] == "bfloat16"):
        logits = forward(images)
    loss = torch.nn.functional.cross_entropy(logits.float(), labels)
    loss.backward()
    optimizer.step()
    state["loss"] = loss.item()
    wait_for(device)


measure_steps(options, step, lambda: {"loss": state["loss"], "version": f"torch {torch.__version__}"})
