"""Trained parts as ONNX files, which extraction runs without the libraries that trained them."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from kg.train.tagger import Tagger

_OPSET = 17


def write_encoder(net: Tagger, path: Path) -> None:
    """Write the network in 8 bits: weights by channel, activations as they come."""
    net = net.cpu().float().eval()
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        with warnings.catch_warnings(action="ignore"):
            torch.onnx.export(
                net,
                (torch.randint(4, 100, (1, 50)),),
                str(whole),
                input_names=["ids"],
                output_names=["outputs"],
                dynamic_axes={"ids": {1: "tokens"}, "outputs": {1: "tokens"}},
                opset_version=_OPSET,
                dynamo=False,
            )
        logging.getLogger().setLevel(logging.ERROR)
        part = path.with_suffix(".part")
        quantize_dynamic(
            whole, part, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gather"]
        )
        part.replace(path)
