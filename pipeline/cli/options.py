"""The options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from pipeline.cli.console import Progress
from pipeline.errors import SettingsError

if TYPE_CHECKING:
    from pipeline.analysis import Images
    from pipeline.settings import ExtractionOptions

Triple = tuple[float, float, float]

_OF_IMAGES = frozenset({"resize", "input_size", "decode"})
"""The model options that mean something without a model."""


def parse_size(text: str) -> tuple[int, int]:
    """Read `224x128` as width and height, and `224` as both.

    Raises:
        SettingsError: It is something else.
    """
    width, cross, height = text.lower().partition("x")
    if not cross:
        height = width
    if not (width.isdecimal() and height.isdecimal()):
        raise SettingsError(f"--input-size: {text!r} is no size; write WIDTHxHEIGHT, such as 224x224, or 224 for both")
    return int(width), int(height)


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """What is printed."""

    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors and warnings only.")] = False


@dataclass(frozen=True)
class ModelFile:
    """The model. It is a class of its own, without slots, so that it comes before the options that are about it."""

    model: Annotated[
        Optional[Path], typer.Option(help="An ONNX or TFLite model; without one, only pixels are looked at.")
    ] = None


@dataclass(frozen=True, slots=True)
class InputOptions:
    """How pictures are given to a model, and its answers read."""

    task: Annotated[Literal["auto", "classification", "detection"], typer.Option(help="What the model does.")] = "auto"
    resize: Annotated[
        Optional[Literal["stretch", "crop", "letterbox"]],
        typer.Option(help="How pictures are brought to the input size."),
    ] = None
    scaling: Annotated[
        Optional[Literal["zero-one", "minus-one-one", "imagenet", "raw"]],
        typer.Option(help="How pixels are scaled for the model."),
    ] = None
    mean: Annotated[
        Optional[Triple],
        typer.Option(metavar="R G B", help="Instead of --scaling: the mean to subtract, for pixels in [0, 1]."),
    ] = None
    std: Annotated[
        Optional[Triple], typer.Option(metavar="R G B", help="With --mean: the standard deviation to divide by.")
    ] = None
    channel_order: Annotated[
        Optional[Literal["rgb", "bgr"]], typer.Option(help="The order in which the model takes channels.")
    ] = None
    scores: Annotated[Literal["auto", "logits", "probabilities"], typer.Option(help="What the model's scores are.")] = (
        "auto"
    )
    score_threshold: Annotated[
        Optional[float], typer.Option(min=0.0, max=1.0, help="Boxes below it are dropped (0.25 if not given).")
    ] = None
    input_size: Annotated[
        Optional[str],
        typer.Option(
            metavar="WIDTHxHEIGHT", help="Where the model takes any, or one number for both; 224x224 if not given."
        ),
    ] = None
    class_names: Annotated[Optional[Path], typer.Option(help="A text or JSON file with the names of the classes.")] = (
        None
    )
    label_offset: Annotated[
        Optional[int], typer.Option(help="Added to numeric labels (1 for 1001-class ImageNet models, else 0).")
    ] = None
    decode: Annotated[
        Optional[Literal["fast", "exact"]], typer.Option(help="Whether large JPEGs may be decoded at a reduced scale.")
    ] = None

    def extraction_options(self) -> ExtractionOptions:
        """The same for stage one."""
        from pipeline.settings import ExtractionOptions

        return ExtractionOptions(
            task=self.task,
            resize=self.resize,
            scaling=self.scaling,
            mean=self.mean,
            std=self.std,
            channel_order=self.channel_order,
            scores=self.scores,
            score_threshold=self.score_threshold,
            input_size=None if self.input_size is None else parse_size(self.input_size),
            decode=self.decode,
            class_names=self.class_names,
            label_offset=self.label_offset,
        )


@dataclass(frozen=True, slots=True)
class ModelOptions(InputOptions, ModelFile):
    """How images become rows."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How images are worked off."""

    metadata: Annotated[
        Optional[Path],
        typer.Option(help="CSV or Parquet with a column path, and label, timestamp or columns of yours."),
    ] = None
    label_from: Annotated[Optional[Literal["parent"]], typer.Option(help="parent: the folder's name is the label.")] = (
        None
    )
    workers: Annotated[Optional[int], typer.Option(min=1, help="Threads; one a core if not given.")] = None
    executor: Annotated[Literal["local"], typer.Option(help="Where the work is done: threads of this machine.")] = (
        "local"
    )
    no_thumbnails: Annotated[
        bool, typer.Option("--no-thumbnails", help="Keep no small JPEG of each image in its row.")
    ] = False
    keep_probabilities: Annotated[
        bool, typer.Option("--keep-probabilities", help="Keep the probability of every class in each row.")
    ] = False
    max_unreadable: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="The share of unreadable images above which to exit with status 4.")
    ] = 1.0


@dataclass(frozen=True, slots=True)
class SegmentOptions:
    """Which parts of the images are judged by themselves."""

    segment_by: Annotated[
        Optional[list[str]],
        typer.Option(metavar="COLUMN", help="Judge each value of this column of the rows by itself; repeatable."),
    ] = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns, each once."""
        return tuple(dict.fromkeys(self.segment_by or ()))


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """What counts as drift."""

    alpha: Annotated[
        Optional[float],
        typer.Option(help="The share of unchanged days that may alarm by chance (0.01)."),
    ] = None
    false_alarms_per_year: Annotated[
        Optional[float], typer.Option(help="Instead of --alpha, for a report a day: alarms by chance in a year.")
    ] = None
    no_noise_guard: Annotated[bool, typer.Option("--no-noise-guard", help="Judge by the bare thresholds alone.")] = (
        False
    )
    thresholds: Annotated[Optional[Path], typer.Option(help="A TOML file with other thresholds and bands.")] = None
    fail_on: Annotated[
        Optional[Literal["low", "medium", "high", "drift"]],
        typer.Option(help="Exit with status 3 at this severity or above."),
    ] = None


def to_images(location: str, model: ModelOptions, run: RunOptions, output: OutputOptions) -> Images:
    """What the options say of the images.

    Raises:
        SettingsError: They name no folder, describe a model that is not given, or contradict each other.
    """
    from pipeline.analysis import Images

    if not location:
        raise SettingsError("the folder of images is an empty text (an unset variable?); give a folder or a glob")
    _require_model_for_its_options(model)
    return Images(
        location,
        model.model,
        model.extraction_options(),
        run.metadata,
        run.label_from == "parent",
        run.workers,
        None if output.quiet else Progress(),
        thumbnails=not run.no_thumbnails,
        probabilities=run.keep_probabilities,
    )


def _require_model_for_its_options(given: ModelOptions) -> None:
    if given.model is not None:
        return
    for one in fields(given):
        if one.name not in _OF_IMAGES and getattr(given, one.name) != one.default:
            raise SettingsError(
                f"--{one.name.replace('_', '-')} says something about a model, and none is given; add --model FILE"
            )
