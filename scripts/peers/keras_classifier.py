"""A classifier's training step in Keras 3 on TensorFlow: train_on_batch; bfloat16 by TensorFlow's graph optimiser,
which measured faster on CPUs than Keras's mixed_bfloat16 policy (options["bfloat16By"] = "policy" runs that one)."""
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from measure import contender_options, measure_steps  # noqa: E402

options = contender_options()
tf.config.threading.set_intra_op_parallelism_threads(options["threads"])
tf.config.threading.set_inter_op_parallelism_threads(1)
if options["precision"] == "bfloat16":
    if options.get("bfloat16By") == "policy":
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
    else:
        tf.config.optimizer.set_experimental_options({"auto_mixed_precision_onednn_bfloat16": True})

side = options["imageSize"]
networks = {"resnet50": keras.applications.ResNet50}
model = networks[options["model"]](weights=None, input_shape=(side, side, 3), classes=options["numClasses"])
model.compile(
    optimizer=keras.optimizers.SGD(0.01, momentum=0.9, weight_decay=1e-4), loss="sparse_categorical_crossentropy"
)
random = np.random.default_rng(0)
images = random.standard_normal((options["batchSize"], side, side, 3), dtype=np.float32)
labels = random.integers(0, options["numClasses"], options["batchSize"])
state = {}


def step(_index: int) -> None:
    state["loss"] = float(model.train_on_batch(images, labels))


measure_steps(options, step, lambda: {"loss": state["loss"], "version": f"keras {keras.__version__}, tensorflow {tf.__version__}"})
