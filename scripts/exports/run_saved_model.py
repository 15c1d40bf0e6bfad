"""Runs SavedModels in TensorFlow for Python: run_saved_model.py INSIDE OUTSIDE EXPECTED. Prints one JSON object."""
import json
import sys

import tensorflow as tf

import expected

inside, outside, path = sys.argv[1:]
comparison = expected.Comparison()
complete, network = tf.saved_model.load(inside), tf.saved_model.load(outside)
for image in expected.images(path):
    images = tf.constant(image["input"])
    found = complete.signatures["serving_default"](images=images, imageSize=tf.constant(image["size"]))
    comparison.detections(image, *(found[name].numpy() for name in ("boxes", "scores", "labels")))
    raw = network.signatures["serving_default"](images=images)
    comparison.raw(image, raw["logits"].numpy(), raw["deltas"].numpy())
metadata = json.loads(complete.signatures["metadata"]()["json"].numpy())
comparison.print(runtime=f"tensorflow {tf.__version__}", classNames=metadata["classNames"])
