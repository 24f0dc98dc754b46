"""A recording stand-in for the part of Unreal's ``unreal`` module that the exported script uses.

Names, parameters and editor properties are those of Epic's Python API reference for 5.4; anything else fails, as it
would in the editor. What it doesn't know of the engine it doesn't pretend: a texture has the size its file says.
"""

from __future__ import annotations

import struct
import types
from pathlib import Path
from typing import Any

_ENUMS = {
    "TextureCompressionSettings": "TC_DEFAULT TC_NORMALMAP TC_MASKS TC_VECTOR_DISPLACEMENTMAP TC_HDR TC_HDR_F32",
    "TextureLossyCompressionAmount": "TLCA_DEFAULT TLCA_NONE TLCA_LOWEST",
    "TextureMipGenSettings": "TMGS_FROM_TEXTURE_GROUP TMGS_NO_MIPMAPS TMGS_LEAVE_EXISTING_MIPS",
    "TexturePowerOfTwoSetting": "NONE PAD_TO_POWER_OF_TWO STRETCH_TO_POWER_OF_TWO",
    "TextureFilter": "TF_NEAREST TF_BILINEAR TF_TRILINEAR TF_DEFAULT",
    "TextureAddress": "TA_WRAP TA_CLAMP TA_MIRROR",
    "BlendMode": "BLEND_OPAQUE BLEND_MASKED BLEND_TRANSLUCENT",
    "CustomMaterialOutputType": "CMOT_FLOAT1 CMOT_FLOAT2 CMOT_FLOAT3 CMOT_FLOAT4 CMOT_MATERIAL_ATTRIBUTES",
    "MaterialSamplerType": "SAMPLERTYPE_COLOR SAMPLERTYPE_LINEAR_COLOR SAMPLERTYPE_NORMAL SAMPLERTYPE_MASKS",
    "MaterialProperty": "MP_EMISSIVE_COLOR MP_OPACITY MP_OPACITY_MASK MP_BASE_COLOR MP_METALLIC MP_SPECULAR "
    "MP_ROUGHNESS MP_ANISOTROPY MP_NORMAL MP_TANGENT MP_WORLD_POSITION_OFFSET MP_SUBSURFACE_COLOR "
    "MP_AMBIENT_OCCLUSION MP_REFRACTION",
}
_PROPERTIES = {
    "AssetImportTask": "automated destination_name destination_path factory filename imported_object_paths options "
    "replace_existing replace_existing_settings save",
    "Texture2D": "address_x address_y compression_no_alpha compression_settings defer_compression filter "
    "flip_green_channel lod_bias lod_group lossy_compression_amount max_texture_size mip_gen_settings never_stream "
    "power_of_two_mode srgb virtual_texture_streaming",
    "Material": "blend_mode material_domain opacity_mask_clip_value shading_model two_sided",
    "MaterialInstanceConstant": "",
    "CustomInput": "input_name",
    "CustomOutput": "output_name output_type",
    "MaterialExpressionCustom": "additional_defines additional_outputs code description include_file_paths inputs "
    "output_type",
    "MaterialExpressionTextureCoordinate": "coordinate_index u_tiling v_tiling",
    "MaterialExpressionScalarParameter": "default_value group parameter_name slider_max slider_min sort_priority",
    "MaterialExpressionMultiply": "const_a const_b",
    "MaterialExpressionDDX": "",
    "MaterialExpressionDDY": "",
    "MaterialExpressionTextureObject": "sampler_type texture",
}
_INPUTS = {
    "MaterialExpressionMultiply": ("A", "B"),
    "MaterialExpressionDDX": ("Value",),
    "MaterialExpressionDDY": ("Value",),
}


class _Object:
    def __init__(self, **_: Any) -> None:
        self.properties: dict[str, Any] = {}
        self.connected: dict[str, Any] = {}

    def set_editor_property(self, name: str, value: Any) -> None:
        if name not in _PROPERTIES[type(self).__name__].split():
            raise AttributeError(f"{type(self).__name__} has no editor property {name}")
        self.properties[name] = value

    def get_class(self) -> Any:
        return types.SimpleNamespace(get_name=lambda: type(self).__name__)


class _Asset(_Object):
    path = ""

    def get_path_name(self) -> str:
        return f"{self.path}.{self.path.rpartition('/')[2]}"


class StandIn(types.ModuleType):
    """``assets`` by path, ``saved`` the paths of those that were saved. With ``shrink`` an import loses texels."""

    def __init__(self, *, shrink: bool = False) -> None:
        super().__init__("unreal")
        self.assets: dict[str, Any] = {}
        self.saved: set[str] = set()
        for name, values in _ENUMS.items():
            setattr(self, name, types.SimpleNamespace(**{value: f"{name}.{value}" for value in values.split()}))
        for name in _PROPERTIES:
            base = _Asset if name in ("Texture2D", "Material", "MaterialInstanceConstant") else _Object
            setattr(self, name, type(name, (base,), {}))
        self.MaterialFactoryNew = type("MaterialFactoryNew", (), {})
        self.MaterialInstanceConstantFactoryNew = type("MaterialInstanceConstantFactoryNew", (), {})
        self.ScopedSlowTask = _SlowTask
        self.MaterialEditingLibrary = _Editing()
        self.EditorAssetLibrary = types.SimpleNamespace(
            does_asset_exist=lambda asset_path: asset_path in self.assets,
            save_loaded_asset=lambda asset_to_save, only_if_is_dirty=True: self.saved.add(asset_to_save.path) or True,
        )
        tools = types.SimpleNamespace(import_asset_tasks=self._import, create_asset=self._create)
        self.AssetToolsHelpers = types.SimpleNamespace(get_asset_tools=lambda: tools)
        self._shrink = 2 if shrink else 1

    def load_asset(self, name: str) -> Any:
        return self.assets.get(name)

    def log(self, arg: Any) -> None:
        assert isinstance(arg, str)

    def _import(self, import_tasks: list[Any]) -> None:
        for task in import_tasks:
            own = task.properties
            file = Path(own["filename"])
            data = file.read_bytes()
            assert data[:4] == b"DDS " and data[84:88] == b"DX10"
            height, width = struct.unpack_from("<2I", data, 12)
            assert struct.unpack_from("<2I", data, 128) == (28, 3), "R8G8B8A8_UNORM, 2D"
            assert own["automated"] is True and own["destination_name"] == file.stem
            path = f"{own['destination_path']}/{own['destination_name']}"
            if path not in self.assets or not own["replace_existing"]:
                self._put(path, self.Texture2D())
            texture = self.assets[path]
            texture.blueprint_get_size_x = lambda width=width: width // self._shrink
            texture.blueprint_get_size_y = lambda height=height: height // self._shrink

    def _create(self, asset_name: str, package_path: str, asset_class: type, factory: Any) -> Any:
        wanted = {"Material": "MaterialFactoryNew", "MaterialInstanceConstant": "MaterialInstanceConstantFactoryNew"}
        assert type(factory).__name__ == wanted[asset_class.__name__]
        made = asset_class()
        made.expressions, made.inputs, made.compiled = [], {}, False
        return self._put(f"{package_path}/{asset_name}", made)

    def _put(self, path: str, asset: Any) -> Any:
        assert path.startswith("/Game/") and not set(path) & set(" '\",.:|&!~@#(){}[]=;^%$`\n\t\\"), path
        asset.path = path
        self.assets[path] = asset
        return asset


class _Editing:
    def create_material_expression(
        self, material: Any, expression_class: type, node_pos_x: int = 0, node_pos_y: int = 0
    ) -> Any:
        assert isinstance(node_pos_x, int) and isinstance(node_pos_y, int)
        expression = expression_class()
        expression.material = material
        material.expressions.append(expression)
        return expression

    def delete_all_material_expressions(self, material: Any) -> None:
        material.expressions.clear()
        material.inputs.clear()

    def connect_material_expressions(
        self, from_expression: Any, from_output_name: str, to_expression: Any, to_input_name: str
    ) -> bool:
        kind = type(to_expression).__name__
        names: tuple[str, ...] = _INPUTS.get(kind, ())
        if kind == "MaterialExpressionCustom":
            names = tuple(i.properties["input_name"] for i in to_expression.properties.get("inputs", ()))
        name = to_input_name or (names[0] if names else "")
        if name not in names or from_output_name:
            return False
        to_expression.connected[name] = from_expression
        return True

    def connect_material_property(self, from_expression: Any, from_output_name: str, property_: str) -> bool:
        outputs = ["", *(o.properties["output_name"] for o in from_expression.properties["additional_outputs"])]
        if from_output_name not in outputs:
            return False
        material = property_.removeprefix("MaterialProperty.")
        from_expression.material.inputs[material] = (from_expression, from_output_name)
        return True

    def recompile_material(self, material: Any) -> None:
        assert material.inputs
        material.compiled = True

    def set_material_instance_parent(self, instance: Any, new_parent: Any) -> None:
        instance.parent = new_parent

    def update_material_instance(self, instance: Any) -> None:
        assert instance.parent is not None


class _SlowTask:
    def __init__(self, work: float, desc: str = "", enabled: bool = True) -> None:
        self.left = work

    def __enter__(self) -> _SlowTask:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def make_dialog(self, can_cancel: bool = False, allow_in_pie: bool = False) -> None:
        pass

    def enter_progress_frame(self, work: float = 1.0, desc: str = "") -> None:
        self.left -= work
        assert self.left >= 0
