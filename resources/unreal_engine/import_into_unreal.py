"""Imports the neural textures of this folder into Unreal Engine 5.4 or newer and builds materials and instances.

In the editor, with the plugins "Python Editor Script Plugin" and "Editor Scripting Utilities" on: Tools > Execute
Python Script…, or in the console ``py "<path of this file>"``. A content path as argument is where the assets go;
without one they go to /Game/Texloom. Running it again brings the assets up to date; instances keep their values.
"""

import json
import sys
from pathlib import Path

import unreal  # pyright: ignore[reportMissingImports]

FOLDER = Path(__file__).resolve().parent
DESTINATION = "/Game/Texloom"


def run(folder, destination):
    """All neural textures described in ``folder``; returns the instances' paths."""
    descriptions = sorted(folder.glob("*.unreal.json"))
    if not descriptions:
        raise RuntimeError(f"There is no *.unreal.json in {folder}.")
    instances = []
    for path in descriptions:
        facts = json.loads(path.read_text(encoding="utf-8"))
        if facts["schema"] != 1:
            raise RuntimeError(f"{path.name} was written by a newer Texloom; use the script that came with it.")
        with unreal.ScopedSlowTask(3, f"Texloom: {facts['name']}") as task:
            task.make_dialog(True)
            home = f"{destination}/{facts['asset']}"
            task.enter_progress_frame(1, "Importing latents")
            textures = [imported(folder / entry["file"], home, entry) for entry in facts["latents"]]
            task.enter_progress_frame(1, "Building the material")
            material = built(folder, home, facts, textures)
            task.enter_progress_frame(1, "Building the instance")
            instances.append(instanced(home, facts, material))
    return instances


def imported(path, home, entry):
    """One texture of latents: bytes that the shader reads one by one, so nothing may be done to them."""
    task = unreal.AssetImportTask()
    task.set_editor_property("filename", str(path))
    task.set_editor_property("destination_path", home)
    # The file is called like the asset: where Interchange imports, it doesn't look at this name.
    task.set_editor_property("destination_name", path.stem)
    task.set_editor_property("automated", True)
    task.set_editor_property("replace_existing", True)
    task.set_editor_property("save", False)
    unreal.AssetToolsHelpers.get_asset_tools().import_asset_tasks([task])
    name = f"{home}/{path.stem}"
    texture = unreal.load_asset(name)
    if not isinstance(texture, unreal.Texture2D):
        raise RuntimeError(f"{path} was not imported as {name}.")
    settings = {
        # RGBA8 as it is: every other setting but HDR compresses.
        "compression_settings": unreal.TextureCompressionSettings.TC_VECTOR_DISPLACEMENTMAP,
        "lossy_compression_amount": unreal.TextureLossyCompressionAmount.TLCA_NONE,
        "compression_no_alpha": False,
        "srgb": False,
        "flip_green_channel": False,
        "mip_gen_settings": unreal.TextureMipGenSettings.TMGS_NO_MIPMAPS,
        "power_of_two_mode": unreal.TexturePowerOfTwoSetting.NONE,
        "max_texture_size": 0,
        "lod_bias": 0,
        "never_stream": True,
        "virtual_texture_streaming": False,
        "filter": unreal.TextureFilter.TF_NEAREST,
        "address_x": unreal.TextureAddress.TA_CLAMP,
        "address_y": unreal.TextureAddress.TA_CLAMP,
    }
    for key, value in settings.items():
        texture.set_editor_property(key, value)
    size = texture.blueprint_get_size_x(), texture.blueprint_get_size_y()
    if size != (entry["width"], entry["height"]):
        raise RuntimeError(
            f"{name} came in with {size[0]} x {size[1]} texels instead of {entry['width']} x {entry['height']}."
        )
    unreal.EditorAssetLibrary.save_loaded_asset(texture)
    return texture


def asset(home, name, kind, factory):
    """The asset of this name, made if it isn't there."""
    path = f"{home}/{name}"
    if unreal.EditorAssetLibrary.does_asset_exist(path):
        there = unreal.load_asset(path)
        if not isinstance(there, kind):
            raise RuntimeError(f"{path} is something else already; rename it or choose another folder.")
        return there
    return unreal.AssetToolsHelpers.get_asset_tools().create_asset(name, home, kind, factory)


def built(folder, home, facts, textures):
    """The material: texture coordinates and latents into one Custom node, that into the material's inputs."""
    editing = unreal.MaterialEditingLibrary
    material = asset(home, f"M_{facts['asset']}", unreal.Material, unreal.MaterialFactoryNew())
    editing.delete_all_material_expressions(material)
    masked = any(output["property"] == "MP_OPACITY_MASK" for output in facts["outputs"])
    material.set_editor_property(
        "blend_mode", unreal.BlendMode.BLEND_MASKED if masked else unreal.BlendMode.BLEND_OPAQUE
    )

    def node(kind, x, y, **properties):
        made = editing.create_material_expression(material, kind, x, y)
        for key, value in properties.items():
            made.set_editor_property(key, value)
        return made

    def link(source, target, name):
        if not editing.connect_material_expressions(source, "", target, name):
            raise RuntimeError(f"{name or 'The input'} of {target.get_class().get_name()} could not be connected.")

    custom = node(
        unreal.MaterialExpressionCustom,
        -400,
        0,
        description=f"Texloom {facts['name']}",
        code=(folder / facts["code"]).read_text(encoding="utf-8"),
        output_type=getattr(unreal.CustomMaterialOutputType, facts["outputs"][0]["type"]),
    )
    custom.set_editor_property("inputs", [custom_input(name) for name in facts["inputs"]])
    custom.set_editor_property(
        "additional_outputs", [custom_output(output["name"], output["type"]) for output in facts["outputs"][1:]]
    )

    coordinate = node(unreal.MaterialExpressionTextureCoordinate, -1100, 0)
    tiling = node(unreal.MaterialExpressionScalarParameter, -1100, 120, parameter_name="Tiling", default_value=1.0)
    uv = node(unreal.MaterialExpressionMultiply, -900, 0)
    link(coordinate, uv, "A")
    link(tiling, uv, "B")
    link(uv, custom, "UV")
    for at, (kind, name) in enumerate(
        ((unreal.MaterialExpressionDDX, "UVAcross"), (unreal.MaterialExpressionDDY, "UVDown"))
    ):
        slope = node(kind, -700, 100 + 80 * at)
        link(uv, slope, "")
        link(slope, custom, name)
    for at, name in enumerate(("MipBias", "Dither")):
        parameter = node(
            unreal.MaterialExpressionScalarParameter, -900, 300 + 80 * at, parameter_name=name, default_value=0.0
        )
        link(parameter, custom, name)
    for at, texture in enumerate(textures):
        latents = node(
            unreal.MaterialExpressionTextureObject,
            -900,
            500 + 200 * at,
            texture=texture,
            sampler_type=unreal.MaterialSamplerType.SAMPLERTYPE_LINEAR_COLOR,
        )
        link(latents, custom, facts["latents"][at]["input"])
    for number, output in enumerate(facts["outputs"]):
        if output["property"]:
            target = getattr(unreal.MaterialProperty, output["property"])
            # The node's own result has no name of its own among the outputs.
            if not editing.connect_material_property(custom, output["name"] if number else "", target):
                raise RuntimeError(f"The output {output['name']} could not be connected to {output['property']}.")
    editing.recompile_material(material)
    unreal.EditorAssetLibrary.save_loaded_asset(material)
    return material


def custom_input(name):
    made = unreal.CustomInput()
    made.set_editor_property("input_name", name)
    return made


def custom_output(name, kind):
    made = unreal.CustomOutput()
    made.set_editor_property("output_name", name)
    made.set_editor_property("output_type", getattr(unreal.CustomMaterialOutputType, kind))
    return made


def instanced(home, facts, material):
    """The instance: tiling and level of detail without another compilation."""
    factory = unreal.MaterialInstanceConstantFactoryNew()
    instance = asset(home, f"MI_{facts['asset']}", unreal.MaterialInstanceConstant, factory)
    unreal.MaterialEditingLibrary.set_material_instance_parent(instance, material)
    unreal.MaterialEditingLibrary.update_material_instance(instance)
    unreal.EditorAssetLibrary.save_loaded_asset(instance)
    return instance.get_path_name()


if __name__ == "__main__":
    for made in run(FOLDER, sys.argv[1].rstrip("/") if len(sys.argv) > 1 else DESTINATION):
        unreal.log(f"Texloom: {made}")
