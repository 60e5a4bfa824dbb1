"""Every error that framewatch raises on purpose.

```
FramewatchError
├── InputError            what the user gave cannot be used       (exit status 2)
│   ├── SourceError       no such folder, no images in it
│   ├── ModelError        not a model, or one of no known task
│   ├── MetadataError     the metadata file, its labels or columns
│   ├── DocumentError     a baseline or report that is not ours, or is damaged
│   ├── SettingsError     options that contradict each other, or what was recorded
│   └── StoreError        no such partition, a store that is not one
├── OutputError           a result that cannot be written         (exit status 2)
└── UnreadableImagesError more unreadable images than allowed     (exit status 4)
```

A message is one line: what is wrong, where, what was found against what was expected, and what to do.
"""


class FramewatchError(Exception):
    """The root of the tree: catch this to catch whatever framewatch raises on purpose."""


class InputError(FramewatchError):
    """Something that the user gave cannot be used."""


class SourceError(InputError):
    """Images cannot be found where they were said to be."""


class ModelError(InputError):
    """A model cannot be opened, or its inputs or outputs fit no known task."""


class MetadataError(InputError):
    """The metadata file cannot be read, or its labels or columns do not fit."""


class DocumentError(InputError):
    """A baseline or report is damaged, or is not one of ours."""


class SettingsError(InputError):
    """Options contradict each other, or what was recorded with a baseline or store."""


class StoreError(InputError):
    """A partition is missing, locked or holds something that is not ours."""


class OutputError(FramewatchError):
    """A result cannot be written where it was asked for."""


class UnreadableImagesError(FramewatchError):
    """A larger share of the images is unreadable than the user allows."""
