"""The lesson: how a connection comes back, told in ten stages, each with a figure that runs the code that ships.

Pure: it runs and is tested in CPython. ``lesson.screens`` alone touches the browser. From the outside one uses

- :mod:`lesson.stages`: the names of the stages and of what can be edited;
- ``lesson.screens.figures.mount(element, stage, texts)``: fills ``<figure data-stage="NAME">``, returns a ``Figure``
  with ``seed`` (an int to get and to set), ``on_seed`` (called with a new one) and ``destroy()``;
- :mod:`lesson.numbers`: every number that the text quotes, computed, by name;
- :mod:`lesson.exercises`: ``EXERCISES[name].source`` is the text to change; ``run(name, source, seed=1)`` returns an
  ``Outcome``, whose ``as_data()`` is plain data for JSON: ``{"passed", "checks": [{"id", "passed", "values"}], "hint",
  "error"}``. Texts: ``exercise.<name>.title``, ``.task``, ``.check.<id>`` (with ``values`` as its placeholders),
  ``.hint.<id>``; ``error`` is what Python said, or None. ``run`` may never come back from an endless loop: the caller
  stops it.
"""
