"""The physical limit of a training step: TensorFlow's product of 2048x2048 matrices on the same threads, in the same
precision, as if all of the step's arithmetic ran at its rate. A step is as many rows of products as have its FLOP."""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow as tf  # noqa: E402

from measure import contender_options, measure_steps  # noqa: E402

SIDE = 2048
options = contender_options()
tf.config.threading.set_intra_op_parallelism_threads(options["threads"])
tf.config.threading.set_inter_op_parallelism_threads(1)
dtype = tf.as_dtype(options["precision"])
total_rows = round(options["batchSize"] * options["gflopPerImage"] * 1e9 / (2 * SIDE * SIDE))


def matrix(rows: int) -> tf.Tensor:
    return tf.cast(tf.random.normal((rows, SIDE)), dtype)


@tf.function(jit_compile=False)
def product(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    return tf.matmul(a, b)[0, 0]


right = matrix(SIDE)
lefts = [matrix(SIDE)] * (total_rows // SIDE) + [matrix(total_rows % SIDE)]


def step(_index: int) -> None:
    for left in lefts:
        product(left, right).numpy()


measure_steps(options, step, lambda: {"isLimit": True, "version": f"tensorflow {tf.__version__}"})
