from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import ModelError
from pipeline.extract.models.interface import TensorSpec
from pipeline.extract.models.preprocess import Preprocessor, input_layout
from pipeline.extract.resize import Resized, resize
from pipeline.settings import SCALINGS
from tests.support.pictures import random_pixels
from tests.support.toy_numbers import GREY, letterboxed

if TYPE_CHECKING:
    from numpy.typing import NDArray

Triple = tuple[float, float, float]

WIDTH, HEIGHT = 7, 5
PIXELS = random_pixels(WIDTH, HEIGHT, 3)
SHAPES: dict[str, tuple[int | None, ...]] = {"nchw": (None, 3, HEIGHT, WIDTH), "nhwc": (1, HEIGHT, WIDTH, 3)}


def scaled_by_hand(name: str) -> NDArray[Any]:
    """Each scaling as its papers and frameworks write it."""
    byte = PIXELS.astype(np.float64)
    return {
        "zero-one": byte / 255,
        "minus-one-one": byte / 127.5 - 1,
        "imagenet": np.stack(
            [
                (byte[..., 0] / 255 - 0.485) / 0.229,
                (byte[..., 1] / 255 - 0.456) / 0.224,
                (byte[..., 2] / 255 - 0.406) / 0.225,
            ],
            axis=-1,
        ),
        "raw": byte,
    }[name]


def tensor_of(
    spec: TensorSpec,
    scaling: tuple[Triple, Triple],
    channel_order: Literal["rgb", "bgr"] = "rgb",
    pixels: NDArray[np.uint8] = PIXELS,
) -> NDArray[Any]:
    size = (pixels.shape[1], pixels.shape[0])
    preprocess = Preprocessor(input_layout((spec,)), size, scaling, channel_order)
    return preprocess([Resized(Image.fromarray(pixels))])


def test_every_named_scaling_is_tried() -> None:
    """The cases below leave no name out."""
    assert set(SCALINGS) == {"zero-one", "minus-one-one", "imagenet", "raw"}


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64"])
@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("channel_order", ["rgb", "bgr"])
@pytest.mark.parametrize("name", ["zero-one", "minus-one-one", "imagenet", "raw"])
def test_named_scalings_give_the_numbers_of_plain_numpy(
    name: str, channel_order: Literal["rgb", "bgr"], layout: str, dtype: str
) -> None:
    """Statistics belong to colours: with BGR only the order of the finished channels turns."""
    found = tensor_of(TensorSpec("x", SHAPES[layout], dtype), SCALINGS[name], channel_order)
    expected = scaled_by_hand(name)[..., :: 1 if channel_order == "rgb" else -1]
    expected = expected.transpose(2, 0, 1) if layout == "nchw" else expected
    assert found.dtype == dtype
    assert found.shape == (1, *expected.shape)
    np.testing.assert_allclose(found[0], expected, rtol=1e-3 if dtype == "float16" else 1e-6, atol=1e-6)


def test_explicit_mean_and_std_apply_to_each_colour() -> None:
    mean, std = (0.1, 0.2, 0.3), (0.5, 0.25, 2.0)
    found = tensor_of(TensorSpec("x", SHAPES["nhwc"], "float64"), (mean, std), "bgr")
    for position, colour in enumerate((2, 1, 0)):
        expected = (PIXELS[..., colour] / 255 - mean[colour]) / std[colour]
        np.testing.assert_allclose(found[0, ..., position], expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("dtype", "scale", "zero_point", "name"),
    [
        ("uint8", 1 / 255, 0, "zero-one"),
        ("int8", 1 / 255, -128, "zero-one"),
        ("uint8", 1 / 127.5, 127, "minus-one-one"),
        ("int8", 0.0186584, -14, "imagenet"),
        ("int8", 1.0, -128, "raw"),
        ("int16", 1 / 32767, 0, "minus-one-one"),
    ],
)
def test_quantised_inputs_get_the_nearest_stored_number(dtype: str, scale: float, zero_point: int, name: str) -> None:
    """Real numbers divided by the scale, shifted, rounded and held to the type's limits, one pixel at a time."""
    found = tensor_of(TensorSpec("x", SHAPES["nhwc"], dtype, scale, zero_point), SCALINGS[name])
    limits = np.iinfo(dtype)
    real = scaled_by_hand(name)
    expected = [min(max(round(one / scale + zero_point), limits.min), limits.max) for one in real.ravel().tolist()]
    assert found.dtype == dtype
    # Exactly half way between two numbers either is the nearest.
    assert np.abs(found.ravel().astype(int) - expected).max() <= (1 if name == "minus-one-one" else 0)


@pytest.mark.parametrize(
    ("width", "height", "inside", "left", "top"), [(80, 40, (32, 16), 0, 4), (20, 60, (8, 24), 12, 0)]
)
def test_letterbox_pads_with_grey_on_both_sides(
    width: int, height: int, inside: tuple[int, int], left: int, top: int
) -> None:
    """The picture stands in the middle of byte value 114, pixel by pixel."""
    picture = Image.fromarray(random_pixels(width, height, 3))
    resized = resize(picture, (32, 24), "letterbox")
    preprocess = Preprocessor(
        input_layout((TensorSpec("x", (1, 24, 32, 3), "uint8"),)), (32, 24), SCALINGS["raw"], "rgb"
    )
    pixels = np.asarray(picture.resize(inside, Image.Resampling.BILINEAR))
    expected = letterboxed(pixels, (32, 24), left, top)
    assert GREY == 114
    np.testing.assert_array_equal(preprocess([resized])[0], expected)


def test_what_is_beside_a_letterboxed_picture_is_scaled_as_it_is() -> None:
    """Channel by channel, for a model of floats."""
    resized = resize(Image.fromarray(random_pixels(80, 40, 3)), (32, 24), "letterbox")
    layout = input_layout((TensorSpec("x", (1, 3, 24, 32), "float32"),))
    found = Preprocessor(layout, (32, 24), SCALINGS["minus-one-one"], "rgb")([resized])[0]
    expected = letterboxed(np.asarray(resized.picture), (32, 24), 0, 4) / 127.5 - 1
    np.testing.assert_allclose(found, expected.transpose(2, 0, 1), atol=1e-6)


def test_crop_is_the_centre_without_padding() -> None:
    """Resized to 8/7 of the input's side, the middle is cut out."""
    picture = Image.fromarray(random_pixels(128, 64, 3))
    preprocess = Preprocessor(
        input_layout((TensorSpec("x", (1, 28, 28, 3), "uint8"),)), (28, 28), SCALINGS["raw"], "rgb"
    )
    whole = np.asarray(picture.resize((64, 32), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(preprocess([resize(picture, (28, 28), "crop")])[0], whole[2:30, 18:46])


def test_a_batch_that_is_not_full_is_filled_with_the_last_picture() -> None:
    first, second = random_pixels(WIDTH, HEIGHT, 3, seed=1), random_pixels(WIDTH, HEIGHT, 3, seed=2)
    layout = input_layout((TensorSpec("x", (4, HEIGHT, WIDTH, 3), "uint8"),))
    preprocess = Preprocessor(layout, (WIDTH, HEIGHT), SCALINGS["raw"], "rgb")
    found = preprocess([Resized(Image.fromarray(pixels)) for pixels in (first, second)])
    np.testing.assert_array_equal(found, [first, second, second, second])


@pytest.mark.parametrize(
    ("shape", "order", "batch", "size"),
    [
        ((1, 3, 20, 30), "nchw", 1, (30, 20)),
        ((1, 20, 30, 3), "nhwc", 1, (30, 20)),
        ((None, 3, None, None), "nchw", 1, (None, None)),
        ((8, None, None, 3), "nhwc", 8, (None, None)),
        ((None, 3, 20, None), "nchw", 1, (None, 20)),
    ],
)
def test_layouts_are_read_from_the_shape(
    shape: tuple[int | None, ...], order: str, batch: int, size: tuple[int | None, int | None]
) -> None:
    """Width comes before height in a size, and after it in a shape."""
    layout = input_layout((TensorSpec("x", shape, "float32"),))
    assert (layout.order, layout.batch, layout.size) == (order, batch, size)


@pytest.mark.parametrize(
    "specs",
    [
        (TensorSpec("a", (1, 3, 8, 8), "float32"), TensorSpec("b", (1, 2), "int64")),
        (TensorSpec("a", (1, 1, 8, 8), "float32"),),
        (TensorSpec("a", (1, 8, 8, 4), "uint8"),),
        (TensorSpec("a", (1, 192), "float32"),),
        (TensorSpec("a", (1, 3, 8, 8), "bfloat16"),),
        (TensorSpec("a", (1, 3, 8, 8), "bool"),),
        (),
    ],
)
def test_other_inputs_are_refused_with_names_shapes_and_types(specs: tuple[TensorSpec, ...]) -> None:
    with pytest.raises(ModelError) as caught:
        input_layout(specs)
    message = str(caught.value)
    assert all(spec.name in message and spec.dtype in message for spec in specs)
    assert "batch x 3 x height x width" in message
    assert "\n" not in message
