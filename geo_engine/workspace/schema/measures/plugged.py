"""The table of a measure that a plug-in makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, ValidationInfo, model_validator

from geo_engine.errors import nearest_spelling
from geo_engine.model import Measure, PluggedMeasure
from geo_engine.units import dimension_of
from geo_engine.workspace.schema.base import VECTOR, Context, Key, context_of, layer_of, refuse
from geo_engine.workspace.schema.measures.base import MeasureTable

__all__ = ["PLUGGED"]


class PluggedTable(MeasureTable):
    """What a plug-in is given."""

    filled: ClassVar[Mapping[str, str]] = {"parameters": "none: those of the plug-in itself"}
    layer: Annotated[str, layer_of(*VECTOR, "raster")]
    plugin: Key
    parameters: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def dimension_of(cls, entry: Mapping[str, Any], context: Context) -> str | None:
        plugin = context.plugins.get(str(entry.get("plugin")))
        return dimension_of(plugin.signature.unit) if plugin and plugin.signature else None

    @model_validator(mode="after")
    def _fits_the_plugin(self, info: ValidationInfo) -> Self:
        plugin = context_of(info).plugins.get(self.plugin)
        if plugin is None or plugin.signature is None:
            told = "; ".join(str(fault).rstrip(".") for fault in plugin.faults) if plugin else "it was not found"
            what = f"plug-in '{self.plugin}' cannot be used: {told}"
            raise refuse(what)
        signature, geometry = plugin.signature, context_of(info).layers[self.layer].geometry
        if signature.raster != (geometry == "raster"):
            taken = "a raster" if signature.raster else "features"
            what = f"plug-in '{self.plugin}' takes {taken}, layer '{self.layer}' is of geometry '{geometry}'"
            raise refuse(what)
        if signature.raster and self.where is not None:
            what = "a raster has no columns, so it takes no where"
            raise refuse(what)
        for name, value in self.parameters.items():
            if name not in signature.parameters:
                what = f"plug-in '{self.plugin}' takes no parameter '{name}'"
                raise refuse(what, ", ".join(signature.parameters) or "none", nearest_spelling(name, signature.parameters))
            kind = signature.parameters[name].kind
            if type(value) is not kind and not (kind is float and type(value) is int):
                what = f"parameter '{name}' of plug-in '{self.plugin}' is not of its kind"
                raise refuse(what, kind.__name__)
        missing = [name for name, each in signature.parameters.items() if each.required and name not in self.parameters]
        if missing:
            what = f"plug-in '{self.plugin}' needs {', '.join(missing)}"
            raise refuse(what, remedy=f"parameters = {{ {missing[0]} = ... }}")
        return self

    def noun(self, context: Context) -> Measure:
        plugin = context.plugins[self.plugin]
        signature = plugin.signature
        assert signature is not None  # noqa: S101 - looked at above
        return PluggedMeasure(
            layer=self.layer,
            where=self.where,
            plugin=self.plugin,
            file=plugin.file,
            result_unit=signature.unit,
            parameters=tuple(sorted(self.parameters.items())),
            raster=signature.raster,
        )


PLUGGED: Mapping[str, type[MeasureTable]] = {
    "plugin": PluggedTable,
}
