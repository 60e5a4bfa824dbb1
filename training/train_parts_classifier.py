"""Trains the small classifier that the demo watches, and writes it as ONNX and as TFLite.

Run from the root of the checkout, with torch, onnx and ai-edge-litert installed:

    python -m training.train_parts_classifier
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from torch import nn
from torch.nn import functional

from pipeline.demo.scene import KINDS, Conditions, draw_part
from tests.support.tflite_writer import TfliteWriter

if TYPE_CHECKING:
    from numpy.typing import NDArray

ONNX_PATH = Path("pipeline/demo/parts.onnx")
TFLITE_PATH = Path("tests/data/parts.tflite")

# Far from the seeds anyone gives the demo's week, so that no picture of it was trained on.
TRAINING_SEED, HELD_OUT_SEED = 770_001, 770_002
TRAINING_PICTURES, HELD_OUT_PICTURES = 4800, 900
INPUT_SIZE = 64
CHANNELS = (3, 12, 24, 32, 64)
EPOCHS, BATCH, LEARNING_RATE = 20, 64, 4e-3
# Keeps confidence below certainty where the model is right, and lets it fall on unlike pictures.
LABEL_SMOOTHING, MIXUP = 0.05, 0.1

Convolution = tuple["NDArray[np.float32]", "NDArray[np.float32]"]


def main() -> None:
    """Draws the pictures, trains, prints how good the model is and writes both files."""
    torch.manual_seed(0)
    torch.set_num_threads(1)  # sums come out the same however many cores there are
    network = train(*draw_pictures(TRAINING_SEED, TRAINING_PICTURES))
    accuracy, confidence = evaluate(network, *draw_pictures(HELD_OUT_SEED, HELD_OUT_PICTURES))
    print(f"held-out accuracy {accuracy:.4f}, mean confidence {confidence:.4f}")

    convolutions = fold_batch_norms(network)
    dense = network[-1].weight.detach().numpy(), network[-1].bias.detach().numpy()
    write_onnx(ONNX_PATH, convolutions, dense)
    write_tflite(TFLITE_PATH, convolutions, dense)
    for path in (ONNX_PATH, TFLITE_PATH):
        print(f"{path}: {path.stat().st_size:,} bytes")


def draw_pictures(seed: int, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Draws ordinary pictures as the model sees them, and the numbers of their classes."""
    pictures = np.empty((count, INPUT_SIZE, INPUT_SIZE, 3), dtype=np.uint8)
    for index in range(count):
        rng = np.random.default_rng([seed, 0, index])
        picture = draw_part(KINDS[index % len(KINDS)], rng, Conditions())
        pictures[index] = np.asarray(picture.resize((INPUT_SIZE, INPUT_SIZE), Image.Resampling.BILINEAR))
    return torch.from_numpy(pictures).permute(0, 3, 1, 2), torch.arange(count) % len(KINDS)


def train(pictures: torch.Tensor, classes: torch.Tensor) -> nn.Sequential:
    """Trains a fresh network."""
    network = build_network()
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=0.02)
    steps = EPOCHS * (len(pictures) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps)
    targets = functional.one_hot(classes, len(KINDS)) * (1 - LABEL_SMOOTHING) + LABEL_SMOOTHING / len(KINDS)
    mixing = torch.distributions.Beta(MIXUP, MIXUP)
    for epoch in range(EPOCHS):
        order = torch.randperm(len(pictures))[: steps // EPOCHS * BATCH]
        total = 0.0
        for chosen in order.split(BATCH):
            share, partner = mixing.sample(), chosen.roll(1)
            mixed = _mix(_scale(pictures[chosen]), _scale(pictures[partner]), share)
            wanted = _mix(targets[chosen], targets[partner], share)
            loss = functional.cross_entropy(network(mixed), wanted)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1:2}  loss {total / (steps // EPOCHS):.4f}", flush=True)
    return network.eval()


def build_network() -> nn.Sequential:
    """Makes the layers: four convolutions, each halving the picture, a mean and a dense layer."""
    layers: list[nn.Module] = []
    for inward, outward in pairwise(CHANNELS):
        layers += [nn.Conv2d(inward, outward, 3, padding=1, bias=False), nn.BatchNorm2d(outward), nn.ReLU()]
        layers += [nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(CHANNELS[-1], len(KINDS)))


def evaluate(network: nn.Sequential, pictures: torch.Tensor, classes: torch.Tensor) -> tuple[float, float]:
    """Returns the accuracy and the mean confidence of the top class."""
    with torch.no_grad():
        confidence, answer = network(_scale(pictures)).softmax(dim=1).max(dim=1)
    return float((answer == classes).float().mean()), float(confidence.mean())


def fold_batch_norms(network: nn.Sequential) -> list[Convolution]:
    """Returns each convolution's weights (out, in, height, width) and bias, its batch norm folded in."""
    folded = []
    for layer, norm in pairwise(network):
        if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            assert norm.running_var is not None
            assert norm.running_mean is not None
            scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            weights = layer.weight * scale[:, None, None, None]
            bias = norm.bias - norm.running_mean * scale
            folded.append((weights.detach().numpy(), bias.detach().numpy()))
    return folded


def write_onnx(path: Path, convolutions: list[Convolution], dense: Convolution) -> None:
    """Writes the model as ONNX that old runtimes read too."""
    nodes, weights, flow = [], [], "picture"
    for number, (kernel, bias) in enumerate(convolutions):
        names = [f"kernel_{number}", f"bias_{number}"]
        weights += [numpy_helper.from_array(kernel, names[0]), numpy_helper.from_array(bias, names[1])]
        step = f"step_{number}"
        window: dict[str, Any] = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
        nodes += [
            helper.make_node("Conv", [flow, *names], [f"{step}_conv"], **window),
            helper.make_node("Relu", [f"{step}_conv"], [f"{step}_relu"]),
            helper.make_node("MaxPool", [f"{step}_relu"], [step], kernel_shape=[2, 2], strides=[2, 2]),
        ]
        flow = step
    weights += [numpy_helper.from_array(dense[0], "dense"), numpy_helper.from_array(dense[1], "dense_bias")]
    nodes += [
        helper.make_node("GlobalAveragePool", [flow], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["features"]),
        helper.make_node("Gemm", ["features", "dense", "dense_bias"], ["logits"], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "parts",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["batch", 3, INPUT_SIZE, INPUT_SIZE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", len(KINDS)])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    metadata = {"names": json.dumps(KINDS), "scaling": "zero-one", "resize": "stretch"}
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def write_tflite(path: Path, convolutions: list[Convolution], dense: Convolution) -> None:
    """Writes the same model as TFLite: one picture at a time, channels last."""
    writer = TfliteWriter()
    flow = writer.add_input("picture", (1, INPUT_SIZE, INPUT_SIZE, 3))
    for kernel, bias in convolutions:
        flow = writer.conv_2d(flow, kernel.transpose(0, 2, 3, 1), bias, activation="relu")
        flow = writer.max_pool_2d(flow, 2)
    logits = writer.fully_connected(writer.mean(flow, axes=(1, 2)), *dense, name="logits")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(writer.to_bytes(outputs=[logits]))


def _scale(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.float() / 255


def _mix(first: torch.Tensor, second: torch.Tensor, share: Any) -> torch.Tensor:
    return first * share + second * (1 - share)


if __name__ == "__main__":
    main()
