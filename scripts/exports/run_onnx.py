"""Runs ONNX files in onnxruntime for Python: run_onnx.py INSIDE OUTSIDE EXPECTED. Prints one JSON object."""
import json
import sys

import numpy as np
import onnx
import onnxruntime

import expected

inside, outside, path = sys.argv[1:]
for file in (inside, outside):
    onnx.checker.check_model(onnx.load(file), full_check=True)
comparison = expected.Comparison()
complete, network = (
    onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"]) for file in (inside, outside)
)
for image in expected.images(path):
    images = np.ascontiguousarray(image["input"].transpose(0, 3, 1, 2))
    found = complete.run(["boxes", "scores", "labels"], {"images": images, "imageSize": image["size"]})
    comparison.detections(image, *found)
    comparison.raw(image, *network.run(["logits", "deltas"], {"images": images}))
metadata = json.loads(complete.get_modelmeta().custom_metadata_map["metadata"])
comparison.print(runtime=f"onnxruntime {onnxruntime.__version__}", classNames=metadata["classNames"])
